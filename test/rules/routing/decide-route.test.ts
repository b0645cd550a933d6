import { describe, expect, it } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { isIntake } from '../../../src/rules/routing/is-intake.ts';
import type { RouteInput } from '../../../src/rules/routing/route-input.ts';
import { quietWorld } from '../../../src/rules/routing/quiet-world.ts';
import { aDuplicate, aUser, loadedWorld, NOW, ownerOf, route, routingOf, worldWith } from './support/builders.ts';
import { exampleRouting } from './support/example.ts';

const KARI: Fields = { Email: ' Kari@fjord.example', Company: 'Fjord AS', Country: 'Norway' };
const RON = 'ron@northwind.example';
const KIM = 'kim@northwind.example';

describe('the order of steps (R1)', () => {
  it('logs why each step passed until one yielded', () => {
    expect(route(exampleRouting, KARI).steps).toEqual([
      { step: 'record_override', verdict: 'passed', reason: 'no_override' },
      { step: 'sticky_duplicate', verdict: 'passed', reason: 'no_duplicate' },
      { step: 'named_account', verdict: 'passed', reason: 'no_named_account' },
      { step: 'matched_account', verdict: 'passed', reason: 'no_account' },
      { step: 'territory', verdict: 'yielded', reason: 'emea/nordics' },
    ]);
  });

  it('a step that yields ends it', () => {
    const ruling = route(exampleRouting, { ...KARI, Routing_Override_User__c: KIM });

    expect(ruling.steps).toHaveLength(1);
    expect(ruling).toMatchObject({ route: 'record_override', turn: null, pool: null });
    expect(ownerOf(ruling)).toBe(KIM);
  });

  it('tells the territory whatever step yielded', () => {
    expect(route(exampleRouting, { ...KARI, Routing_Override_User__c: KIM }).territory).toBe('emea/nordics');
  });

  it('tries only the steps that are configured', () => {
    const rules = routingOf('territories: [{ id: all, assign: { queue: Q } }]');

    expect(route(rules, {}).steps.map(({ step }) => step)).toEqual(['territory']);
  });

  it('follows the order of the configuration', () => {
    const rules = routingOf(`
precedence: [territory, record_override]
record_override: { field: Override__c }
territories: [{ id: all, assign: { queue: Q } }]`);

    expect(route(rules, { Override__c: 'A' }).route).toBe('territory');
  });
});

describe('intake (R22)', () => {
  it.each<[string, RouteInput['owner'], RouteInput['cause'], string]>([
    ['nobody’s lead is routed', null, 'initial', 'assigned'],
    ['a lead of an intake queue is routed', { kind: 'queue', queue: 'Inbound_Leads' }, 'initial', 'assigned'],
    ['a lead of an intake user is routed', { kind: 'user', id: 'marketo@northwind.example' }, 'initial', 'assigned'],
    ['a lead of any other queue is left alone', { kind: 'queue', queue: 'Archive' }, 'initial', 'owned'],
    ['a lead of a rep is left alone', { kind: 'user', id: KIM }, 'initial', 'owned'],
    ['a new epoch routes a rep’s lead', { kind: 'user', id: KIM }, 'sla_reassign', 'assigned'],
  ])('%s', (_, owner, cause, result) => {
    expect(route(exampleRouting, KARI, { owner, cause }).result).toBe(result);
  });

  it('a lead that is left alone gets nothing at all', () => {
    const ruling = route(exampleRouting, KARI, { owner: { kind: 'user', id: KIM } });

    expect(ruling).toMatchObject({ reason: 'owned', owner: null, route: null, turn: null, set: {}, steps: [] });
  });

  it('without the key intake, queues are routed and people’s leads are not', () => {
    const rules = routingOf('{}');
    const { users } = quietWorld(rules);

    expect(isIntake(rules, { kind: 'queue', queue: 'Any' }, users)).toBe(true);
    expect(isIntake(rules, { kind: 'user', id: 'A' }, users)).toBe(false);
  });
});

describe('record override (R2)', () => {
  it('passes when the user is inactive, and says so', () => {
    const world = worldWith(exampleRouting, [aUser(KIM, { isActive: false })]);
    const ruling = route(exampleRouting, { ...KARI, Routing_Override_User__c: KIM }, { world });

    expect(ruling).toMatchObject({ route: 'territory', findings: ['override_inactive'] });
  });

  it('reads the id that a lookup field holds', () => {
    const world = worldWith(exampleRouting, [aUser('zoe@northwind.example', { id: '005000000000001AAA' })]);
    const ruling = route(exampleRouting, { ...KARI, Routing_Override_User__c: '005000000000001AAA' }, { world });

    expect(ownerOf(ruling)).toBe('zoe@northwind.example');
  });
});

