import { setTimeout as pass } from 'node:timers/promises';

import { startCli, type Ended } from '../support/cli-process.ts';
import { dumpRedis, readFolder } from '../support/leaks.ts';
import { withRedis } from '../support/redis-process.ts';
import { findViolations } from './checker.ts';
import { SHORT, writesIn } from './fault-world.ts';
import { findLeaks } from './find-leaks.ts';
import { HASTE, isRefusedAtStart, REPLICAS, type Storm } from './storm.ts';

/**
 * Lets everything end: the daemons stop, what was refused is tried again, and the org is held to what is desired by the
 * configuration that stands.
 * @returns one line for each thing that is not as it must be
 */
export async function endStorm(storm: Storm): Promise<readonly string[]> {
  const { world, sandbox, clock, configs, redisLostAt } = storm;
  sandbox.faults.clear();
  configs.mend();
  const stopped = await stopDaemons(storm);
  const timedUntil = clock.now();
  await world.once({ deadlines: SHORT });
  const retriedAt = [clock.now()];
  const retry = await runDead(storm, ['retry']);
  await world.once({ deadlines: SHORT });
  // The org tells of deleted roles by the minute, and of a late commit when it is over.
  clock.advance(120);
  await world.once({ deadlines: SHORT });
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;
  const writes = writesIn(await world.once({ deadlines: SHORT }));
  const left = await runDead(storm, ['list', '--json']);
  return [
    ...stopped,
    ...(retry.code === 0 ? [] : [`I29: dead retry ended with ${retry.code}: ${retry.err}`]),
    ...(left.out.join('') === '[]' ? [] : [`I29: dead letters are left: ${left.out.join('')}${left.err}`]),
    ...findViolations(sandbox, {
      isJudged: true,
      configs: configs.inForce,
      redisLostAt,
      retriedAt,
      mostAtOnce: 5 * REPLICAS,
      timedUntil,
      haste: HASTE,
      quietFrom,
    }),
    ...writes.map((write) => `I11: written in a quiet org: ${JSON.stringify(write)}`),
    ...(await leaksOf(storm)),
  ];
}

/** I32, of the daemons that run last; those before them were killed, and none ends by itself. */
async function stopDaemons({ daemons, ends }: Storm): Promise<readonly string[]> {
  for (const daemon of daemons) daemon.kill('SIGCONT');
  await Promise.all(daemons.map(({ ready }) => ready));
  // Who is in the middle of something ends it; what it does not get to is done by the next.
  await pass(2_000);
  const asked = performance.now();
  for (const daemon of daemons) daemon.kill('SIGTERM');
  const all = await Promise.all(ends);
  const took = performance.now() - asked;
  return [
    ...all.flatMap(({ code, told }) =>
      code === 0 || code === null || isRefusedAtStart(told)
        ? []
        : [`I32: a daemon ended with ${code}: ${told.slice(-1_500)}`],
    ),
    ...(took > 10_000 ? [`I32: it took ${Math.round(took)} ms to stop`] : []),
  ];
}

function runDead({ redis, world }: Storm, args: readonly string[]): Promise<Ended> {
  const variables = { REDIS_URL: redis.url, REDIS_PREFIX: world.fresh.prefix };
  return startCli(['dead', ...args], variables, world.folder).ended;
}

/** I39, in what every daemon told, in its files and in its Redis. */
async function leaksOf({ world, sandbox, redis, ends }: Storm): Promise<readonly string[]> {
  return findLeaks(sandbox, {
    log: (await Promise.all(ends)).map((end) => end.told).join('\n'),
    files: readFolder(world.environment.dataFolder),
    Redis: await withRedis(redis.port, (own) => dumpRedis(own, world.fresh.prefix)),
  });
}
