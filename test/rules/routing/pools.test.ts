import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import { rebuildPool } from '../../../src/rules/routing/pools/rebuild-pool.ts';
import { refundPick } from '../../../src/rules/routing/pools/refund-pick.ts';
import type { PoolRuling } from '../../../src/rules/routing/pools/pick-from-pool.ts';
import type { PoolStates } from '../../../src/rules/routing/pools/state.ts';
import { quietWorld } from '../../../src/rules/routing/quiet-world.ts';
import type { RoutingRules } from '../../../src/rules/routing/routing-rules.ts';
import type { Turn } from '../../../src/rules/routing/pools/turn.ts';
import { indexUsers } from '../../../src/rules/routing/users.ts';
import { aUser, loadedWorld, NOW, pickInTurn, routingOf, worldWith } from './support/builders.ts';
import { exampleRouting } from './support/example.ts';

const THREE = `pools: { p: { on_exhausted: { queue: Rest }, members: [{ user: A, weight: 2 }, B, C] } }`;

function credits(states: PoolStates, pool: string): Readonly<Record<string, number>> {
  const members = Object.entries(states.get(pool)?.members ?? {});
  return Object.fromEntries(members.map(([user, { cw }]) => [user, cw]));
}

function turnOf(ruling: PoolRuling | undefined): Turn {
  if (ruling?.result.kind !== 'user') throw new Error('nobody was picked');
  return ruling.result.turn;
}