describe('sticky duplicate (R3)', () => {
  it('gives the lead to the owner of the same person’s other record', () => {
    const ruling = route(exampleRouting, KARI, { duplicates: [aDuplicate()] });

    expect(ruling).toMatchObject({ route: 'sticky_duplicate', reason: 'sticky_duplicate:00Q000000000002AAA' });
    expect(ownerOf(ruling)).toBe(KIM);
  });

  it.each([
    ['the record itself', { id: '00Q000000000001AAA' }],
    ['a closed lead', { isOpen: false }],
    ['another address', { email: 'kari@fjord.example.org' }],
    ['no address', { email: null }],
    ['a record from before the window', { createdAt: NOW - 91 * 86_400_000 }],
    ['RE6: a queue’s record', { ownerId: '00G000000000001AAA' }],
    ['a record that is still in intake', { ownerId: 'marketo@northwind.example' }],
  ])('does not follow %s', (_, changes) => {
    expect(route(exampleRouting, KARI, { duplicates: [aDuplicate(changes)] }).route).toBe('territory');
  });

  it('RE6: does not follow an inactive owner', () => {
    const world = worldWith(exampleRouting, [aUser(KIM, { isActive: false })]);

    expect(route(exampleRouting, KARI, { duplicates: [aDuplicate()], world }).route).toBe('territory');
  });

  it('follows an old record that was touched within the window', () => {
    const old = aDuplicate({ createdAt: NOW - 400 * 86_400_000, touchedAt: NOW - 90 * 86_400_000 });

    expect(route(exampleRouting, KARI, { duplicates: [old] }).route).toBe('sticky_duplicate');
  });

  it.each([
    ['the most recent activity', { touchedAt: NOW - 2 }, { touchedAt: NOW - 1 }],
    ['any activity before none', { touchedAt: null }, { touchedAt: NOW - 86_400_000 * 80 }],
    ['then the newest', { createdAt: NOW - 2 }, { createdAt: NOW - 1 }],
    ['at last the lowest id', { id: '003000000000009AAA' }, { id: '003000000000008AAA' }],
  ])('of several takes %s', (_, loses, wins) => {
    const loser = aDuplicate({ ...loses, ownerId: 'lee@northwind.example' });
    const winner = aDuplicate({ ...wins, object: 'Contact' });
    for (const duplicates of [
      [loser, winner],
      [winner, loser],
    ]) {
      expect(ownerOf(route(exampleRouting, KARI, { duplicates }))).toBe(KIM);
    }
  });

  it('RE5: the second of two new leads of one person goes to the owner of the first', () => {
    const first = route(exampleRouting, KARI, { id: '00Q000000000002AAA' });
    const duplicates = [aDuplicate({ ownerId: ownerOf(first) ?? '', createdAt: NOW })];
    const second = route(exampleRouting, KARI, { duplicates });

    expect(first.route).toBe('territory');
    expect(second.route).toBe('sticky_duplicate');
    expect(ownerOf(second)).toBe(RON);
  });

  it('RE7: caps and hours of the owner do not matter', () => {
    const world = loadedWorld(exampleRouting, 'emea-general', { [KIM]: { open: 999, today: 999 } });
    const night = readInstant('2026-11-24T02:00:00Z');

    expect(ownerOf(route(exampleRouting, KARI, { duplicates: [aDuplicate()], world }, night))).toBe(KIM);
  });

  it('R18: does not give a lead back to who has just lost it', () => {
    const ruling = route(exampleRouting, KARI, {
      cause: 'sla_reassign',
      duplicates: [aDuplicate()],
      previousAssignees: [KIM],
    });

    expect(ruling.steps[1]).toMatchObject({ verdict: 'passed', reason: 'duplicate_owner_not_active' });
    expect(ownerOf(ruling)).toBe(RON);
  });
});

describe('named account (R4)', () => {
  it.each([
    ['the domain itself', { Email: 'a@fjord-energy.example' }, RON],
    ['a sub-domain', { Email: 'a@eu.fjord-energy.example' }, RON],
    ['the web site', { Website: 'https://www.fjord-energy.example/about' }, RON],
    ['no other domain that ends alike', { Email: 'a@notfjord-energy.example', Country: 'FR' }, null],
  ])('%s', (_, fields, expected) => {
    const ruling = route(exampleRouting, fields);

    expect(ruling.route === 'named_account' ? ownerOf(ruling) : null).toBe(expected);
  });

  it('takes the owner of the account where the list names none', () => {
    const account = { id: '001Hs00003kQ7XdIAK', ownerId: KIM, fields: {} };
    const lead = { Email: 'a@helvetia-pharma.example' };

    expect(ownerOf(route(exampleRouting, lead, { accounts: [account] }))).toBe(KIM);
    expect(route(exampleRouting, lead).steps[2]).toMatchObject({ reason: 'named_account_without_owner' });
  });

  it('passes when the owner is inactive, and says so', () => {
    const world = worldWith(exampleRouting, [aUser(RON, { isActive: false })]);

    const ruling = route(exampleRouting, { Email: 'a@fjord-energy.example', Country: 'FR' }, { world });

    expect(ruling).toMatchObject({ route: 'territory', findings: ['account_owner_inactive'] });
  });
});

