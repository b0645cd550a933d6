import { describe, expect, test } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { ContactRoleRuling } from '../../../src/rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import { findingCodes } from '../../../src/rules/contact-roles/finding.ts';
import { DAY, NOW, aRole, anOpportunity, engaged, roles, someRules } from './support/builders.ts';
import type { OpportunitySketch } from './support/builders.ts';

const FULL = 'a*: Champion; b: Economic Buyer; c: Evaluator; d: Business User; e: Procurement';
const leaver = { AccountId: '001-acme', No_Longer_At_Company__c: true };

function rule(sketch: OpportunitySketch, changes: Record<string, unknown> = {}, now = NOW): ContactRoleRuling {
  return decideContactRoles(someRules(changes), anOpportunity(sketch), now);
}

describe('C1: an opportunity without roles', () => {
  test('is judged like any other', () => {
    expect(rule({ roles: [] })).toMatchObject({ status: 'violation', missing: ['contacts 0/1', 'primary'] });
  });
});

describe('C2: which requirement a stage has', () => {
  test.each([
    { stage: 'Prospecting', requiredBy: null, why: 'before the first listed stage' },
    { stage: 'Value Proposition', requiredBy: 'Value Proposition', why: 'listed' },
    { stage: 'Id. Decision Makers', requiredBy: 'Value Proposition', why: 'the nearest listed stage before it' },
    { stage: 'Perception Analysis', requiredBy: 'Value Proposition', why: 'the nearest, not the next' },
    { stage: 'Negotiation/Review', requiredBy: 'Negotiation/Review', why: 'the last listed stage' },
  ])('$stage: $why', ({ stage, requiredBy }) => {
    expect(rule({ fields: { StageName: stage } }).requiredBy).toBe(requiredBy);
  });

  test('goes by SortOrder, however the org lists its stages', () => {
    const stages = [
      { apiName: 'Late', sortOrder: 3 },
      { apiName: 'Early', sortOrder: 1 },
      { apiName: 'Middle', sortOrder: 2 },
    ];
    const rules = someRules({ stages: [{ stage: 'Early', min_contacts: 1 }], pre_close: undefined }, stages);

    expect(decideContactRoles(rules, anOpportunity({ fields: { StageName: 'Middle' } }), NOW).requiredBy).toBe('Early');
  });

  test.each([
    { name: 'the standard order serves without an org', stage: 'Perception Analysis', requiredBy: 'Value Proposition' },
    { name: 'a stage that nobody knows is told', stage: 'Demo', requiredBy: null, findings: ['stage_unknown'] },
  ])('$name', ({ stage, requiredBy, findings = [] }) => {
    const ruling = decideContactRoles(someRules({}, null), anOpportunity({ fields: { StageName: stage } }), NOW);

    expect([ruling.requiredBy, findingCodes(ruling.findings)]).toEqual([requiredBy, findings]);
  });

  test('without an org, own stage names stand in the configured order', () => {
    const stages = [{ stage: 'Alpha' }, { stage: 'Beta', min_contacts: 2 }];
    const rules = someRules({ stages, pre_close: undefined }, null);

    expect(decideContactRoles(rules, anOpportunity({ fields: { StageName: 'Beta' } }), NOW).total).toBe(1);
  });
});

describe('C3: requirements accumulate', () => {
  const stages = [
    { stage: 'Qualification', min_contacts: 3, require: ['champion'], primary: true, distinct_people: true },
    { stage: 'Needs Analysis', min_contacts: 1, require: ['user', 'champion'], any_of: [['technical']] },
    { stage: 'Value Proposition', primary: false, distinct_people: false, engaged: ['user'] },
  ];

  test('the number is the largest so far, lists are unions in order, switches stay on', () => {
    const ruling = rule({ fields: { StageName: 'Value Proposition' } }, { stages, pre_close: undefined });

    const expected = ['contacts 0/3', 'primary', 'champion', 'user', 'technical', 'not engaged: user'];
    expect(ruling.missing).toEqual(expected);
  });

  test('one person still cannot fill two roles', () => {
    const sketch = { fields: { StageName: 'Value Proposition' }, roles: roles('a*: Champion; a: Other; b: Evaluator') };

    expect(rule(sketch, { stages, pre_close: undefined }).missing).toEqual(['contacts 2/3', 'user']);
  });
});

