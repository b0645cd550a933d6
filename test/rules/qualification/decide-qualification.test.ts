import * as fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import type { Instant } from '../../../src/domain/instant.ts';
import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { compileQualification } from '../../../src/rules/qualification/compile-qualification.ts';
import { decideQualification } from '../../../src/rules/qualification/decide-qualification.ts';
import type { QualificationInput, QualificationRuling } from '../../../src/rules/qualification/qualification-ruling.ts';
import type { Outcome } from '../../../src/rules/qualification/qualification-rules.ts';
import { Qualification } from '../../../src/rules/qualification/schema.ts';
import { exampleLists, exampleQualification, exampleQualificationSource } from '../routing/support/example.ts';

const NOW = readInstant('2026-11-24T14:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A lead of the worked vectors: new, from Norway, and complete. */
function aLead(fields: Fields): Fields {
  return {
    Status: 'Open - Not Contacted',
    IsConverted: false,
    Email: 'kari@fjord.example',
    Company: 'Fjord AS',
    Country: 'Norway',
    ...fields,
  };
}

function qualify(fields: Fields, changes: Partial<QualificationInput> = {}, now: Instant = NOW): QualificationRuling {
  return decideQualification(exampleQualification, { fields, previousOutcome: null, heldSince: null, ...changes }, now);
}

function last(outcome: Outcome, group: string | null = null): Partial<QualificationInput> {
  return { previousOutcome: { outcome, group } };
}

const LUKEWARM = { NumberOfEmployees: 1500, Industry: 'Energy', LeadSource: 'Webinar' };

describe('the worked vectors', () => {
  it.each<[string, Fields, Partial<QualificationRuling>]>([
    [
      'QV1: a demo request with a company address is a hand raiser',
      { NumberOfEmployees: 1200, LeadSource: 'Demo Request' },
      { outcome: 'qualified', reason: 'hand_raiser', group: 'hand_raiser' },
    ],
    [
      'QV2: a free mailbox is no hand raiser and costs points',
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
      { outcome: 'nurture', points: 45, group: null },
    ],
    [
      'QV4: a warm manufacturer with a good score adds up to 70',
      {
        Email: 'x@plant.example',
        Company: 'Plant',
        Country: 'DE',
        NumberOfEmployees: 100,
        LeadSource: 'Webinar',
        Rating: 'Warm',
        Industry: 'Manufacturing',
        Lead_Score__c: 50,
      },
      { outcome: 'qualified', reason: 'scored', points: 70, group: 'scored' },
    ],
    [
      'QV6: a restricted country is disqualified before anything qualifies',
      { Country: 'Iran', LeadSource: 'Demo Request' },
      { outcome: 'disqualified', reason: 'restricted_country', bucket: 'trash' },
    ],
    [
      'QV8: a colleague is suppressed',
      { Email: 'me@northwind.example' },
      { outcome: 'suppressed', reason: 'internal' },
    ],
    [
      'QV10: an unknown country is missing',
      { Country: 'Ruritania' },
      { outcome: 'hold', reason: 'missing:geo.country' },
    ],
    [
      'QV11: a junk name is seen through blanks and case',
      { LastName: ' TEST ' },
      { outcome: 'disqualified', reason: 'junk_name' },
    ],
    [
      'QV13: a student who asks for contact is no junk',
      { Title: 'PhD Student', LeadSource: 'Contact Us' },
      { outcome: 'qualified', reason: 'hand_raiser' },
    ],
    [
      'QV16: California without a country is in the US',
      { Country: null, State: 'California', LeadSource: 'Contact Us' },
      {
        outcome: 'qualified',
        geo: expect.objectContaining({ country: 'US', state: 'CA' }) as QualificationRuling['geo'],
      },
    ],
    [
      'QV18: a referral may come from a free mailbox',
      { Email: 'x@gmail.com', LeadSource: 'Partner Referral' },
      { outcome: 'qualified', reason: 'referral' },
    ],
    [
      'QV19: what sales works on is out of scope',
      { Status: 'Working - Contacted' },
      { outcome: 'out_of_scope', reason: null },
    ],
  ])('%s', (_, fields, expected) => {
    expect(qualify(aLead(fields))).toMatchObject(expected);
  });

  it('QV21: 50 points do not qualify a lead that was in nurture', () => {
    expect(qualify(aLead(LUKEWARM), last('nurture'))).toMatchObject({ outcome: 'nurture', points: 50 });
  });
});

describe('the edge cases', () => {
  it('QE1: no employees is a number and no gap in the data', () => {
    const ruling = qualify(aLead({ NumberOfEmployees: 0 }));

    expect(ruling.fields['NumberOfEmployees']).toBe(0);
    expect(ruling.fields['segment']).toBe('smb');
    expect(ruling.points).toBe(0);
  });

  it('QE2: a negative number of employees is none, and found out', () => {
    const ruling = qualify(aLead({ NumberOfEmployees: -5 }));

    expect(ruling.fields['NumberOfEmployees']).toBeNull();
    expect(ruling.fields['segment']).toBe('unknown');
    expect(ruling.findings).toEqual(['bad_value']);
  });

  it.each([['"Bob <bob@x.example>"'], ['Bob <bob@x.example>'], ['bob.x.example']])(
    'QE3: %s has no domain and raises no hand',
    (email) => {
      const ruling = qualify(aLead({ Email: email, LeadSource: 'Demo Request' }));

      expect(ruling.fields).toMatchObject({ 'email.domain': null, 'email.is_free': null });
      expect(ruling.outcome).toBe('nurture');
    },
  );

  it('QE4: a sub-domain of a free mail domain is not free', () => {
    const ruling = qualify(aLead({ Email: 'a@mail.gmail.com', LeadSource: 'Demo Request' }));

    expect(ruling).toMatchObject({ outcome: 'qualified', reason: 'hand_raiser' });
  });

  it('QE7: a Status that a person set holds a qualified lead back for 30 days', () => {
    const changed = { statusChangedByPersonAt: NOW - 5 * DAY };
    const ruling = qualify(aLead({ ...LUKEWARM, Status: 'Nurturing', Rating: 'Hot' }), {
      ...changed,
      ...last('nurture'),
    });

    expect(ruling).toMatchObject({ outcome: 'qualified', points: 75, heldBack: 'human_change', set: {}, owner: null });
    expect(ruling.heldBackUntil).toBe(NOW + 25 * DAY);
  });

  it('QE7: after 30 days it does not', () => {
    const ruling = qualify(aLead({ LeadSource: 'Demo Request' }), { statusChangedByPersonAt: NOW - 30 * DAY });

    expect(ruling).toMatchObject({ heldBack: null, set: { MQL__c: true } });
  });

  it('QE8: a new hand-raise overrides the person’s Status', () => {
    const fields = aLead({ Status: 'Nurturing', LeadSource: 'Demo Request' });
    const ruling = qualify(fields, { statusChangedByPersonAt: NOW - 5 * DAY, isHandRaise: true });

    expect(ruling).toMatchObject({ outcome: 'qualified', heldBack: null, set: { MQL__c: true } });
  });

  it('QE9: a lead on hold is decided as soon as it is complete', () => {
    const heldSince = NOW - 4 * HOUR + 60_000;

    expect(qualify(aLead({ Company: ' ' }), { heldSince })).toMatchObject({
      outcome: 'hold',
      reason: 'missing:Company',
    });
    expect(qualify(aLead({ LeadSource: 'Contact Us' }), { heldSince, ...last('hold') })).toMatchObject({
      outcome: 'qualified',
      isRepeat: false,
      holdUntil: null,
    });
  });

  it('QE10: the hold ends four hours after the first one, however often the lead was edited', () => {
    const first = qualify(aLead({ Company: null }));
    const edited = qualify(aLead({ Company: null }), { ...last('hold'), heldSince: first.heldSince }, NOW + 3 * HOUR);
    const over = qualify(aLead({ Company: null }), { ...last('hold'), heldSince: first.heldSince }, NOW + 4 * HOUR);

    expect(first).toMatchObject({ outcome: 'hold', heldSince: NOW, holdUntil: NOW + 4 * HOUR });
    expect(edited).toMatchObject({ outcome: 'hold', heldSince: NOW, holdUntil: NOW + 4 * HOUR, isRepeat: true });
    expect(over).toMatchObject({
      outcome: 'nurture',
      reason: 'missing:Company',
      set: { Status: 'Nurturing', MQL__c: false },
    });
    expect(over.heldSince).toBe(NOW);
  });

  it('QE14: a pattern that would make other engines think for ever is linear', () => {
    const source = Qualification.parse(parse(`disqualify: [{ id: silly, when: { Company: { matches: '(a+)+$' } } }]`));
    const rules = compileQualification(source, exampleLists);
    const fields = { Company: `${'a'.repeat(10_000)}!` };

    const ruling = decideQualification(rules, { fields, previousOutcome: null, heldSince: null }, NOW);

    expect(ruling.outcome).toBe('nurture');
  });

  it('QE15: what the master of a merge is at work on is not overwritten', () => {
    const ruling = qualify(aLead({ Status: 'Working - Contacted', LastName: 'test' }));

    expect(ruling).toMatchObject({ outcome: 'out_of_scope', set: {}, owner: null });
  });

  it('QE16: a score that is not there is not 0', () => {
    const ruling = qualify(aLead({ Lead_Score__c: null, NumberOfEmployees: null }));

    expect(ruling.points).toBe(0);
    expect(ruling.fields['Lead_Score__c']).toBeNull();
    expect(ruling.matches.qualify.at(-1)?.standing?.rules).toEqual([]);
  });
});

describe('order and effects', () => {
  it('Q1: the first rule decides and all that match are shown', () => {
    const { matches, ...ruling } = qualify(
      aLead({
        Email: 'me@northwind.example',
        Do_Not_Route__c: true,
        Country: 'Syria',
        LastName: 'asdf',
        Company: 'none',
      }),
    );

    expect(ruling).toMatchObject({ outcome: 'suppressed', reason: 'do_not_route' });
    expect(matches.suppress.map(({ id }) => id)).toEqual(['do_not_route', 'internal']);
    expect(matches.disqualify.map(({ id }) => id)).toEqual(['restricted_country', 'junk_name']);
  });

  it('Q3: a suppressed lead is left as it is', () => {
    expect(qualify(aLead({ Do_Not_Route__c: true }))).toMatchObject({ set: {}, stamps: [], owner: null });
  });

  it('Q4: missing fields are named in the order of the configuration', () => {
    const { reason } = qualify(aLead({ Email: '', Company: null, Country: null }));

    expect(reason).toBe('missing:Email,Company,geo.country');
  });

  it('Q5: a lead that this group qualified stays so from leave up', () => {
    const fields = aLead(LUKEWARM);

    expect(qualify(fields, last('qualified', 'scored')).outcome).toBe('qualified');
    expect(qualify(fields, last('qualified')).outcome).toBe('qualified');
    expect(qualify(fields, last('qualified', 'hand_raiser')).outcome).toBe('nurture');
    expect(qualify(aLead({ NumberOfEmployees: 1500 }), last('qualified', 'scored')).outcome).toBe('nurture');
  });

  it('Q6: a dropped score takes nothing from a lead that was routed', () => {
    const ruling = qualify(aLead({ NumberOfEmployees: 50 }), last('qualified', 'scored'));

    expect(ruling).toMatchObject({ outcome: 'nurture', set: {}, owner: null, findings: ['score_dropped'] });
  });

  it('Q6: it takes nothing at the next change either', () => {
    const ruling = qualify(aLead({ NumberOfEmployees: 50 }), { ...last('nurture'), isRouted: true });

    expect(ruling).toMatchObject({ outcome: 'nurture', set: {}, owner: null, findings: [] });
  });

  it('Q6: a lead that qualified and was never given to anybody goes to nurture', () => {
    const ruling = qualify(aLead({ NumberOfEmployees: 50 }), { ...last('qualified', 'scored'), isRouted: false });

    expect(ruling.owner).toEqual({ kind: 'queue', queue: 'Marketing_Nurture' });
  });

  it('Q7: a protected Status and its owner stay; the rest is written', () => {
    const source = { ...exampleQualificationSource, scope: {} };
    const rules = compileQualification(source, exampleLists);
    const fields = aLead({ Status: 'accepted' });

    const ruling = decideQualification(rules, { fields, previousOutcome: null, heldSince: null }, NOW);

    expect(ruling).toMatchObject({
      outcome: 'nurture',
      set: { MQL__c: false },
      owner: null,
      heldBack: 'protected_status',
    });
    expect(ruling.set).not.toHaveProperty('Status');
  });

  it('Q9: the same outcome again is a repeat', () => {
    const fields = aLead({ LeadSource: 'Contact Us' });

    expect(qualify(fields).isRepeat).toBe(false);
    expect(qualify(fields, last('qualified', 'hand_raiser')).isRepeat).toBe(true);
  });

  it('renders what it writes, and tells the stamps apart', () => {
    const ruling = qualify(aLead({ LeadSource: 'Contact Us' }));

    expect(ruling.set).toEqual({
      MQL__c: true,
      MQL_Date__c: '2026-11-24T14:00:00.000Z',
      MQL_Reason__c: 'hand_raiser',
    });
    expect(ruling.stamps).toEqual(['MQL_Date__c']);
    expect(qualify(aLead({ LastName: 'n/a' })).set).toEqual({
      Status: 'Closed - Not Converted',
      Disqualified_Reason__c: 'junk_name',
    });
  });

  it('F16: a state of another country makes the outcome hold where the settings say so', () => {
    const source = Qualification.parse(
      parse(`{ geo: { on_conflict: hold }, require_data: { fields: [Email], hold: { max_age: 4h, then: nurture } } }`),
    );
    const rules = compileQualification(source, exampleLists);
    const fields = { Email: 'a@b.example', Country: 'Germany', State: 'California' };

    const ruling = decideQualification(rules, { fields, previousOutcome: null, heldSince: null }, NOW);

    expect(ruling).toMatchObject({ outcome: 'hold', reason: 'geo_conflict', holdUntil: NOW + 4 * HOUR });
    expect(ruling.findings).toEqual(['geo_conflict']);
  });

  it('Q8: names every field that a rule reads', () => {
    expect(exampleQualification.fields).toEqual(
      expect.arrayContaining(['Status', 'email.domain', 'geo.country', 'LastName', 'Lead_Score__c', 'Company']),
    );
  });

  it('an empty section puts every lead into nurture and writes nothing', () => {
    const rules = compileQualification(Qualification.parse({}), exampleLists);

    const ruling = decideQualification(rules, { fields: {}, previousOutcome: null, heldSince: null }, NOW);

    expect(ruling).toMatchObject({ outcome: 'nurture', reason: 'otherwise', points: null, set: {}, owner: null });
  });

  it('law (Q2): every lead in scope gets exactly one of five outcomes', () => {
    const value = fc.oneof(fc.constant(null), fc.string(), fc.integer());
    const lead = fc.record({
      Email: fc.oneof(value, fc.emailAddress()),
      Company: value,
      Country: fc.oneof(value, fc.constantFrom('US', 'Iran', 'Norge')),
      State: value,
      LastName: value,
      NumberOfEmployees: fc.oneof(fc.constant(null), fc.integer()),
      LeadSource: fc.constantFrom(null, 'Demo Request', 'Partner Referral', 'Webinar'),
      Rating: value,
      Lead_Score__c: fc.oneof(fc.constant(null), fc.double()),
    });
    fc.assert(
      fc.property(lead, (fields) => {
        const { outcome } = qualify({ Status: 'Nurturing', IsConverted: false, ...fields });
        expect(['suppressed', 'disqualified', 'hold', 'qualified', 'nurture']).toContain(outcome);
      }),
    );
  });
});
