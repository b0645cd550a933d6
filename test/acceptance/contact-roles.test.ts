import { describe, expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { writeDay, writeStamp } from '../../src/sandbox/org-clock.ts';
import { companySeed, openCompany, TUESDAY, WHOLE_COMMITTEE, WITHOUT_BUYER } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { startWorld } from '../support/world.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const MAX = 'max@northwind.example';

async function startCompany(adjust?: (config: Config) => Config) {
  const world = await startWorld({ records: companySeed(TUESDAY) }, adjust === undefined ? {} : { adjust });
  world.sandbox.clock.set(TUESDAY);
  return {
    world,
    company: openCompany(world.sandbox),
    ...world.sandbox,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function decisionOf(events: readonly Readonly<Record<string, unknown>>[], id: string, module = 'contact_roles') {
  return events.findLast(
    (told) => told['event'] === 'decision' && told['record_id'] === id && told['module'] === module,
  );
}

describe('slots of an owner (C18, CE16)', () => {
  it('keeps the sixth violation waiting with its flags, smallest Amount, until the owner closes a task', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deals = [60, 50, 40, 30, 20, 10].map((amount) =>
      company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Amount: 100_000 + amount }),
    );
    const smallest = deals[5]!;

    const first = await world.once();
    expect(deals.map((deal) => company.tasks(deal).length)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(company.flags(smallest)).toMatchObject({ status: 'violation', episode: 1 });
    expect(decisionOf(first, smallest)).toMatchObject({ waits_for_slot: true });

    org.as(MAX).update(company.tasks(deals[0]!)[0]!.id, { Status: 'Completed' });
    await world.once();
    expect(company.tasks(smallest)).toMatchObject([{ key: `contact-roles:${smallest}:1`, isOpen: true }]);
  });

  it('gives a slot that we free ourselves to the larger of two that wait', async () => {
    await using started = await startCompany();
    const { world, company } = started;
    const deals = [70, 60, 50, 40, 30, 20, 10].map((amount) =>
      company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Amount: 100_000 + amount }),
    );
    await world.once();

    company.addRole(deals[2]!, ['b', 'Economic Buyer']);
    company.addRole(deals[2]!, ['e', 'Evaluator']);
    await world.once();

    expect(company.tasks(deals[2]!)).toMatchObject([{ isOpen: false }]);
    expect(deals.slice(5).map((deal) => company.tasks(deal).length)).toEqual([1, 0]);
  });
});

describe('the task of a gap', () => {
  it('frees a slot of the manager whom it goes to at once, for a deal of another owner (C18)', async () => {
    await using started = await startCompany(toTheManager);
    const { world, company, org } = started;
    const manager = company.userId('nia');
    for (const login of ['max', 'otto']) org.admin.update(company.userId(login), { ManagerId: manager });
    const [large, small] = ['max', 'otto'].map((login, index) =>
      company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, {
        OwnerId: company.userId(login),
        Amount: 90_000 - index,
      }),
    ) as [string, string];
    await world.once();
    expect([company.tasks(large), company.tasks(small)]).toMatchObject([[{ ownerId: manager }], []]);

    org.as('nia@northwind.example').update(company.tasks(large)[0]!.id, { Status: 'Completed' });
    await world.once();

    expect(company.tasks(small)).toMatchObject([{ ownerId: manager, isOpen: true }]);
  });

  it('moves on with the deal to its new owner and tells of the gap as it is by then (C18)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();

    org.admin.update(deal, { OwnerId: company.userId('nia') });
    company.addRole(deal, ['d', 'Economic Buyer']);
    org.admin.delete(company.roleOf(deal, 'b'));
    started.clock.advance(2 * MINUTE);
    await world.once();

    expect(company.tasks(deal)).toMatchObject([
      {
        ownerId: company.userId('nia'),
        subject: 'Add to the buying committee: technical',
        description: expect.stringContaining('Missing: technical\n'),
        isOpen: true,
      },
    ]);
  });
});

describe('escalation (CE17, CE18)', () => {
  it('tells the next in the list at its step though the rep closed our task, once, and closes with the gap', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    org.as(MAX).update(company.tasks(deal)[0]!.id, { Status: 'Completed' });
    clock.advance(2 * DAY);
    await world.once();
    expect(company.tasks(deal)).toHaveLength(1);

    clock.advance(3 * DAY);
    await world.once();
    await world.fresh.redis.del(`${world.fresh.prefix}:memory:opportunity`);
    org.bump([deal]);
    await world.once();

    const told = company.tasks(deal).filter(({ key }) => key.startsWith('contact-roles-escalation-'));
    expect(told).toMatchObject([{ key: `contact-roles-escalation-1:${deal}:1`, isOpen: true }]);
    expect(told[0]?.ownerId).not.toBe(company.userId('max'));

    company.addRole(deal, ['b', 'Economic Buyer']);
    company.addRole(deal, ['e', 'Evaluator']);
    await world.once();
    expect(company.tasks(deal).filter(({ isOpen }) => isOpen)).toEqual([]);
  });
});