describe('C4: tiers', () => {
  const tiers = [
    { id: 'tiny', when: { Amount: { lt: 15_000 } }, drop: ['champion', 'procurement'], max_min_contacts: 1 },
    { id: 'small', when: { Amount: { lt: 25_000 } }, drop: ['procurement'], max_min_contacts: 2 },
  ];

  test.each([
    { name: 'the first that holds relaxes', amount: 12_000, tier: 'tiny', total: 6 },
    { name: 'the second, where the first does not hold', amount: 20_000, tier: 'small', total: 8 },
    { name: 'none, where no one holds', amount: 50_000, tier: null, total: 9 },
    { name: 'CE12: none for a blank Amount, which stays in scope', amount: null, tier: null, total: 9 },
  ])('$name', ({ amount, tier, total }) => {
    const ruling = rule({ fields: { StageName: 'Negotiation/Review', Amount: amount }, roles: roles(FULL) }, { tiers });

    expect([ruling.appliedTier, ruling.total]).toEqual([tier, total]);
  });

  test('a dropped role need not be engaged either', () => {
    const sketch = { fields: { StageName: 'Negotiation/Review', Amount: 12_000 }, engagedContacts: new Map() };

    expect(rule(sketch, { tiers }).notEngaged).toEqual(['economic_buyer']);
  });
});

describe('C5: who is a live member', () => {
  test.each([
    { name: 'a contact at the account', row: aRole('b', 'Champion'), isLive: true },
    { name: 'CE5: not one we cannot see', row: aRole('b', 'Champion', { contact: null }), isLive: false },
    { name: 'not a deleted one', row: aRole('b', 'Champion', { contact: { IsDeleted: true } }), isLive: false },
    { name: 'not one who left', row: aRole('b', 'Champion', { contact: leaver }), isLive: false },
    { name: 'not a partner', row: aRole('b', ' partner '), isLive: false },
    {
      name: 'CE9: one of the parent account',
      row: aRole('b', 'Champion', { contact: { AccountId: '001-parent' } }),
      isLive: true,
    },
  ])('$name', ({ row, isLive }) => {
    expect(rule({ roles: [row] }).liveContacts).toEqual(isLive ? ['b'] : []);
  });

  test('CE9: not one of the parent account where the same account is required', () => {
    const row = aRole('b', 'Champion', { contact: { AccountId: '001-parent' } });

    const ruling = rule({ roles: [row] }, { member: { same_account: 'require' } });

    expect([ruling.liveContacts, ruling.findings]).toEqual([[], []]);
  });

  test.each([
    { cause: 'no_access', contact: null },
    { cause: 'deleted', contact: { IsDeleted: true } },
    { cause: 'not_a_member', contact: leaver },
  ])('a row that is not live is told: $cause', ({ cause, contact }) => {
    const row = aRole('b', 'Champion', { contact });

    expect(rule({ roles: [row] }).findings).toEqual([{ code: 'stale_member', roleId: row.id, cause }]);
  });

  test('member.when may ask for the row as well', () => {
    const member = { when: { Confirmed__c: true, Role: 'Champion' } };
    const rows = [aRole('a', 'Champion', { fields: { Confirmed__c: true } }), aRole('b', 'Champion')];

    expect(rule({ roles: rows }, { member }).liveContacts).toEqual(['a']);
  });
});

describe('C6: min_contacts', () => {
  test('counts people, not rows', () => {
    const sketch = { fields: { StageName: 'Needs Analysis' }, roles: roles('a*: Champion; a: Other') };

    expect(rule(sketch).missing).toEqual(['contacts 1/2']);
  });
});

describe('C7: from Role values to roles', () => {
  test.each([
    { name: 'a mapped value', role: 'Influencer', missing: [], findings: [] },
    { name: 'CE7: trimmed, whatever its case', role: 'champion ', missing: [], findings: [] },
    { name: 'CE7: a renamed value', role: 'Sponsor', missing: ['champion'], findings: ['role_unmapped'] },
    { name: 'no value', role: null, missing: ['champion'], findings: ['role_blank'] },
    { name: 'a value of blanks', role: ' ', missing: ['champion'], findings: ['role_blank'] },
  ])('$name', ({ role, missing, findings }) => {
    const rows = [aRole('a', role, { isPrimary: true }), aRole('b', 'Other')];

    const ruling = rule({ fields: { StageName: 'Needs Analysis' }, roles: rows });

    expect([ruling.missing, findingCodes(ruling.findings)]).toEqual([missing, findings]);
  });
});

describe('C8: roles and people', () => {
  const proposal = { StageName: 'Proposal/Price Quote' };

  test('without distinct_people one person may fill several roles', () => {
    const fields = { StageName: 'Value Proposition' };

    const ruling = rule({ fields, roles: roles('a*: Champion; a: Evaluator; b: Other; c: Other') });

    expect(ruling.missing).toEqual([]);
  });

  test('a person moves to another role so that a second one can be filled', () => {
    const rows = roles('a*: Champion; b: Champion; a: Evaluator; c: Economic Buyer');

    expect(rule({ fields: proposal, roles: rows }).missing).toEqual([]);
  });

  test('the earlier role keeps the person whom a later one wants too', () => {
    const rows = roles('a*: Economic Buyer; a: Champion; b: Evaluator; c: Other');

    expect(rule({ fields: proposal, roles: rows }).missing).toEqual(['economic_buyer']);
  });
});

