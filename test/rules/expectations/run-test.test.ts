import { describe, expect, test } from 'vitest';

import { loadConfig } from '../../../src/config/load.ts';
import { readInstant } from '../../../src/domain/instant.ts';
import { runTest } from '../../../src/rules/expectations/run-test.ts';
import type { TestResult } from '../../../src/rules/expectations/run-test.ts';
import { RuleTest } from '../../../src/rules/expectations/schema.ts';
import { compileRulebook } from '../../../src/rules/rulebook.ts';

const now = readInstant('2026-11-23T10:00:00Z');
const { config } = loadConfig('config');
if (config === null) throw new Error('the configuration of this repository is valid');
const rulebook = compileRulebook(config, null);

function run(source: Readonly<Record<string, unknown>>): TestResult {
  return runTest(RuleTest.parse({ name: 'a test', at: '2026-11-23T10:00:00Z', ...source }), rulebook, now);
}

/** Names what differs, so that a failure shows it. */
const PASSED = { passed: true, expected: {}, actual: {}, message: null };

const demo = { Email: 'x@plant.example', Company: 'Plant', LeadSource: 'Demo Request' };

describe('the worked vectors of qualification', () => {
  test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [
      'QV1 a Norwegian demo request is a hand-raiser',
      { ...demo, Email: 'kari@fjord.example', Country: 'Norway', NumberOfEmployees: 1200 },
      { outcome: 'qualified', reason: 'hand_raiser' },
    ],
    [
      'QV2 a free mailbox costs points',
      {
        Email: 'a.b@Gmail.com',
        Company: 'Acme',
        Country: 'US',
        State: 'CA',
        NumberOfEmployees: 5000,
        LeadSource: 'Demo Request',
        Rating: 'Hot',
        Industry: 'Energy',
      },
      { outcome: 'nurture', points: 45, owner: 'queue:Marketing_Nurture', territory: null },
    ],
    [
      'QV4 points alone qualify',
      {
        ...demo,
        Country: 'DE',
        NumberOfEmployees: 100,
        LeadSource: 'Webinar',
        Rating: 'Warm',
        Industry: 'Manufacturing',
        Lead_Score__c: 50,
      },
      { outcome: 'qualified', reason: 'scored', points: 70 },
    ],
    ['QV6 Iran', { ...demo, Country: 'Iran' }, { outcome: 'disqualified', reason: 'restricted_country' }],
    ['QV8 our own domain', { ...demo, Email: 'me@northwind.example' }, { outcome: 'suppressed', reason: 'internal' }],
    [
      'QV10 Ruritania',
      { ...demo, Country: 'Ruritania' },
      { outcome: 'hold', reason: 'missing:geo.country', findings: ['geo_unresolved'] },
    ],
    [
      'QV11 a junk name',
      { ...demo, LastName: ' TEST ', Country: 'US' },
      { outcome: 'disqualified', reason: 'junk_name', set: { Disqualified_Reason__c: 'junk_name' } },
    ],
    [
      'QV13 a student who contacts us',
      { ...demo, Title: 'PhD Student', LeadSource: 'Contact Us', Country: 'US' },
      { outcome: 'qualified', reason: 'hand_raiser' },
    ],
    ['QV16 California without a country', { ...demo, State: 'California' }, { outcome: 'qualified', findings: [] }],
    [
      'QV18 a referral from a free mailbox',
      { ...demo, Email: 'x@gmail.com', LeadSource: 'Partner Referral', Country: 'US' },
      { outcome: 'qualified', reason: 'referral' },
    ],
    [
      'QV19 a lead that sales works on',
      { ...demo, Status: 'Working - Contacted', Country: 'US' },
      { outcome: 'out_of_scope', reason: null, owner: null },
    ],
    [
      'QV21 fifty points stay nurture',
      {
        ...demo,
        LeadSource: 'Webinar',
        Country: 'US',
        NumberOfEmployees: 1000,
        Industry: 'Energy',
        previous_outcome: 'nurture',
      },
      { outcome: 'nurture', points: 50 },
    ],
    [
      'QE2 a negative size',
      { ...demo, Country: 'US', NumberOfEmployees: -5 },
      { outcome: 'qualified', findings: ['bad_value'] },
    ],
    [
      'QE3 a name with the address in brackets',
      { ...demo, Email: 'Bob <bob@x.example>', Country: 'US' },
      { outcome: 'nurture' },
    ],
    [
      'a field that is set to the time of the decision',
      { ...demo, Country: 'US' },
      { set: { MQL__c: true, MQL_Date__c: '2026-11-23T10:00:00Z', MQL_Reason__c: 'hand_raiser' } },
    ],
  ])('%s', (_what, lead, expected) => {
    expect(run({ lead, expect: expected })).toMatchObject(PASSED);
  });
});