describe('weighted turns (R13)', () => {
  it.each([
    ['PV1: 2:1:1', '[{ user: A, weight: 2 }, B, C]', 'A B C A A B C A'],
    ['PV2: 3:1', '[{ user: max, weight: 3 }, nia]', 'max nia max max max nia max max'],
    ['PV7: 0.5:1', '[{ user: A, weight: 0.5 }, B]', 'B A B B A B'],
    ['equal weights go in file order', '[A, B, C]', 'A B C A B C'],
    ['tenths add up exactly', '[{ user: A, weight: 0.1 }, { user: B, weight: 0.2 }]', 'B A B B A B'],
  ])('%s', (_, members, expected) => {
    const rules = routingOf(`pools: { p: { members: ${members} } }`);

    expect(pickInTurn(rules, 'p', expected.split(' ').length).picked).toEqual(expected.split(' '));
  });

  it('PV1: owes nobody anything after 4 and after 8 picks', () => {
    const rules = routingOf(THREE);
    const four = pickInTurn(rules, 'p', 4).states;

    expect(credits(four, 'p')).toEqual({ A: 0, B: 0, C: 0 });
    expect(credits(pickInTurn(rules, 'p', 4, { states: four }).states, 'p')).toEqual({ A: 0, B: 0, C: 0 });
  });

  it('PV4: a refund of the fourth pick puts the credits back, and the next pick is the same', () => {
    const rules = routingOf(THREE);
    const three = pickInTurn(rules, 'p', 3);
    const fourth = pickInTurn(rules, 'p', 1, three);

    const refunded = refundPick(fourth.states, turnOf(fourth.rulings[0]));

    expect(credits(refunded, 'p')).toEqual({ A: 2, B: -1, C: -1 });
    expect(refunded).toEqual(three.states);
    expect(pickInTurn(rules, 'p', 1, { states: refunded }).picked).toEqual(['A']);
  });

  it('PV10: a member who was away is owed nothing and gets exactly the share of the rest', () => {
    const rules = routingOf('pools: { p: { members: [{ user: max, weight: 3 }, nia] } }');
    const before = pickInTurn(rules, 'p', 40);
    const away = pickInTurn(rules, 'p', 20, {
      states: before.states,
      world: worldWith(rules, [aUser('nia', { isActive: false })]),
    });
    const after = pickInTurn(rules, 'p', 40, away);

    const all = [...before.picked, ...away.picked, ...after.picked];

    expect(all.filter((name) => name === 'max')).toHaveLength(80);
    expect(all.filter((name) => name === 'nia')).toHaveLength(20);
  });

  it('R12: a round robin does not look at weights', () => {
    const rules = routingOf('pools: { p: { strategy: round_robin, members: [{ user: A, weight: 9 }, B] } }');

    expect(pickInTurn(rules, 'p', 4).picked).toEqual(['A', 'B', 'A', 'B']);
  });

  it('R13: a tie goes to who was assigned least recently, then to the first of the file', () => {
    const rules = routingOf('pools: { p: { members: [A, B] } }');
    const bWasLongAgo = new Map([['p', { turns: 7, members: { A: { cw: 0, lastAt: 7 }, B: { cw: 0, lastAt: 6 } } }]]);

    expect(pickInTurn(rules, 'p', 1, { states: bWasLongAgo }).picked).toEqual(['B']);
    expect(pickInTurn(rules, 'p', 1).picked).toEqual(['A']);
  });

  it('R15: a removed member vanishes, a new one starts at 0, a new weight keeps the credit', () => {
    const before = pickInTurn(routingOf(THREE), 'p', 1).states;
    const changed = routingOf('pools: { p: { members: [A, { user: B, weight: 5 }, D] } }');

    const after = pickInTurn(changed, 'p', 1, { states: before }).states;

    expect(credits(before, 'p')).toEqual({ A: -2, B: 1, C: 1 });
    expect(credits(after, 'p')).toEqual({ A: -1, B: 6 - 7, D: 1 });
  });

  it('F41: a member keeps the turns when the configuration calls the same user by another name', () => {
    const max = aUser('max@northwind.example', { id: '005000000000001AAA', email: 'm.power@northwind.example' });
    const byName = routingOf('pools: { p: { members: [{ user: max@northwind.example, weight: 3 }, nia] } }');
    const byAddress = routingOf('pools: { p: { members: [{ user: m.power@northwind.example, weight: 3 }, nia] } }');
    const world = { ...quietWorld(byName), users: indexUsers([max, aUser('nia')]) };

    const before = pickInTurn(byName, 'p', 1, { world });
    const after = pickInTurn(byAddress, 'p', 3, { world, states: before.states });

    expect([...before.picked, ...after.picked].map((name) => name.slice(0, 3))).toEqual(['max', 'nia', 'max', 'max']);
    expect(JSON.stringify([...after.states])).not.toContain('@');
  });

  it('law: nobody is ever a whole turn ahead, and a full round is exactly the entitlement', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { picked } = pickInTurn(poolWithWeights(weights), 'p', total);
        for (const [index, weight] of weights.entries()) {
          let got = 0;
          for (const [turn, name] of picked.entries()) {
            if (name === `m${index}`) got += 1;
            expect(got - ((turn + 1) * weight) / total).toBeLessThan(1);
          }
          expect(got).toBe(weight);
        }
      }),
    );
  });

  it.each([
    { members: 4, behind: 1 },
    // Very uneven weights of five members and more lag a little over one turn: 1.17 is the most that a search found.
    { members: 8, behind: 1.25 },
  ])('law: of up to $members members, nobody is $behind turns behind', ({ members, behind }) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: members }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { picked } = pickInTurn(poolWithWeights(weights), 'p', total);
        for (const [index, weight] of weights.entries()) {
          let got = 0;
          for (const [turn, name] of picked.entries()) {
            if (name === `m${index}`) got += 1;
            expect(((turn + 1) * weight) / total - got).toBeLessThan(behind);
          }
        }
      }),
    );
  });

  it('law: with equal weights, as in a round robin, nobody is a whole turn ahead or behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }), (members, turns) => {
        const { picked } = pickInTurn(poolWithWeights(Array.from({ length: members }, () => 1)), 'p', turns);
        for (let member = 0; member < members; member++) {
          const got = picked.filter((name) => name === `m${member}`).length;
          expect(Math.abs(turns / members - got)).toBeLessThan(1);
        }
      }),
    );
  });

  it('law: a refund undoes a pick whatever was picked since', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        fc.nat(20),
        fc.nat(5),
        (weights, before, since) => {
          const rules = poolWithWeights(weights);
          const start = pickInTurn(rules, 'p', before);
          const lost = pickInTurn(rules, 'p', 1, start);
          const later = pickInTurn(rules, 'p', since, lost);

          const undone = refundPick(later.states, turnOf(lost.rulings[0]));

          const sum = Object.values(credits(undone, 'p')).reduce((total, cw) => total + cw, 0);
          expect(sum).toBe(0);
          if (since > 0) return;
          for (const [user, cw] of Object.entries(credits(undone, 'p'))) {
            expect(cw).toBe(credits(start.states, 'p')[user] ?? 0);
          }
          expect(pickInTurn(rules, 'p', 1, { states: undone }).picked).toEqual(lost.picked);
        },
      ),
    );
  });

  it('keeps turn numbers unique when an earlier turn is given back', () => {
    const rules = routingOf(THREE);
    const first = pickInTurn(rules, 'p', 1);
    const second = pickInTurn(rules, 'p', 1, first);

    const undone = refundPick(second.states, turnOf(first.rulings[0]));

    expect(turnOf(pickInTurn(rules, 'p', 1, { states: undone }).rulings[0]).turn).toBe(3);
  });
});

