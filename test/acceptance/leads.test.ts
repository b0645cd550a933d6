import { describe, expect, it } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { findViolations } from '../faults/checker.ts';
import { attemptsIn } from '../faults/request-facts.ts';
import { startCompany } from '../support/company-world.ts';

const MINUTE = 60;
const HOUR = 3_600;
/** When nobody in Europe is at work any more. */
const EVENING = Date.parse('2026-11-23T18:00:00Z');

/** The read of the guarded fields right before leads are written. */
function isGuardOfLeads(request: LoggedRequest): boolean {
  return (
    request.kind === 'query' &&
    /^\S+\?q=SELECT Id, OwnerId, Status, IsConverted, SystemModstamp FROM Lead /.test(request.path)
  );
}

function isPoorChangingHands(lead: StoredRecord, before: StoredRecord | null): boolean {
  return lead['LastName'] === 'Poor' && lead['OwnerId'] !== before?.['OwnerId'];
}

describe.concurrent('a lead, while the daemon runs', () => {
  it('is qualified, given to the territory’s owner, and handed over with one task (R6, R21)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const daemon = world.start();
    await daemon.seen('idle');

    const lead = company.lead();
    await daemon.until(() => company.tasks(lead).length === 1);
    await daemon.next('poll.completed', ({ object, rows }) => object === 'Lead' && rows > 0);

    expect(company.ownerOf(lead)).toBe('ron');
    expect(org.record(lead)).toMatchObject({
      MQL__c: true,
      MQL_Reason__c: 'hand_raiser',
      Territory__c: 'emea/nordics',
      Rolecall_Turn__c: 'nordics:000000001',
    });
    expect(company.tasks(lead)).toMatchObject([
      {
        key: `handoff:${lead}:1`,
        subject: 'New qualified lead: Fjordkraft AS',
        ownerId: company.userId('ron'),
        isOpen: true,
      },
    ]);
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('is left to the rep who took it (R22)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const lead = company.lead();
    org.admin.update(lead, { OwnerId: company.userId('kim') });

    const events = await world.once();

    expect(events.filter(({ event, record_id }) => event === 'decision' && record_id === lead)).toMatchObject([
      { module: 'routing', result: 'owned' },
    ]);
    expect(company.ownerOf(lead)).toBe('kim');
    expect(company.tasks(lead)).toEqual([]);
    expect(attemptsIn(world.sandbox.log.entries).filter(({ id }) => id === lead)).toEqual([]);
  });

  it('is not touched again when its owner converts it, and its new deal is judged (FM 19)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const lead = company.lead();
    await world.once();
    const { opportunityId } = org.as('ron@northwind.example').convertLead(lead);
    world.sandbox.log.clear();
    const left = company.tasks(lead);

    const events = await world.once();

    expect(attemptsIn(world.sandbox.log.entries)).toEqual([]);
    expect(company.tasks(lead)).toEqual(left);
    // It has no record type, and the committee's scope wants one.
    expect(events.filter(({ event, record_id }) => event === 'decision' && record_id === opportunityId)).toMatchObject([
      { module: 'contact_roles', result: 'not_applicable', cause: 'out_of_scope' },
    ]);
  });

  it('is not given to anybody by the org’s own assignment rule when we write (F31, XE12, RE14, FM 28)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    org.setup.leadAssignment = () => company.userId('zoe');
    const routed = company.lead();
    const nurtured = company.lead({ LastName: 'Lund', LeadSource: 'Webinar', NumberOfEmployees: 10 });

    await world.once();

    expect(company.ownerOf(routed)).toBe('ron');
    expect(company.ownerOf(nurtured)).toBe('queue:Marketing_Nurture');
    expect(org.record(nurtured)).toMatchObject({ Status: 'Nurturing' });
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('is not decided twice when our own writes come back as changes (XE25, QE11)', async () => {
    await using started = await startCompany();
    const { world, company } = started;
    const lead = company.lead();
    const nurtured = company.lead({ LastName: 'Lund', LeadSource: 'Webinar', NumberOfEmployees: 10 });
    const first = await world.once();
    expect(first.filter(({ event, record_id }) => event === 'decision' && record_id === lead)).toHaveLength(2);

    const second = await world.once();

    const about = new Set([lead, nurtured]);
    // Both came twice: as people made them, and as we had written them, in the first run or in the second.
    const polls = world.events.filter(({ event, object }) => event === 'poll.completed' && object === 'Lead');
    expect(polls.reduce((sum, { rows }) => sum + Number(rows), 0)).toBeGreaterThanOrEqual(4);
    expect(second.filter(({ event, record_id }) => event === 'decision' && about.has(String(record_id)))).toEqual([]);
    expect(second.filter(({ event }) => event === 'write.completed')).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('fires a handoff once for a lead that is edited twice within the overlap (XE3)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const lead = company.lead();
    await world.once();
    for (const title of ['Head of Plant', 'Director of Plant']) {
      clock.advance(20);
      org.as('ron@northwind.example').update(lead, { Title: title });
      await world.once();
    }

    expect(company.tasks(lead)).toHaveLength(1);
    const routed = world.events.filter(
      ({ event, module, record_id }) => event === 'decision' && module === 'routing' && record_id === lead,
    );
    expect(routed).toHaveLength(1);
    expect(findViolations(world.sandbox)).toEqual([]);
  });
});

describe.concurrent('a lead that waits for opening hours', () => {
  it('is assigned when its pool opens, first in first out (R10, R11, WV1)', async () => {
    await using started = await startCompany({ at: EVENING });
    const { world, company, org, clock } = started;
    const lead = company.lead({ Country: 'UK', PostalCode: 'M1 1AE' });
    await world.once();
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
    expect(world.events.filter(({ event, module }) => event === 'decision' && module === 'routing')).toMatchObject([
      { record_id: lead, result: 'waiting', wait_until: '2026-11-24T09:00:00.000Z' },
    ]);
    clock.set(Date.parse('2026-11-24T08:30:00Z'));
    await world.once();
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');

    clock.set(Date.parse('2026-11-24T09:00:05Z'));
    await world.once();

    expect(company.ownerOf(lead)).toBe('max');
    expect(company.tasks(lead)).toHaveLength(1);
    expect(String(org.record(lead)?.['Routed_At__c'])).toMatch(/^2026-11-24T09:00/);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it.each([
    { how: 'is taken by a rep', happens: 'kim' as const },
    { how: 'is converted', happens: 'convert' as const },
  ])('gets nobody at opening time when it $how meanwhile (RE23)', async ({ happens }) => {
    await using started = await startCompany({ at: EVENING });
    const { world, company, org, clock } = started;
    const lead = company.lead({ Country: 'UK', PostalCode: 'M1 1AE' });
    await world.once();
    clock.advance(HOUR);
    if (happens === 'convert') org.as('kim@northwind.example').convertLead(lead, { opportunityName: null });
    else org.admin.update(lead, { OwnerId: company.userId('kim') });
    const owner = company.ownerOf(lead);

    clock.set(Date.parse('2026-11-24T09:00:05Z'));
    await world.once();

    expect(company.ownerOf(lead)).toBe(owner);
    expect(company.tasks(lead)).toEqual([]);
    expect(attemptsIn(world.sandbox.log.entries).filter(({ fields }) => 'OwnerId' in fields)).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });
});

describe.concurrent('a lead on hold', () => {
  it('is decided at once when what was missing comes after 3 hours 59 minutes (Q4, QE9)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const lead = company.lead({ Country: null });
    await world.once();
    expect(world.events.filter(({ event, record_id }) => event === 'decision' && record_id === lead)).toMatchObject([
      { module: 'qualification', result: 'hold', reason: 'missing:geo.country' },
    ]);

    clock.advance(3 * HOUR + 59 * MINUTE);
    org.as('marketo@northwind.example').update(lead, { Country: 'Norway' });
    await world.once();

    expect(company.ownerOf(lead)).toBe('ron');
    clock.advance(2 * HOUR);
    const later = await world.once();
    expect(later.filter(({ event }) => event === 'write.completed')).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('goes to nurture four hours after the first hold, however often it is edited (QE10)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const lead = company.lead({ Country: null });
    await world.once();
    for (let hour = 1; hour <= 3; hour++) {
      clock.advance(HOUR);
      org.as('marketo@northwind.example').update(lead, { Title: `edit ${hour}` });
      await world.once();
      expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
    }

    clock.advance(HOUR);
    await world.once();

    expect(org.record(lead)).toMatchObject({ Status: 'Nurturing', MQL__c: false });
    expect(company.ownerOf(lead)).toBe('queue:Marketing_Nurture');
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('is let go when it is merged into a lead that sales works on, and the master stays as it is (F26, QE15)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const master = company.lead({ LastName: 'Master', Status: 'Working - Contacted', OwnerId: company.userId('kim') });
    const loser = company.lead({ LastName: 'Loser', Country: null });
    await world.once();
    org.as('kim@northwind.example').merge(master, [loser]);
    const merged = org.record(master);

    await world.once();
    clock.advance(5 * HOUR);
    const later = await world.once();

    expect(org.record(master)).toEqual(merged);
    expect(later.filter(({ event, record_id }) => event === 'decision' && record_id === loser)).toEqual([]);
    expect(world.events.filter(({ event, record_id }) => event === 'gone' && record_id === loser)).toHaveLength(1);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('is let go when it is deleted (XE8)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const lead = company.lead({ Country: null });
    await world.once();
    org.admin.delete(lead);

    await world.once();
    clock.advance(5 * HOUR);
    await world.once();

    expect(world.events.filter(({ event, record_id }) => event === 'gone' && record_id === lead)).toHaveLength(1);
    expect(attemptsIn(world.sandbox.log.entries)).toEqual([]);
  });
});

describe.concurrent('a lead that changes between decision and write', () => {
  it('is not written when it was converted meanwhile (F33, QE5)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const lead = company.lead();
    world.sandbox.hooks.onRequest = (request) => {
      if (!isGuardOfLeads(request) || org.record(lead)?.['IsConverted'] === true) return;
      org.as('kim@northwind.example').convertLead(lead, { opportunityName: null });
    };

    const events = await world.once();

    expect(events.filter(({ event }) => event === 'stale_input')).toMatchObject([
      { object: 'Lead', record_id: lead, fields: expect.arrayContaining(['IsConverted']) as string[] },
    ]);
    expect(attemptsIn(world.sandbox.log.entries)).toEqual([]);
  });

  it('stays with the person who took it, and the turn is given back (RE16)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const taken = company.lead({ LastName: 'Taken' });
    world.sandbox.hooks.onRequest = (request) => {
      if (!isGuardOfLeads(request) || company.ownerOf(taken) === 'kim') return;
      org.admin.update(taken, { OwnerId: company.userId('kim') });
    };
    const events = await world.once();
    world.sandbox.hooks.onRequest = null;

    expect(events.filter(({ event }) => event === 'stale_input')).toMatchObject([
      { record_id: taken, fields: ['OwnerId'] },
    ]);
    expect(company.ownerOf(taken)).toBe('kim');
    const next = company.lead({ LastName: 'Next' });
    await world.once();
    expect(org.record(next)).toMatchObject({ Rolecall_Turn__c: 'nordics:000000001' });
    expect(company.tasks(taken)).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('goes to the next member when the chosen one has just been deactivated (R14, RE3)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const lead = company.lead({ Country: 'UK', PostalCode: 'M1 1AE' });
    world.sandbox.hooks.onRequest = (request) => {
      if (isGuardOfLeads(request)) org.admin.update(company.userId('max'), { IsActive: false });
    };

    await world.once();

    const owners = attemptsIn(world.sandbox.log.entries).flatMap(({ fields }) => fields['OwnerId'] ?? []);
    expect(owners).toEqual([company.userId('max'), company.userId('nia'), company.userId('nia')]);
    expect(company.ownerOf(lead)).toBe('nia');
    expect(company.tasks(lead)).toMatchObject([{ key: `handoff:${lead}:1`, ownerId: company.userId('nia') }]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('is not touched again once sales has moved it by hand (RE13)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const lead = company.lead();
    await world.once();
    org.admin.update(lead, { OwnerId: company.userId('kim') });
    world.sandbox.log.clear();

    await world.once();

    expect(company.ownerOf(lead)).toBe('kim');
    expect(attemptsIn(world.sandbox.log.entries)).toEqual([]);
    expect(company.tasks(lead)).toHaveLength(1);
  });

  it('goes to the dead letters with the rule’s words when a validation rule refuses the owner, and the turn is given back (RE17)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const poor = company.lead({ LastName: 'Poor' });
    const message = 'Region is needed before a lead changes hands';
    org.addRule(validationRule('Lead', isPoorChangingHands, message));

    const events = await world.once();
    const next = company.lead({ LastName: 'Next' });
    await world.once();

    expect(events.filter(({ event }) => event === 'dead_letter')).toMatchObject([
      { object: 'Lead', record_id: poor, code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' },
    ]);
    const letters = await world.fresh.redis.hvals(`${world.fresh.prefix}:dead-letters`);
    expect(letters.map((letter) => JSON.parse(letter) as unknown)).toMatchObject([{ record_id: poor, message }]);
    expect(company.ownerOf(poor)).toBe('queue:Inbound_Leads');
    expect(company.tasks(poor)).toEqual([]);
    expect(org.record(next)).toMatchObject({ Rolecall_Turn__c: 'nordics:000000001' });
    expect(findViolations(world.sandbox)).toEqual([]);
  });
});