describe('the worked vectors of territories', () => {
  test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    ['TV1', { Country: 'Norway', NumberOfEmployees: 1200 }, { territory: 'emea/nordics', pool: 'nordics' }],
    ['TV2', { Country: 'KR', NumberOfEmployees: 50 }, { territory: null, route: 'fallback', pool: 'global-triage' }],
    [
      'TV4',
      { Country: 'US', State: 'NY', NumberOfEmployees: 1000, PostalCode: '10001' },
      { territory: 'na/na-ent', pool: 'na-ent' },
    ],
    ['TV7', { Country: 'US', State: 'NY', PostalCode: '11201' }, { territory: 'na/na-nyc-metro', pool: 'na-ent' }],
    ['TV9', { Country: 'UK', PostalCode: 'e1 6an' }, { territory: 'emea/uki/uki-london' }],
    ['TV11', { Country: 'UK', PostalCode: 'EC1A1BB' }, { territory: 'emea/uki/uki-london' }],
    ['TV15', { Country: 'UK', PostalCode: 'SW1A 1AA' }, { territory: 'emea/uki/uki-london' }],
    ['TV17', { Country: 'Germany', PostalCode: '80331' }, { territory: 'emea/dach/dach-south' }],
    ['TV18', { Country: 'Germany', PostalCode: '01067' }, { territory: 'emea/dach' }],
    ['TV21', { Country: 'India', NumberOfEmployees: 50 }, { route: 'fallback' }],
    ['TV24', { Country: 'Brazil', NumberOfEmployees: 5000 }, { route: 'fallback', territory: null }],
    [
      'TV26',
      { Country: 'Canada', State: 'British Columbia', NumberOfEmployees: 2000 },
      { territory: 'na/na-ent/na-ent-west' },
    ],
    ['TV28', { Country: 'FR', NumberOfEmployees: 20 }, { territory: 'emea', pool: 'emea-general', route: 'territory' }],
  ])('%s', (_id, place, expected) => {
    expect(run({ at: '2026-11-23T15:00:00Z', lead: { ...demo, ...place }, expect: expected })).toMatchObject(PASSED);
  });

  test('WV1 a lead in the evening waits until nine, and its owner stays', () => {
    expect(
      run({
        at: '2026-11-23T18:00:00Z',
        lead: { ...demo, Country: 'GB' },
        expect: { wait_until: '2026-11-24T09:00:00Z', owner: null, pool: 'uki' },
      }),
    ).toMatchObject(PASSED);
  });

  test('RE1 pia is away in every pool', () => {
    expect(
      run({
        at: '2026-11-24T10:00:00Z',
        lead: { ...demo, Country: 'DE', PostalCode: '80331' },
        expect: { territory: 'emea/dach/dach-south', pool: 'dach', owner: 'otto@northwind.example' },
      }),
    ).toMatchObject(PASSED);
  });

  test('R2 the user in the override field gets the lead', () => {
    expect(
      run({
        lead: { ...demo, Country: 'US', Routing_Override_User__c: 'zoe@northwind.example' },
        expect: { route: 'record_override', owner: 'zoe' },
      }),
    ).toMatchObject(PASSED);
  });

  test('R17 whoever has as many leads as the cap is passed over', () => {
    expect(
      run({
        lead: { ...demo, Country: 'GB', open_leads: { max: 60 } },
        expect: { owner: 'nia@northwind.example' },
      }),
    ).toMatchObject(PASSED);
  });

  test('R22 a lead that a person owns is left alone', () => {
    const lead = { ...demo, Country: 'GB', OwnerId: 'max@northwind.example' };

    expect(run({ lead, expect: { outcome: 'qualified', route: null, owner: null } })).toMatchObject(PASSED);
    expect(run({ lead: { ...lead, OwnerId: 'Inbound_Leads' }, expect: { route: 'territory' } })).toMatchObject(PASSED);
    expect(run({ lead: { ...lead, OwnerId: 'queue:Elsewhere' }, expect: { route: null } })).toMatchObject(PASSED);
    expect(
      run({ lead: { ...lead, OwnerId: 'marketo@northwind.example' }, expect: { route: 'territory' } }),
    ).toMatchObject(PASSED);
  });
});