describe('suggestions (C20) and auto_add (C16)', () => {
  it('names in the task whom the account has for the missing role, with the evidence', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    org.admin.update(company.contactId('d'), { Title: 'CFO' });
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const start = writeStamp(clock.now() - DAY * 1000);
    org.admin.insert('Event', {
      WhoId: company.contactId('d'),
      WhatId: deal,
      StartDateTime: start,
      DurationInMinutes: 30,
    });

    await world.once();

    const [task] = company.tasks(deal);
    expect(task?.description).toMatch(
      /Suggested: d, CFO, \w{18} as economic_buyer \(.*meeting_on_opportunity 2026-11-23.*title_hint\)/,
    );
  });

  it('adds those with enough points where that is switched on, never as primary, and none twice', async () => {
    await using started = await startCompany(addingFrom(40));
    const { world, company, org } = started;
    org.admin.update(company.contactId('d'), { Title: 'CFO' });
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);

    await world.once();
    await world.once();

    const added = org.all('OpportunityContactRole', (row) => row['ContactId'] === company.contactId('d'));
    expect(added).toMatchObject([{ OpportunityId: deal, Role: 'Economic Buyer', IsPrimary: false }]);
    expect(company.flags(deal)).toMatchObject({ status: 'compliant', coverage: '5/5' });
  });
});

describe('timetables', () => {
  it('falls to the engaged ones when one user adds thirty people in four minutes (CE11, C19)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const account = String(org.all('Account', ({ Name }) => Name === 'Fjord AS')[0]?.['Id']);
    const deal = company.opportunity('Needs Analysis', []);
    const added = Array.from({ length: 30 }, (_, index) => {
      const contact = org.admin.insert('Contact', { LastName: `Person ${index}`, AccountId: account });
      if (index % 5 === 0) clock.advance(MINUTE / 2);
      const row = { OpportunityId: deal, ContactId: contact, Role: 'Champion', IsPrimary: index === 0 };
      return { contact, role: org.as(MAX).insert('OpportunityContactRole', row) };
    });

    const events = await world.once();
    expect(decisionOf(events, deal)).toMatchObject({ findings: ['blanket_association'] });
    expect(company.flags(deal)).toMatchObject({ coverage: '0/3', missing: 'contacts 0/2; primary; champion' });
    expect(company.tasks(deal)).toMatchObject([{ isOpen: true }]);

    for (const { contact } of added.slice(0, 2)) {
      org.as(MAX).insert('Task', { WhoId: contact, WhatId: deal, Subject: 'Call', Status: 'Completed' });
    }
    await world.once();
    expect(company.flags(deal)).toMatchObject({ status: 'compliant', coverage: '3/3' });
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);
  });

  it('counts merged contacts once and misses the primary that was on the loser (CE26)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Needs Analysis', [
      ['a', 'Champion', true],
      ['b', null],
    ]);
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');

    org.admin.merge(company.contactId('b'), [company.contactId('a')]);
    const events = await world.once();

    expect(company.flags(deal)).toMatchObject({ status: 'warning', missing: 'contacts 1/2; primary' });
    expect(decisionOf(events, deal)).toMatchObject({ findings: ['role_blank', 'duplicate_row'] });
    expect(company.tasks(deal)).toEqual([]);

    clock.advance(3 * DAY);
    await world.once();
    expect(company.flags(deal).status).toBe('violation');
    expect(company.tasks(deal)).toMatchObject([
      { subject: 'Add to the buying committee: contacts 1/2; primary', isOpen: true },
    ]);
  });

  it('ends an exemption at midnight in the org’s zone by a timer, with a fresh grace (CE13)', async () => {
    await using started = await startCompany();
    const { world, company, clock } = started;
    const today = { OCR_Exempt__c: true, OCR_Exempt_Until__c: '2026-11-24' };
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, today);
    const daemon = world.start();
    await daemon.until(() => company.flags(deal).status === 'exempt');
    clock.set(Date.parse('2026-11-25T00:00:01Z'));

    await daemon.until(() => company.flags(deal).status !== 'exempt');

    expect(company.flags(deal)).toMatchObject({ status: 'warning', missing: 'economic_buyer' });
    expect(clock.now()).toBeLessThan(Date.parse('2026-11-25T00:01:01Z'));
    expect(company.tasks(deal)).toEqual([]);
    clock.set(Date.parse('2026-11-27T18:00:00Z'));
    await daemon.until(() => company.tasks(deal).length === 1);
    expect(company.flags(deal).status).toBe('violation');
    await daemon.stop();
  });

  it('asks for the later stage from the day CloseDate is near, and no more when it moves back (CE14, C14)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WHOLE_COMMITTEE.slice(0, 4));
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');

    org.as(MAX).update(deal, { CloseDate: writeDay(clock.now() + 10 * DAY * 1000) });
    await world.once();
    expect(company.flags(deal)).toMatchObject({ status: 'warning', missing: 'procurement' });
    clock.advance(3 * DAY);
    await world.once();
    expect(company.tasks(deal)).toMatchObject([{ isOpen: true }]);

    org.as(MAX).update(deal, { CloseDate: writeDay(clock.now() + 60 * DAY * 1000) });
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);
  });

  it('closes the task and clears the flags of a deal that leaves the scope (CE25)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    const renewal = String(org.all('RecordType', ({ DeveloperName }) => DeveloperName === 'Renewal')[0]?.['Id']);

    org.admin.update(deal, { RecordTypeId: renewal });
    await world.once();

    expect(company.flags(deal)).toMatchObject({ status: null, coverage: null, missing: null });
    expect(company.tasks(deal)[0]?.description).toContain('out_of_scope');
  });

  it('takes the stage entry from the history where the opportunity has no date of it (C12)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { LastStageChangeDate: null });
    const history = {
      OpportunityId: deal,
      StageName: 'Proposal/Price Quote',
      CreatedDate: writeStamp(clock.now() - HOUR * 1000),
    };
    org.load([{ object: 'OpportunityHistory', fields: history }]);

    await world.once();

    expect(company.flags(deal).status).toBe('warning');
  });
});

