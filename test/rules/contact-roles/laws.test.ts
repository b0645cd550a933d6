import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ContactRoleRuling } from '../../../src/rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import { matchRoles } from '../../../src/rules/contact-roles/match-roles.ts';
import type { OpportunityView, RoleRow } from '../../../src/rules/contact-roles/opportunity-view.ts';
import { playRound } from './support/apply-plan.ts';
import { DAY, NOW, STAGES, aRole, anOpportunity, someRules } from './support/builders.ts';

const rules = someRules();
const VALUES = [
  'Champion',
  'Economic Buyer',
  'Evaluator',
  'Procurement',
  'Executive Sponsor',
  'Other',
  'Partner',
  'Boss',
];

const someRow = fc
  .record({
    contactId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    role: fc.option(fc.constantFrom(...VALUES)),
    isPrimary: fc.boolean(),
    contact: fc.constantFrom({ AccountId: '001-acme' }, { No_Longer_At_Company__c: true }, null),
  })
  .map(({ contactId, role, ...changes }): RoleRow => aRole(contactId, role, changes));

const someView = fc
  .record({
    rows: fc.array(someRow, { maxLength: 11 }),
    stage: fc.constantFrom(...STAGES.slice(0, 8).map(({ apiName }) => apiName)),
    amount: fc.constantFrom(null, 5_000, 20_000, 50_000),
    engagedContacts: fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']).map((ids) => new Map(ids.map((id) => [id, NOW]))),
    moved: fc.integer({ min: 0, max: 20 }),
    exempt: fc.boolean(),
  })
  .map(({ rows, stage, amount, engagedContacts, moved, exempt }): OpportunityView =>
    anOpportunity({
      fields: {
        StageName: stage,
        Amount: amount,
        OCR_Exempt__c: exempt,
        LastStageChangeDate: new Date(NOW - moved * DAY).toISOString(),
      },
      roles: rows,
      engagedContacts,
    }),
  );

const someSeating = fc.uniqueArray(fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'), { maxLength: 5 }).chain((roles) =>
  fc.record({
    roles: fc.constant(roles),
    people: fc.array(fc.subarray(['p1', 'p2', 'p3', 'p4', 'p5']), { minLength: 5, maxLength: 5 }),
  }),
);

/** Every set of roles that can be filled at once, by trying out all seatings. */
function fillable(roles: readonly string[], peopleOf: (role: string) => readonly string[]): readonly string[][] {
  const [first, ...rest] = roles;
  if (first === undefined) return [[]];
  const without = fillable(rest, peopleOf);
  const filled = peopleOf(first).flatMap((person) =>
    fillable(rest, (role) => peopleOf(role).filter((other) => other !== person)).map((others) => [first, ...others]),
  );
  return [...filled, ...without];
}

/** The findings name rows in the order of the rows: the second of two alike is the duplicate. */
function inAnyOrder(ruling: ContactRoleRuling): unknown {
  return { ...ruling, liveContacts: ruling.liveContacts.toSorted(), findings: [] };
}

describe('laws of the buying committee', () => {
  test('the order of roles does not matter', () => {
    const shuffled = someView.chain((view) =>
      fc.record({
        view: fc.constant(view),
        roles: fc.shuffledSubarray([...view.roles], { minLength: view.roles.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ view, roles }) => {
        const one = decideContactRoles(rules, view, NOW);
        const other = decideContactRoles(rules, { ...view, roles }, NOW);

        expect(inAnyOrder(other)).toEqual(inAnyOrder(one));
      }),
    );
  });

  test('planning again after the plan is applied plans nothing', () => {
    fc.assert(
      fc.property(someView, fc.nat({ max: 4 * DAY }), (view, later) => {
        const first = playRound(rules, view, NOW);
        const settled = playRound(rules, first.view, NOW);
        expect(settled.plan).toMatchObject({
          update: null,
          createTask: null,
          updateTasks: [],
          createRoles: [],
          escalation: null,
        });

        const then = playRound(rules, settled.view, NOW + later);
        expect(playRound(rules, then.view, NOW + later).plan).toMatchObject({
          update: null,
          createTask: null,
          updateTasks: [],
          escalation: null,
        });
      }),
    );
  });

  test('the ruling does not change before the instant at which it says to look again', () => {
    fc.assert(
      fc.property(someView, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (view, share) => {
        const { ruling, view: after } = playRound(rules, view, NOW);
        const wakeAt = ruling.wakeAt ?? NOW + 90 * DAY;
        const next = decideContactRoles(rules, after, Math.floor(NOW + share * (wakeAt - 1 - NOW)));

        expect([next.status, next.missing, next.requiredBy]).toEqual([
          ruling.status,
          ruling.missing,
          ruling.requiredBy,
        ]);
      }),
    );
  });

  test('there is never more than one open task', () => {
    fc.assert(
      fc.property(fc.array(someView, { minLength: 1, maxLength: 6 }), fc.array(fc.boolean()), (views, closings) => {
        let { tasks, memory }: Pick<OpportunityView, 'tasks' | 'memory'> = anOpportunity();
        for (const [turn, each] of views.entries()) {
          const { view } = playRound(rules, { ...each, tasks, memory }, NOW + turn * DAY);
          expect(view.tasks.filter((task) => !task.isClosed).length).toBeLessThanOrEqual(1);
          expect(new Set(view.tasks.map((task) => task.key)).size).toBe(view.tasks.length);
          memory = view.memory;
          tasks = view.tasks.map((task) => ({ ...task, isClosed: task.isClosed || closings[turn] === true }));
        }
      }),
    );
  });

  test('another live member never lowers coverage, unless it makes a crowd', () => {
    const aMember = fc.tuple(fc.constantFrom('a', 'x', 'y'), fc.constantFrom(...VALUES));
    fc.assert(
      fc.property(someView, aMember, (view, [contactId, value]) => {
        const before = decideContactRoles(rules, view, NOW);
        const after = decideContactRoles(rules, { ...view, roles: [...view.roles, aRole(contactId, value)] }, NOW);

        expect(after.satisfied).toBeGreaterThanOrEqual(before.satisfied);
        expect(after.total).toBe(before.total);
      }),
    );
  });
});

describe('C8: laws of matching', () => {
  test('nobody has two roles, and everybody has one that is theirs', () => {
    fc.assert(
      fc.property(someSeating, ({ roles, people }) => {
        const peopleOf = (role: string): readonly string[] => people[Number(role.slice(1)) - 1] ?? [];
        const seats = matchRoles(roles, peopleOf);

        expect(new Set(seats.values()).size).toBe(seats.size);
        for (const [role, person] of seats) expect(peopleOf(role)).toContain(person);
      }),
    );
  });

  test('as many roles as possible are filled, and of those the earliest', () => {
    fc.assert(
      fc.property(someSeating, ({ roles, people }) => {
        const peopleOf = (role: string): readonly string[] => people[Number(role.slice(1)) - 1] ?? [];
        const filled = roles.filter((role) => matchRoles(roles, peopleOf).has(role));

        const places = (set: readonly string[]): string =>
          roles.map((role) => (set.includes(role) ? '1' : '0')).join('');
        const all = fillable(roles, peopleOf);
        const most = Math.max(...all.map((set) => set.length));
        const best = all.map(places).toSorted().at(-1);
        expect([filled.length, places(filled)]).toEqual([most, best]);
      }),
      { numRuns: 60 },
    );
  });
});