describe('C9: any_of', () => {
  test.each([
    { name: 'one role of the set is enough', who: FULL, missing: [] },
    { name: 'the other one too', who: FULL.replace('Business User', 'Executive Sponsor'), missing: [] },
    { name: 'none is a gap', who: FULL.replace('Business User', 'blank'), missing: ['exec_sponsor or user'] },
  ])('$name', ({ who, missing }) => {
    expect(rule({ fields: { StageName: 'Negotiation/Review' }, roles: roles(who) }).missing).toEqual(missing);
  });
});

describe('C10: engagement', () => {
  const rows = roles(FULL);
  test.each([
    { name: 'inside 60 days', at: NOW - 59 * DAY, notEngaged: [] },
    { name: 'just inside', at: NOW - 60 * DAY, notEngaged: [] },
    { name: 'too long ago', at: NOW - 60 * DAY - 1000, notEngaged: ['economic_buyer', 'champion'] },
    { name: 'still to come', at: NOW + DAY, notEngaged: ['economic_buyer', 'champion'] },
  ])('$name', ({ at, notEngaged }) => {
    const sketch = { fields: { StageName: 'Negotiation/Review' }, roles: rows, engagedContacts: engaged(rows, at) };

    expect(rule(sketch).notEngaged).toEqual(notEngaged);
  });

  test('shows whom to engage among what is missing', () => {
    const sketch = { fields: { StageName: 'Negotiation/Review' }, roles: rows, engagedContacts: new Map([['a', NOW]]) };

    expect(rule(sketch)).toMatchObject({ missing: ['not engaged: economic_buyer'], coverage: '8/9' });
  });

  test('wakes when the first engagement runs out', () => {
    const sketch = { fields: { StageName: 'Negotiation/Review' }, roles: rows };

    expect(rule(sketch).wakeAt).toBe(NOW - DAY + 60 * DAY + 1);
  });

  test('wakes when a planned event ends, where a role has to be engaged and only there', () => {
    const plannedEngagements = new Map([['b', NOW + DAY]]);
    const quiet = { roles: rows, engagedContacts: new Map(), plannedEngagements };

    expect(rule({ ...quiet, fields: { StageName: 'Negotiation/Review' } }).wakeAt).toBe(NOW + DAY);
    expect(rule({ ...quiet, fields: { StageName: 'Proposal/Price Quote' } }).wakeAt).not.toBe(NOW + DAY);
  });
});

describe('C11: coverage', () => {
  test('is full if and only if the opportunity is compliant', () => {
    expect(rule({ roles: roles('a*: Champion') })).toMatchObject({ coverage: '2/2', status: 'compliant' });
    expect(rule({ roles: roles('a: Champion') })).toMatchObject({ coverage: '1/2', status: 'violation' });
  });
});

describe('C12: when a gap is a violation', () => {
  const entered = 'LastStageChangeDate';
  test.each([
    {
      name: 'inside two business days of stage entry',
      fields: { [entered]: '2026-11-19T10:00:01Z' },
      status: 'warning',
    },
    { name: 'at the end of grace', fields: { [entered]: '2026-11-19T10:00:00Z' }, status: 'violation' },
    {
      name: 'without LastStageChangeDate, from the history',
      fields: { [entered]: null },
      stageHistoryAt: NOW - DAY,
      status: 'warning',
    },
    {
      name: 'without history, from CreatedDate',
      fields: { [entered]: null, CreatedDate: '2026-11-20T10:00:00.000+0000' },
      status: 'warning',
    },
    { name: 'without any date, from now', fields: { [entered]: null, CreatedDate: null }, status: 'warning' },
  ])('$name', ({ fields, stageHistoryAt = null, status }) => {
    expect(rule({ fields, stageHistoryAt }).status).toBe(status);
  });

  test('without grace there is none', () => {
    const fields = { [entered]: '2026-11-23T09:59:00Z' };

    expect(rule({ fields }, { grace: undefined }).status).toBe('violation');
  });

  test('wakes when grace ends', () => {
    const ruling = rule({ fields: { [entered]: '2026-11-23T09:00:00Z' } });

    expect(ruling.wakeAt).toBe(readInstant('2026-11-25T09:00:00Z'));
    expect(ruling.graceEnds).toBe(ruling.wakeAt);
  });

  test.each([
    { name: 'the flag', fields: { OCR_Exempt__c: true }, status: 'exempt' },
    { name: 'the type', fields: { Type: 'Renewal - Auto' }, status: 'exempt' },
    {
      name: 'the flag until a day to come',
      fields: { OCR_Exempt__c: true, OCR_Exempt_Until__c: '2026-11-24' },
      status: 'exempt',
    },
    {
      name: 'the flag until yesterday',
      fields: { OCR_Exempt__c: true, OCR_Exempt_Until__c: '2026-11-22' },
      status: 'warning',
    },
    { name: 'only the day', fields: { OCR_Exempt_Until__c: '2026-11-24' }, status: 'violation' },
  ])('exempts by $name: $status', ({ fields, status }) => {
    expect(rule({ fields })).toMatchObject({ status });
  });

  test.each([
    { name: 'another record type', fields: { 'RecordType.DeveloperName': 'Renewal' }, cause: 'out_of_scope' },
    { name: 'too small', fields: { Amount: 9_999 }, cause: 'out_of_scope' },
    { name: 'closed', fields: { IsClosed: true }, cause: 'opportunity_closed' },
    { name: 'before the first stage', fields: { StageName: 'Prospecting' }, cause: 'before_first_stage' },
  ])('is not applicable: $name', ({ fields, cause }) => {
    expect(rule({ fields })).toMatchObject({ status: 'not_applicable', cause, coverage: null, missing: [] });
  });
});

