import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readLead } from '../../src/rules/qualification/read-lead.ts';
import type { Assignment } from '../../src/rules/routing/assignment.ts';
import type { PoolStates } from '../../src/rules/routing/pools/state.ts';
import { compileRulebook } from '../../src/rules/rulebook.ts';
import { indexUsers } from '../../src/rules/routing/users.ts';
import { giveLeads, judgeLeads, needsTurn, type LeadCase } from '../../src/workers/leads/decide-leads.ts';
import { noFacts } from '../../src/workers/leads/load-route-facts.ts';
import type { Frame } from '../../src/workers/work-world.ts';
import { loadExample } from '../support/world.ts';

/** A Tuesday on which London is at work. */
const NOW = Date.parse('2026-11-24T10:00:00Z');
const INBOX = { id: '00G000000000001AAA', developerName: 'Inbound_Leads', objects: null };
const MEMBERS = ['max@northwind.example', 'nia@northwind.example'];

function aFrame(): Frame {
  const rulebook = compileRulebook(loadExample(), null);
  const users = indexUsers(
    MEMBERS.map((username, at) => {
      return { id: `00500000000000${at}AAA`, username, email: null, isActive: true, managerId: null, timeZone: null };
    }),
  );
  const byId = new Map([[INBOX.id, INBOX]]);
  const directory = { users, queues: [INBOX], queuesById: byId, queuesByName: new Map([['inbound_leads', INBOX]]) };
  return {
    alertChannel: null,
    configHash: 'hash',
    rulebook,
    directory,
    columns: {} as Frame['columns'],
    suspended: new Set(),
  };
}

const FRAME = aFrame();

function aCase(number: number, assignment: Assignment | null): LeadCase {
  const id = `00Q${String(number).padStart(12, '0')}AAA`;
  const fields = {
    Id: id,
    OwnerId: INBOX.id,
    Status: 'Open - Not Contacted',
    IsConverted: false,
    CreatedDate: '2026-11-24T09:00:00.000+0000',
    Email: `someone@company-${number}.example`,
    Company: `Company ${number}`,
    Country: 'United Kingdom',
    PostalCode: 'M1 1AA',
    LeadSource: 'Demo Request',
  };
  return {
    id,
    record: { fields, handoffKeys: new Set() },
    reading: readLead(FRAME.rulebook.qualification!.rules, fields),
    memory: null,
    epoch: { number: 1, cause: 'initial', from: null, isWanted: false },
    assignment,
    previousAssignees: [],
    personSetStatusAt: null,
    revert: null,
    isHandRaise: false,
  };
}

/** The leads in batches; of each batch some writes fail and come again after it. Who gets which lead in the end? */
function play(batches: readonly (readonly number[])[], fails: (lead: number, attempt: number) => boolean) {
  const rules = FRAME.rulebook.routing!.rules;
  let states: PoolStates = new Map();
  const assignments = new Map<number, Assignment>();
  const attempted = new Map<number, Set<string>>();
  const attempts = new Map<number, number>();
  const line = [...batches];
  for (let batch = line.shift(); batch !== undefined; batch = line.shift()) {
    const cases = batch.map((number) => aCase(number, assignments.get(number) ?? null));
    const judged = judgeLeads(cases, FRAME, NOW);
    const given = judged.some(needsTurn) ? giveLeads(judged, rules, states, noFacts(), FRAME, NOW) : { rulings: judged, states: new Map() }; // oxfmt-ignore
    states = new Map([...states, ...given.states]);
    const again = batch.filter((number, index) => {
      const { assignment } = given.rulings[index]!;
      assignments.set(number, assignment!);
      attempted.set(number, (attempted.get(number) ?? new Set()).add(assignment!.ownerId));
      const attempt = attempts.get(number) ?? 0;
      attempts.set(number, attempt + 1);
      return attempt < 4 && fails(number, attempt);
    });
    if (again.length > 0) line.push(again);
  }
  return { owners: [...assignments].map(([number, { ownerId, turn }]) => [number, ownerId, turn?.turn]), attempted };
}

describe('laws of turns (D9, R14)', () => {
  const batches = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 7 })).map(([count, size]) => {
    const numbers = Array.from({ length: count }, (_none, at) => at);
    return Array.from({ length: Math.ceil(count / size) }, (_none, at) => numbers.slice(at * size, (at + 1) * size));
  });
  const failures = fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 20, maxLength: 20 });

  it('no order of failures changes who got which lead', () => {
    fc.assert(
      fc.property(batches, failures, (parts, failing) => {
        const calm = play(parts, () => false);
        const rough = play(parts, (lead, attempt) => failing[lead]![attempt]!);

        expect(rough.owners).toEqual(calm.owners);
      }),
    );
  });

  it('a retry never moves a turn', () => {
    fc.assert(
      fc.property(batches, failures, (parts, failing) => {
        const { attempted } = play(parts, (lead, attempt) => failing[lead]![attempt]!);

        expect([...attempted.values()].every((owners) => owners.size === 1)).toBe(true);
      }),
    );
  });
});
