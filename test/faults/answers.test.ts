import { beforeAll, describe, expect, it } from 'vitest';

import { maintenancePage, shortResults, type FaultRule } from '../../src/sandbox/faults.ts';
import { findViolations } from './checker.ts';
import { SHORT, startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

const TASKS = { kind: 'collection', method: 'POST', body: '"type":"Task"' } as const;
const OWNERS = { kind: 'collection', method: 'PATCH', body: '"OwnerId"' } as const;
const FLAGS = { kind: 'collection', method: 'PATCH', body: 'Contact_Role_Status__c' } as const;
const LOADS = { kind: 'composite', method: 'POST', body: 'FROM%20OpportunityContactRole' } as const;
const POLLS = { kind: 'query', path: 'ORDER BY SystemModstamp' } as const;

/** What goes wrong, once unless `times` says more; afterwards the org is well again. */
const FAULTS: readonly (readonly [name: string, rule: FaultRule])[] = [
  [
    'the answer to new tasks is lost after the commit (XE19, FM 20)',
    { when: TASKS, do: { kind: 'reset', at: 'after-commit' } },
  ],
  ['the answer to new owners is lost after the commit', { when: OWNERS, do: { kind: 'reset', at: 'after-commit' } }],
  ['the answer to flags is lost after the commit', { when: FLAGS, do: { kind: 'reset', at: 'after-commit' } }],
  [
    'the connection breaks before new owners are committed: their turns are kept (FM 33)',
    { when: OWNERS, do: { kind: 'reset', at: 'before-commit' } },
  ],
  ['new tasks are committed and a page in HTML is answered (FM 26)', { when: TASKS, do: afterCommit(200) }],
  ['new owners are committed and a page in HTML is answered', { when: OWNERS, do: afterCommit(200) }],
  ['flags are committed and 503 is answered', { when: FLAGS, do: afterCommit(503) }],
  ['the list of results of new owners is too short (FM 26)', { when: OWNERS, do: shortResults(1) }],
  [
    'the body of the answer to new tasks is cut off (XE24, FM 26, FM 39)',
    { when: TASKS, do: { kind: 'truncate', bytes: 40 } },
  ],
  ['the body of the answer to new owners hangs (XE24, FM 40)', { when: OWNERS, do: { kind: 'stall', bytes: 10 } }],
  ['new tasks are committed and nothing is ever answered', { when: TASKS, do: { kind: 'hang', at: 'after-commit' } }],
  ['flags are neither committed nor answered', { when: FLAGS, do: { kind: 'hang', at: 'before-commit' } }],
  ['a poll is answered with a page in HTML and 200 (XE24)', { when: POLLS, do: maintenancePage(200) }],
  ['the body of a poll is cut off (FM 39)', { when: POLLS, do: { kind: 'truncate', bytes: 80 } }],
  ['a page of a poll names no next one, yet is not the last (FM 8)', { when: POLLS, do: withoutNext() }],
  ['the body of a read hangs (FM 40)', { when: LOADS, do: { kind: 'stall', bytes: 50 } }],
  ['the session ends in the middle of a poll (XE21)', { when: { kind: 'query-more' }, do: { kind: 'expire-session' } }],
  ['the session ends before a write', { when: OWNERS, do: { kind: 'expire-session' } }],
  ['a cursor expires', { when: { kind: 'query-more' }, do: { kind: 'expire-cursors' } }],
  ['a cursor of a poll expires (FM 9)', { when: { kind: 'query-more' }, skip: 24, do: { kind: 'expire-cursors' } }],
  ['too many calls run at the same time', { when: LOADS, times: 2, do: { kind: 'concurrent-limit' } }],
  ['every row of new owners is locked', { when: OWNERS, do: locked() }],
  ['every row of new tasks is locked', { when: TASKS, do: locked() }],
  ['the org is down for maintenance for a while (XE24)', { when: {}, skip: 30, times: 4, do: maintenancePage(503) }],
  ['the org is down when the daemon starts', { when: {}, times: 3, do: maintenancePage(503) }],
];

function afterCommit(status: number): FaultRule['do'] {
  return { kind: 'answer-after-commit', status, body: '<html>oops</html>', headers: { 'content-type': 'text/html' } };
}

function withoutNext(): FaultRule['do'] {
  return { kind: 'edit', edit: (page) => ({ ...(page as object), done: false, nextRecordsUrl: undefined }) };
}

function locked(): FaultRule['do'] {
  return { kind: 'refuse-rows', code: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' };
}

let undisturbed: unknown;

beforeAll(async () => {
  await using started = await startFaultWorld({ pageSize: 3 });
  await started.world.once();
  undisturbed = describeOrg(started.sandbox);
});

describe.concurrent('the org ends as if nothing had happened when', () => {
  it.each(FAULTS)('%s', async (_, rule) => {
    await using started = await startFaultWorld({ pageSize: 3 });
    const { world, sandbox } = started;
    const fault = sandbox.faults.add({ times: 1, ...rule });

    await world.once({ deadlines: SHORT });

    expect(fault.fired()).toBe(rule.times ?? 1);
    expect(describeOrg(sandbox)).toEqual(undisturbed);
    expect(findViolations(sandbox)).toEqual([]);
    expect(writesIn(await world.once({ deadlines: SHORT }))).toEqual([]);
    const told = world.events.map(({ event }) => event);
    expect(told.filter((event) => event === 'org.unreachable').length).toBeLessThanOrEqual(1);
    expect(told.filter((event) => event === 'org.reachable')).toHaveLength(
      told.filter((event) => event === 'org.unreachable').length,
    );
  });
});
