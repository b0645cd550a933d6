import { setTimeout as pass } from 'node:timers/promises';

import { maintenancePage, shortResults, type FaultAction } from '../../src/sandbox/faults.ts';
import { makeRandom } from '../../src/sandbox/random.ts';
import { withRedis } from '../support/redis-process.ts';
import type { Pick } from './people.ts';
import { flush } from './redis-mishaps.ts';
import type { Storm } from './storm.ts';

/** What may befall the daemons of a storm. */
export type Mishap = readonly [name: string, strike: (storm: Storm, pick: Pick) => unknown];

export const MISHAPS: readonly Mishap[] = [
  ['kill -9', killOne],
  ['kill -9', killOne],
  ['freeze for 12 s', (storm, pick) => freeze(storm, pick, 12_000)],
  ['freeze for 1 s', (storm, pick) => freeze(storm, pick, 1_000)],
  ['Redis is killed', restartRedis],
  ['Redis hangs for 3 s', ({ redis }) => withRedis(redis.port, (own) => own.call('CLIENT', 'PAUSE', 3_000, 'ALL'))],
  ['Redis is emptied', emptyRedis],
  ['503', (storm) => meet(storm, maintenancePage(503), 3)],
  ['a page in HTML with 200', (storm) => meet(storm, maintenancePage(200), 2)],
  ['answers lost after the commit', (storm) => meet(storm, { kind: 'reset', at: 'after-commit' }, 3)],
  ['requests lost before the commit', (storm) => meet(storm, { kind: 'reset', at: 'before-commit' }, 3)],
  ['answers cut off', (storm) => meet(storm, { kind: 'truncate', bytes: 30 }, 3)],
  ['no answer', (storm) => meet(storm, { kind: 'hang', at: 'after-commit' }, 1)],
  [
    'short lists of results',
    ({ sandbox }) => sandbox.faults.add({ when: { kind: 'collection' }, times: 2, do: shortResults(1) }),
  ],
  ['slow commits', (storm) => meet(storm, { kind: 'slow-commit', millis: 700 }, 3)],
  ['too many calls at once', (storm) => meet(storm, { kind: 'concurrent-limit' }, 2)],
  ['locked rows', (storm, pick) => meet(storm, locked(pick), 4)],
  ['a rule that refuses', (storm) => storm.sandbox.faults.add({ when: { kind: 'collection' }, times: 1, do: REFUSED })],
  ['the session ends', ({ sandbox }) => sandbox.expireSessions()],
  ['cursors end', ({ sandbox }) => sandbox.expireCursors()],
  ['an edit that changes nothing', ({ configs }, pick) => configs.touch(pick)],
  ['a wrong edit', ({ configs }) => configs.spoil('wrong')],
  ['half of a configuration', ({ configs }) => configs.spoil('half')],
];

async function killOne({ daemons, startReplica }: Storm, pick: Pick): Promise<void> {
  const place = pick([0, 1]);
  const daemon = daemons[place]!;
  daemon.kill('SIGKILL');
  await daemon.ended;
  // It may have ended just before, by itself, and been started again.
  if (daemons[place] === daemon) startReplica(place);
}

function freeze({ daemons }: Storm, pick: Pick, ms: number): void {
  const daemon = daemons[pick([0, 1])]!;
  daemon.kill('SIGSTOP');
  setTimeout(() => daemon.kill('SIGCONT'), ms).unref();
}

async function emptyRedis({ redis, world, clock, redisLostAt }: Storm): Promise<void> {
  redisLostAt.push(clock.now());
  await withRedis(redis.port, (own) => flush({ redis: own, prefix: world.fresh.prefix }));
}

async function restartRedis({ redis }: Storm): Promise<void> {
  await redis.stop('SIGKILL');
  await pass(300);
  await redis.start();
}

function meet({ sandbox }: Storm, action: FaultAction, times: number): void {
  sandbox.faults.add({ when: { where: ({ kind }) => kind !== 'token' }, times, do: action });
}

/** What no repetition helps against: the records go to the dead letters. */
const REFUSED: FaultAction = { kind: 'refuse-rows', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'not so' };

/** About a third of the rows, which nobody knows the number of: they are drawn apart from the storm. */
function locked(pick: Pick): FaultAction {
  const random = makeRandom(pick([1, 2, 3, 4, 5]));
  const message = 'unable to obtain exclusive access to this record';
  return { kind: 'refuse-rows', code: 'UNABLE_TO_LOCK_ROW', message, where: () => random() < 1 / 3 };
}