describe('C14: pre-close', () => {
  test.each([
    { name: 'from local midnight 14 days before', closeDate: '2026-12-07', requiredBy: 'Negotiation/Review' },
    { name: 'not a day earlier', closeDate: '2026-12-08', requiredBy: 'Qualification' },
    { name: 'past CloseDate while open', closeDate: '2026-11-01', requiredBy: 'Negotiation/Review' },
    {
      name: 'also before the first listed stage',
      stage: 'Prospecting',
      closeDate: '2026-12-01',
      requiredBy: 'Negotiation/Review',
    },
    {
      name: 'never an earlier stage than the current one',
      stage: 'Negotiation/Review',
      closeDate: '2026-12-01',
      treatAs: 'Needs Analysis',
      requiredBy: 'Negotiation/Review',
    },
  ])('$name', ({ stage = 'Qualification', closeDate, treatAs = 'Negotiation/Review', requiredBy }) => {
    const changes = { pre_close: { days: 14, treat_as: treatAs } };

    expect(rule({ fields: { StageName: stage, CloseDate: closeDate } }, changes).requiredBy).toBe(requiredBy);
  });

  test('begins at midnight on the owner’s calendar, with a fresh grace', () => {
    const fields = { CloseDate: '2026-12-07' };
    const midnight = readInstant('2026-11-23T00:00:00Z');

    const before = rule({ fields, roles: roles('a*: Champion') }, {}, midnight - 1);
    const after = rule({ fields, roles: roles('a*: Champion') }, {}, midnight);

    expect([before.status, before.wakeAt]).toEqual(['compliant', midnight]);
    expect([after.status, after.gapSince]).toEqual(['warning', midnight]);
  });
});

describe('C15: effective_from', () => {
  test.each([
    { name: 'created and last moved before', created: '2026-09-01', moved: '2026-09-20', status: 'not_applicable' },
    { name: 'created before, moved since', created: '2026-09-01', moved: '2026-10-02', status: 'violation' },
    {
      name: 'moved on the very day, local time',
      created: '2026-09-01',
      moved: '2026-09-30T23:00:00Z',
      status: 'violation',
    },
    { name: 'created since', created: '2026-10-01', moved: null, status: 'violation' },
    { name: 'created before and never moved', created: '2026-09-30', moved: null, status: 'not_applicable' },
  ])('$name', ({ created, moved, status }) => {
    expect(rule({ fields: { CreatedDate: created, LastStageChangeDate: moved } }).status).toBe(status);
  });
});

function crowd(size: number): string {
  return Array.from({ length: size }, (_, at) => `c${at}: Other`).join('; ');
}

describe('C19: over-association', () => {
  test.each([
    { name: 'twelve are a committee', size: 12, findings: [] },
    { name: 'thirteen are everybody at the account', size: 13, findings: ['blanket_association'] },
  ])('$name', ({ size, findings }) => {
    expect(findingCodes(rule({ roles: roles(crowd(size)) }).findings)).toEqual(findings);
  });

  test.each([
    { name: 'eight rows of one user in ten minutes', size: 8, everySeconds: 85, live: 0 },
    { name: 'not seven', size: 7, everySeconds: 1, live: 7 },
    { name: 'not eight in longer than that', size: 8, everySeconds: 86, live: 8 },
  ])('$name', ({ size, everySeconds, live }) => {
    const rows = Array.from({ length: size }, (_, at) =>
      aRole(`c${at}`, 'Other', { createdById: '005-rep', createdAt: NOW - DAY + at * everySeconds * 1000 }),
    );
    const changes = { stages: [{ stage: 'Qualification', min_contacts: 20 }], pre_close: undefined };

    const ruling = rule({ roles: rows, engagedContacts: new Map() }, changes);

    expect(ruling.missing).toEqual([`contacts ${live}/20`]);
  });
});