describe('the worked vectors of pools', () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['PV1 weights two, one, one', { id: 'na-ent', picks: 8 }, ['ann', 'bob', 'cy', 'ann', 'ann', 'bob', 'cy', 'ann']],
    ['PV2 weights three and one', { id: 'uki', picks: 8 }, ['max', 'nia', 'max', 'max', 'max', 'nia', 'max', 'max']],
    [
      'PV10 who is away is owed nothing',
      { id: 'uki', picks: 100, away: { nia: [41, 60] } },
      [
        ...Array.from({ length: 10 }, () => ['max', 'nia', 'max', 'max']).flat(),
        ...Array.from({ length: 20 }, () => 'max'),
        ...Array.from({ length: 10 }, () => ['max', 'nia', 'max', 'max']).flat(),
      ],
    ],
    [
      'R16 the least loaded by weight',
      { id: 'na-mid', picks: 4, open_leads: { fay: 3, gus: 0 } },
      ['gus', 'gus', 'fay', 'gus'],
    ],
    ['R17 the cap of whom the test counts', { id: 'uki', picks: 3, open_leads: { max: 59 } }, ['max', 'nia', 'nia']],
    [
      'R10 nobody of the chain before a queue',
      { id: 'global-triage', picks: 2, away: { xen: [1, 2], yas: [2, 2] } },
      ['yas', 'queue:Unrouted_Leads'],
    ],
  ])('%s', (_what, pool, owners) => {
    expect(run({ pool, expect: { owners } })).toMatchObject(PASSED);
  });

  test('turns do not depend on opening hours', () => {
    expect(
      run({
        at: '2026-11-22T03:00:00Z',
        pool: { id: 'na-ent', picks: 2 },
        expect: { owners: ['ann@northwind.example', 'bob@northwind.example'] },
      }),
    ).toMatchObject(PASSED);
  });
});

describe('the worked vectors of buying committees', () => {
  const champion = { contact: 'a', role: 'Champion', primary: true };
  const buyer = { contact: 'b', role: 'Economic Buyer' };
  const evaluator = { contact: 'c', role: 'Evaluator' };
  const other = { contact: 'd', role: 'Business User' };

  test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    ['CV1', { StageName: 'Prospecting' }, { status: 'not_applicable', coverage: null }],
    ['CV2', { StageName: 'Qualification' }, { coverage: '0/2', missing: ['contacts 0/1', 'primary'] }],
    [
      'CV3',
      { StageName: 'Qualification', roles: [{ contact: 'a', primary: true }] },
      { coverage: '2/2', status: 'compliant', findings: ['role_blank'] },
    ],
    [
      'CV5',
      { StageName: 'Needs Analysis', roles: [{ contact: 'a', role: 'Influencer', primary: true }, { contact: 'b' }] },
      { coverage: '3/3', status: 'compliant' },
    ],
    [
      'CV7',
      {
        StageName: 'Proposal/Price Quote',
        roles: [champion, { contact: 'a', role: 'Economic Buyer' }, evaluator, { contact: 'd', role: 'Other' }],
      },
      { coverage: '4/5', missing: ['economic_buyer'], required_by: 'Proposal/Price Quote' },
    ],
    [
      'CV9',
      { StageName: 'Negotiation/Review', Amount: 20_000, roles: [champion, buyer, evaluator, other] },
      { coverage: '8/8', status: 'compliant' },
    ],
    [
      'CV11',
      {
        StageName: 'Negotiation/Review',
        roles: [champion, buyer, evaluator, other, { contact: 'e', role: 'Procurement' }],
      },
      { coverage: '9/9', status: 'compliant' },
    ],
    [
      'CV13',
      { StageName: 'Needs Analysis', roles: [champion, { ...evaluator, live: false }] },
      { coverage: '2/3', missing: ['contacts 1/2'], findings: ['stale_member'] },
    ],
    [
      'C10 who has to be engaged has a key of its own',
      {
        StageName: 'Negotiation/Review',
        roles: [champion, { ...buyer, engaged: false }, evaluator, other, { contact: 'e', role: 'Procurement' }],
      },
      { coverage: '8/9', missing: [], not_engaged: ['economic_buyer'] },
    ],
    [
      'C10 and stands in the text of what is missing',
      {
        StageName: 'Negotiation/Review',
        roles: [champion, { ...buyer, engaged: false }, evaluator, other, { contact: 'e', role: 'Procurement' }],
      },
      { missing: ['not engaged: economic_buyer'] },
    ],
    [
      'C12 grace runs on the default calendar',
      { StageName: 'Qualification', LastStageChangeDate: '2026-11-20T10:00:00Z' },
      { status: 'warning' },
    ],
    ['an opportunity out of scope', { StageName: 'Qualification', IsClosed: true }, { status: 'not_applicable' }],
  ])('%s', (_id, opportunity, expected) => {
    expect(run({ opportunity: { Amount: 50_000, ...opportunity }, expect: expected })).toMatchObject(PASSED);
  });
});