describe('fallback', () => {
  it('an APAC country without a child goes to the fallback pool', () => {
    const ruling = route(exampleRouting, { Country: 'KR', NumberOfEmployees: 50 });

    expect(ruling).toMatchObject({ route: 'fallback', pool: 'global-triage', reason: 'fallback', territory: null });
    expect(ruling.set['Territory__c']).toBeNull();
  });

  it('RE2: the whole chain capped ends in the queue, and the reason names it', () => {
    const rules = routingOf(`
territories: [{ id: south, match: { country: DE }, assign: dach-south }]
pool_defaults: { cap: { open: 60 }, on_exhausted: global-triage }
pools:
  dach-south: { members: [A], on_exhausted: dach }
  dach: { members: [A] }
  global-triage: { members: [A], on_exhausted: { queue: Unrouted_Leads } }
set: { Routing_Reason__c: '{reason}' }`);
    const full = new Map([['A', { open: 60, today: 0 }]]);
    const loads = new Map([...rules.pools.keys()].map((pool) => [pool, full]));

    const ruling = route(rules, { Country: 'DE' }, { world: { ...quietWorld(rules), loads } });

    expect(ownerOf(ruling)).toBe('queue:Unrouted_Leads');
    expect(ruling).toMatchObject({
      reason: 'exhausted:dach-south>dach>global-triage',
      set: { Routing_Reason__c: 'exhausted:dach-south>dach>global-triage' },
      pool: null,
      turn: null,
      territory: 'south',
    });
  });

  it('RE1: the path stays where the lead belongs, the pool is the one that had somebody', () => {
    const ruling = route(
      exampleRouting,
      { Country: 'DE', PostalCode: '80331' },
      {},
      readInstant('2026-11-24T10:00:00Z'),
    );

    expect(ruling).toMatchObject({ territory: 'emea/dach/dach-south', pool: 'dach', route: 'territory' });
    expect(ownerOf(ruling)).toBe('otto@northwind.example');
  });

  it('goes on where a chain of pools ends without a queue', () => {
    const rules = routingOf(`
territories: [{ id: all, assign: p }]
pools: { p: { members: [] }, q: { members: [B] } }
fallback: [{ user: gone }, q, { queue: Rest }]`);
    const world = worldWith(rules, [aUser('gone', { isActive: false })]);

    const ruling = route(rules, {}, { world });

    expect(ruling).toMatchObject({ route: 'fallback', pool: 'q', findings: ['user_inactive'] });
    expect(ruling.steps.map(({ reason }) => reason)).toEqual(['exhausted:p', 'inactive_user:fallback', 'fallback']);
  });

  it('a territory whose user is inactive is passed, and says so', () => {
    const world = worldWith(exampleRouting, [aUser('pat.lowe@northwind.example', { isActive: false })]);
    const ruling = route(exampleRouting, { Country: 'US', Email: 'a@state.gov' }, { world });

    expect(ruling).toMatchObject({ route: 'fallback', findings: ['user_inactive'] });
  });
});

describe('what a route writes', () => {
  it('fills the templates, and tells the stamps apart', () => {
    const ruling = route(exampleRouting, KARI);

    expect(ruling.set).toEqual({
      Territory__c: 'emea/nordics',
      Routed_At__c: '2026-11-24T14:00:00.000Z',
      Routing_Reason__c: 'emea/nordics',
    });
    expect(ruling.stamps).toEqual(['Routed_At__c']);
    expect(ruling.turn).toMatchObject({ pool: 'nordics', turn: 1, user: RON });
  });

  it('WV1 and R11: nothing while the lead waits for opening hours', () => {
    const ruling = route(exampleRouting, { Country: 'UK' }, {}, readInstant('2026-11-23T18:00:00Z'));

    expect(ruling).toMatchObject({
      result: 'waiting',
      owner: null,
      pool: 'uki',
      waitUntil: readInstant('2026-11-24T09:00:00Z'),
      set: {},
      turn: null,
    });
    expect(ruling.states.size).toBe(0);
  });

  it('RE3: a retry without the user whom the org refused takes the next member', () => {
    const first = route(exampleRouting, { Country: 'FR' });
    const again = route(exampleRouting, { Country: 'FR' }, { refused: [KIM] });

    expect([ownerOf(first), ownerOf(again)]).toEqual([KIM, 'lee@northwind.example']);
  });
});