describe('a stage that is renamed in Setup (CE24)', () => {
  it('pauses this module alone, while criteria are judged and leads routed, until the name is back (CE24, XE9)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Negotiation/Review', WITHOUT_BUYER);
    const daemon = world.start({ clock: createHurriedClock(10, clock) });
    await daemon.until(() => company.flags(deal).status === 'violation');
    const stage = org.all('OpportunityStage', ({ ApiName }) => ApiName === 'Negotiation/Review')[0]!;
    const rename = (ApiName: string): void => {
      const changed = { StageName: ApiName, SystemModstamp: writeStamp(clock.now()) };
      org.load([
        { object: 'OpportunityStage', fields: { ...stage, ApiName, MasterLabel: ApiName } },
        { object: 'Opportunity', fields: { ...org.record(deal)!, ...changed } },
      ]);
    };

    rename('Negotiation');
    const paused = await daemon.seen('module.paused');
    const lead = company.lead();
    const other = company.opportunity('Needs Analysis', []);
    await daemon.seen('decision', (told) => told.record_id === other && told.module === 'opportunity_criteria');
    await daemon.until(() => company.ownerOf(lead) !== 'queue:Inbound_Leads');
    expect(paused).toMatchObject({ module: 'contact_roles', code: 'E_STAGE_UNKNOWN' });
    expect([company.flags(deal).status, company.flags(other).status]).toEqual(['violation', null]);

    rename('Negotiation/Review');
    expect(await daemon.next('module.resumed')).toMatchObject({ module: 'contact_roles' });
    await daemon.until(() => company.flags(other).status === 'violation');
    expect(company.tasks(deal)).toHaveLength(1);
    await daemon.stop();
  });
});

describe('opportunity criteria', () => {
  it('only says what it would write while it observes', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deal = company.opportunity('Needs Analysis', WHOLE_COMMITTEE);

    const events = await world.once();

    expect(decisionOf(events, deal, 'opportunity_criteria')).toMatchObject({
      result: 'violation',
      missing: ['NextStep'],
    });
    expect(events.some(({ event, module }) => event === 'would_write' && module === 'opportunity_criteria')).toBe(true);
    expect(org.record(deal)?.['Deal_Gaps__c'] ?? null).toBeNull();
  });

  it('flags what is missing like the gaps of the committee when it enforces, and blanks it when it is there', async () => {
    await using started = await startCompany((config) => ({
      ...config,
      opportunity_criteria: { ...config.opportunity_criteria!, mode: 'enforce' },
    }));
    const { world, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WHOLE_COMMITTEE);

    await world.once();
    expect(org.record(deal)?.['Deal_Gaps__c']).toBe('NextStep; Budget_Confirmed__c');

    org.as(MAX).update(deal, { NextStep: 'Demo', Budget_Confirmed__c: true });
    await world.once();
    expect(org.record(deal)?.['Deal_Gaps__c'] ?? null).toBeNull();
  });
});

function addingFrom(points: number) {
  return (config: Config): Config => {
    const roles = config.contact_roles!;
    const suggest = { ...roles.suggest!, auto_add: { enabled: true, min_score: points } };
    return { ...config, contact_roles: { ...roles, suggest } };
  };
}

function toTheManager(config: Config): Config {
  const roles = config.contact_roles!;
  return { ...config, contact_roles: { ...roles, task: { ...roles.task!, to: 'manager', max_open_per_owner: 1 } } };
}