test('BV1 a due time', () => {
  expect(
    run({
      due: { calendar: 'london', from: '2026-11-20T17:20:00Z', add: '30m' },
      expect: { at: '2026-11-23T09:20:00Z' },
    }),
  ).toMatchObject(PASSED);
});

describe('a test that fails', () => {
  test('tells what was expected and what came, of the keys that differ', () => {
    const result = run({
      at: '2026-11-23T18:00:00Z',
      lead: { ...demo, Country: 'GB' },
      expect: {
        outcome: 'qualified',
        wait_until: '2026-11-24T10:00:00Z',
        owner: 'nia@northwind.example',
        findings: ['bad_value'],
        set: { MQL__c: false },
      },
    });

    expect(result).toMatchObject({
      passed: false,
      expected: {
        wait_until: '2026-11-24T10:00:00.000Z',
        owner: 'nia@northwind.example',
        findings: ['bad_value'],
        set: { MQL__c: false },
      },
      actual: { wait_until: '2026-11-24T09:00:00.000Z', owner: null, findings: [] },
      message: null,
    });
    expect(Object.keys(result.actual)).not.toContain('outcome');
  });

  test('null expects that nothing is there', () => {
    expect(run({ lead: { ...demo, Country: 'GB' }, expect: { owner: null, findings: null } })).toMatchObject({
      passed: false,
      expected: { owner: null },
      actual: { owner: 'max@northwind.example' },
    });
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['there is no pool "nowhere"', { pool: { id: 'nowhere', picks: 1 }, expect: {} }],
    [
      'there is no calendar "nowhere"',
      { due: { calendar: 'nowhere', from: '2026-11-20T17:20:00Z', add: '30m' }, expect: {} },
    ],
  ])('%s', (message, source) => {
    expect(run(source)).toMatchObject({ passed: false, message });
  });

  test('a section that the configuration has not', () => {
    const bare = compileRulebook({ ...config, routing: null, qualification: null, contact_roles: null }, null);
    const ask = (source: object) =>
      runTest(RuleTest.parse({ name: 'a test', ...source, expect: {} }), bare, now).message;

    expect(ask({ lead: {} })).toContain('no section qualification, nor routing');
    expect(ask({ pool: { id: 'uki', picks: 1 } })).toContain('no section routing');
    expect(ask({ opportunity: {} })).toContain('no section contact_roles');
  });
});

test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, string]>([
  ['touches', { 'sla.touches': { gte: 6 }, 'sla.responses': 0 }, { 'sla.touches': 6, 'sla.responses': 0 }, 'qualified'],
  ['fewer touches', { 'sla.touches': { gte: 6 } }, { 'sla.touches': 5 }, 'nurture'],
  ['its age', { 'sla.age': { older_than: '10bd' } }, { 'sla.age': '2026-11-01T10:00:00Z' }, 'qualified'],
  ['the last touch', { last_touch: { older_than: '21d' } }, { last_touch: '2026-11-20T10:00:00Z' }, 'nurture'],
  ['a gain (Y9)', { 'score.gain': { gte: 20 } }, { 'score.gain': 20 }, 'qualified'],
  ['a gain that nobody gives', { 'score.gain': { gte: 20 } }, {}, 'nurture'],
  ['a response', { 'response.source': 'Demo Request' }, { 'response.source': 'Demo Request' }, 'qualified'],
  ['the response that made it', { 'response.source': 'Webinar' }, {}, 'qualified'],
])('F13: a test may say what the lead’s past gives: %s', (_what, when, past, outcome) => {
  const qualification = { ...config.qualification!, qualify: [{ id: 'past', when }] };
  const asking = compileRulebook({ ...config, qualification } as typeof config, null);
  const lead = { ...demo, LeadSource: 'Webinar', Country: 'GB', ...past };
  const source = { name: 'a test', at: '2026-11-23T10:00:00Z', lead, expect: { outcome } };

  expect(runTest(RuleTest.parse(source), asking, now)).toMatchObject(PASSED);
});

test('without qualification every lead is routed', () => {
  const routingOnly = compileRulebook({ ...config, qualification: null }, null);
  const source = { name: 'a test', lead: { Country: 'Norway' }, expect: { outcome: null, pool: 'nordics' } };

  expect(runTest(RuleTest.parse(source), routingOnly, now).passed).toBe(true);
});

test('without `at` a test is decided as of now', () => {
  const source = RuleTest.parse({ name: 'a test', lead: { ...demo, Country: 'GB' }, expect: { wait_until: null } });

  expect(runTest(source, rulebook, now).passed).toBe(true);
  expect(runTest(source, rulebook, readInstant('2026-11-23T18:00:00Z')).passed).toBe(false);
});