describe('a pool whose state was lost', () => {
  it('is as if everybody had been there for every turn', () => {
    const rules = routingOf(THREE);

    expect(rebuildPool(rules, 'p', 7, quietWorld(rules).users)).toEqual(pickInTurn(rules, 'p', 7).states.get('p'));
  });

  it('keeps the number of turns even without members', () => {
    const rules = routingOf('pools: { p: { members: [] } }');

    expect(rebuildPool(rules, 'p', 7, quietWorld(rules).users)).toEqual({ members: {}, turns: 7 });
  });
});

describe('other strategies (R16)', () => {
  it('RE12: 500 leads at once go half and half, since reservations count', () => {
    const rules = routingOf('pools: { p: { strategy: least_loaded, members: [A, B] } }');
    const open: Record<string, number> = { A: 0, B: 0 };
    let states: PoolStates = new Map();
    for (let lead = 0; lead < 500; lead++) {
      const loads = Object.fromEntries(Object.entries(open).map(([user, count]) => [user, { open: count, today: 0 }]));
      const pick = pickInTurn(rules, 'p', 1, { states, world: loadedWorld(rules, 'p', loads) });
      states = pick.states;
      const [name = ''] = pick.picked;
      open[name] = (open[name] ?? 0) + 1;
    }

    expect(open).toEqual({ A: 250, B: 250 });
  });

  it('least loaded is by weight: half a weight carries half as many', () => {
    const rules = routingOf('pools: { p: { strategy: least_loaded, members: [fay, { user: gus, weight: 0.5 }] } }');

    const world = loadedWorld(rules, 'p', { fay: { open: 5, today: 0 }, gus: { open: 3, today: 0 } });
    const even = loadedWorld(rules, 'p', { fay: { open: 6, today: 0 }, gus: { open: 2, today: 0 } });

    expect(pickInTurn(rules, 'p', 1, { world }).picked).toEqual(['fay']);
    expect(pickInTurn(rules, 'p', 1, { world: even }).picked).toEqual(['gus']);
  });

  it('first available asks in the order of the file', () => {
    const rules = routingOf('pools: { p: { strategy: first_available, members: [A, B] } }');
    const world = worldWith(rules, [aUser('A', { isActive: false })]);

    expect(pickInTurn(rules, 'p', 2).picked).toEqual(['A', 'A']);
    expect(pickInTurn(rules, 'p', 2, { world }).picked).toEqual(['B', 'B']);
  });

  it('fixed is one person', () => {
    const rules = routingOf('pools: { p: { strategy: fixed, members: [A] } }');

    expect(pickInTurn(rules, 'p', 2).picked).toEqual(['A', 'A']);
  });
});

/** A pool that asks everything of its one member, about whom the text tells. */
function poolOfOne(person: string): RoutingRules {
  return routingOf(`
people: { a: { ${person} } }
pools: { p: { calendar: london, require: { language: [de, fr] }, cap: { open: 3, day: 2 }, members: [A],
  exclude_previous: 2, outside_hours: next, on_exhausted: { queue: Rest } } }`);
}

/** A pool of one who is away on the 24th. */
function poolOfAbsent(calendar: string): RoutingRules {
  return routingOf(`
people: { a: { away: [2026-11-24], calendar: ${calendar} } }
pools: { p: { members: [A], outside_hours: assign_anyway, on_exhausted: { queue: Rest } } }`);
}

describe('eligibility (R9)', () => {
  const busy = { open: 3, today: 3 };
  const SKILLED = 'skills: { language: [DE, en] }';

  it.each([
    ['not_started', 'from: 2026-11-25, skills: { language: de }'],
    ['ended', 'until: 2026-11-23'],
    ['away', 'away: [2026-11-20/2026-11-24]'],
    ['away', 'away: [2026-11-24], paused: true'],
    ['paused', 'paused: true'],
    ['requirement', 'skills: { language: en }'],
    ['requirement', ''],
  ])('%s is the first failure of { %s }', (reason, person) => {
    const { rulings } = pickInTurn(poolOfOne(person), 'p', 1);

    expect(rulings[0]?.skipped).toEqual([{ pool: 'p', user: 'a', reason }]);
  });

  it.each([
    ['excluded_previous', { previousAssignees: ['Z', 'A'] }, busy],
    ['refused_by_org', { previousAssignees: ['Y', 'Z', 'A'], refused: ['A'] }, busy],
    ['cap_open', {}, busy],
    ['cap_day', {}, { open: 2, today: 2 }],
  ])('%s comes next', (reason, request, load) => {
    const rules = poolOfOne(SKILLED);
    const { rulings } = pickInTurn(rules, 'p', 1, { request, world: loadedWorld(rules, 'p', { A: load }) });

    expect(rulings[0]?.skipped).toEqual([{ pool: 'p', user: 'a', reason }]);
  });

  it('hours comes last, and a member with all of it is eligible', () => {
    const rules = poolOfOne(SKILLED);
    const late = pickInTurn(rules, 'p', 1, { now: readInstant('2026-11-24T20:00:00Z') });

    expect(late.rulings[0]?.skipped).toEqual([{ pool: 'p', user: 'a', reason: 'hours' }]);
    expect(pickInTurn(rules, 'p', 1).picked).toEqual(['A']);
  });

  it('an inactive user and a user whom the org does not know are the same', () => {
    const rules = poolOfOne(SKILLED);
    const world = worldWith(rules, [aUser('A', { isActive: false })]);
    const unknown = { ...world, users: worldWith(routingOf('{}'), []).users };

    for (const somewhere of [world, unknown]) {
      expect(pickInTurn(rules, 'p', 1, { world: somewhere }).rulings[0]?.skipped[0]?.reason).toBe('inactive_user');
    }
  });

  it('F42: a member may be named by a unique active address', () => {
    const rules = routingOf('pools: { p: { members: [amy@mail.example] } }');
    const world = {
      loads: new Map(),
      users: worldWith(routingOf('{}'), [aUser('amy', { email: 'Amy@mail.example' })]).users,
    };

    expect(pickInTurn(rules, 'p', 1, { world }).picked).toEqual(['amy']);
  });

  it('days of a person are those of the person’s own calendar', () => {
    const now = readInstant('2026-11-24T16:00:00Z'); // 2026-11-25 in Tokyo

    expect(pickInTurn(poolOfAbsent('london'), 'p', 1, { now }).picked).toEqual(['queue:Rest']);
    expect(pickInTurn(poolOfAbsent('tokyo'), 'p', 1, { now }).picked).toEqual(['A']);
  });

  it('R17: cap {} is none, a member’s own cap stands alone', () => {
    const rules = routingOf(`
pool_defaults: { cap: { open: 60, day: 12 } }
pools:
  none: { cap: {}, members: [A] }
  own: { members: [{ user: A, cap: { open: 70 } }] }
  default: { members: [A] }`);
    const load = { A: { open: 65, today: 65 } };
    const pick = (pool: string) => pickInTurn(rules, pool, 1, { world: loadedWorld(rules, pool, load) }).picked[0];

    expect([pick('none'), pick('own'), pick('default')]).toEqual(['A', 'A', 'none']);
  });

  it('ineligible members neither gain nor lose', () => {
    const rules = routingOf(THREE);
    const { states } = pickInTurn(rules, 'p', 1, { world: worldWith(rules, [aUser('C', { isActive: false })]) });

    expect(credits(states, 'p')).toEqual({ A: -1, B: 1, C: 0 });
  });
});

/** A pool of one in London. */
function londonPool(settings: string): RoutingRules {
  return routingOf(`
pools: { p: { calendar: london, ${settings}, members: [A], on_exhausted: { queue: Rest } } }`);
}

describe('hours (R10)', () => {
  const EVENING = readInstant('2026-11-23T18:00:00Z');
  it('WV1: a lead for uki at 18:00 waits 15 hours for the opening', () => {
    const { rulings, states } = pickInTurn(exampleRouting, 'uki', 1, { now: EVENING });

    expect(rulings[0]?.result).toEqual({ kind: 'wait', until: readInstant('2026-11-24T09:00:00Z') });
    expect(rulings[0]?.pool).toBe('uki');
    expect(states.size).toBe(0);
  });

  it.each([
    ['waits when the opening is exactly max_wait away', 'max_wait: 15h', 'wait'],
    ['does not wait longer than max_wait', 'max_wait: 14h', 'queue:Rest'],
    ['waits as long as it takes without max_wait', 'exclude_previous: 0', 'wait'],
    ['next goes on at once', 'outside_hours: next', 'queue:Rest'],
    ['assign_anyway ignores hours', 'outside_hours: assign_anyway', 'A'],
  ])('%s', (_, settings, expected) => {
    expect(pickInTurn(londonPool(settings), 'p', 1, { now: EVENING }).picked).toEqual([expected]);
  });

  it('waits for the earliest opening of those who fail on hours alone', () => {
    const rules = routingOf(`
people: { b: { calendar: new_york }, c: { calendar: always, paused: true } }
pools: { p: { calendar: london, members: [A, B, C] } }`);
    const now = readInstant('2026-11-23T23:30:00Z');

    const { rulings } = pickInTurn(rules, 'p', 1, { now });

    expect(rulings[0]?.result).toEqual({ kind: 'wait', until: readInstant('2026-11-24T09:00:00Z') });
  });

  it('assign_anyway prefers who is open', () => {
    const rules = routingOf(`
people: { b: { calendar: new_york } }
pools: { p: { calendar: london, outside_hours: assign_anyway, members: [A, B] } }`);

    expect(pickInTurn(rules, 'p', 2, { now: EVENING }).picked).toEqual(['B', 'B']);
  });
});

describe('the chain of exhausted pools', () => {
  it('RE1: dach-south hands on to dach, where pia is away too, and otto gets it', () => {
    const { rulings } = pickInTurn(exampleRouting, 'dach-south', 1, { now: readInstant('2026-11-24T10:00:00Z') });

    expect(rulings[0]).toMatchObject({ pool: 'dach', exhausted: ['dach-south'] });
    expect(rulings[0]?.result).toMatchObject({ kind: 'user', user: { username: 'otto@northwind.example' } });
    expect(rulings[0]?.skipped).toEqual([
      { pool: 'dach-south', user: 'pia@northwind.example', reason: 'away' },
      { pool: 'dach', user: 'pia@northwind.example', reason: 'away' },
    ]);
  });

  it('RE28: a person without skills does not meet a requirement', () => {
    const rules = routingOf('pools: { p: { require: { language: de }, members: [A], on_exhausted: { queue: Rest } } }');

    expect(pickInTurn(rules, 'p', 1).rulings[0]?.skipped).toEqual([{ pool: 'p', user: 'a', reason: 'requirement' }]);
  });

  it('RE24: the cap of the day does not look at yesterday', () => {
    const rules = routingOf('pools: { p: { cap: { day: 12 }, members: [A], on_exhausted: { queue: Rest } } }');
    const beforeMidnight = loadedWorld(rules, 'p', { A: { open: 12, today: 12 } });
    const afterMidnight = loadedWorld(rules, 'p', { A: { open: 12, today: 0 } });

    expect(pickInTurn(rules, 'p', 1, { world: beforeMidnight }).picked).toEqual(['queue:Rest']);
    expect(pickInTurn(rules, 'p', 1, { world: afterMidnight }).picked).toEqual(['A']);
  });

  it('R18: whoever had the lead is excluded across pools, even when nobody is left', () => {
    const rules = routingOf(`
pool_defaults: { exclude_previous: 3 }
pools: { p: { members: [A], on_exhausted: q }, q: { members: [A, B], on_exhausted: { queue: Rest } } }`);
    const pick = (...previousAssignees: string[]) =>
      pickInTurn(rules, 'p', 1, { request: { previousAssignees } }).picked;

    expect(pick('A')).toEqual(['B']);
    expect(pick('A', 'B')).toEqual(['queue:Rest']);
    expect(pick('X', 'Y', 'Z', 'A')).toEqual(['A']);
  });

  it('an empty pool is exhausted, a chain without an end gives nobody', () => {
    const rules = routingOf('pools: { p: { members: [], on_exhausted: q }, q: { members: [] } }');

    expect(pickInTurn(rules, 'p', 1).rulings[0]).toMatchObject({ result: { kind: 'none' }, exhausted: ['p', 'q'] });
  });

  it('changes the state of the pool that assigns and of no other', () => {
    const { states } = pickInTurn(exampleRouting, 'dach-south', 1, { now: NOW });

    expect([...states.keys()]).toEqual(['dach']);
  });
});

describe('the example’s pools', () => {
  it('turns in the enterprise pool follow the weights', () => {
    const { picked } = pickInTurn(exampleRouting, 'na-ent', 8, { now: readInstant('2026-11-24T16:00:00Z') });

    expect(picked.map((name) => name.split('@')[0])).toEqual(['ann', 'bob', 'cy', 'ann', 'ann', 'bob', 'cy', 'ann']);
  });

  it('jon starts in December', () => {
    const december = readInstant('2026-12-01T16:00:00Z');

    expect(pickInTurn(exampleRouting, 'na-smb', 3).picked).not.toContain('jon@northwind.example');
    expect(pickInTurn(exampleRouting, 'na-smb', 3, { now: december }).picked).toContain('jon@northwind.example');
  });
});

function poolWithWeights(weights: readonly number[]) {
  const members = weights.map((weight, index) => `{ user: m${index}, weight: ${weight} }`).join(', ');
  return routingOf(`pools: { p: { members: [${members}] } }`);
}
