import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';

import type { CompanyWorld } from '../support/company-world.ts';
import { startRestartableRedis, type RestartableRedis } from '../support/restartable-redis.ts';
import { startCrashWorld } from './crash-world.ts';
import { SHORT } from './fault-world.ts';
import { doSomething, type Pick } from './people.ts';
import { startChild, type DaemonChild } from './start-child.ts';
import { openStormConfigs, type StormConfigs } from './storm-configs.ts';
import { tellCourse } from './storm-course.ts';
import { endStorm } from './storm-end.ts';
import { MISHAPS } from './storm-mishaps.ts';
import { planStorm, type Tick } from './storm-plan.ts';

/** How many times as fast as real time the daemons of a storm wait. */
export const HASTE = 10;
export const REPLICAS = 2;

export type StormEnd = {
  readonly seed: number;
  /** What people did, what befell the daemons and what was edited, in order, each with the tick in which it was. */
  readonly diary: readonly string[];
  /** What changed in the org and what was asked of it, and all that the daemons told; empty when nothing is wrong. */
  readonly course: readonly string[];
  readonly mishaps: number;
  readonly requests: number;
  /** What broke an invariant, what was written after everything was done, and what became known. */
  readonly wrong: readonly string[];
};

export type Storm = CompanyWorld & {
  readonly redis: RestartableRedis;
  readonly configs: StormConfigs;
  /** The daemons that run now; each place keeps one. */
  readonly daemons: readonly DaemonChild[];
  /** Ends of all daemons that were started, those that were killed too. */
  readonly ends: readonly DaemonChild['ended'][];
  readonly startReplica: (place: number) => void;
  /** When Redis lost what it held, by the org's clock, ms. */
  readonly redisLostAt: number[];
};

/**
 * Two replicas in processes of their own on one org and one Redis, and every so often something goes wrong, somebody
 * works, or the configuration is changed; then it is quiet, and the org must show what is desired.
 *
 * The seed tells what happens in which tick, to the choice among the records that there are by then: two runs of one seed
 * have the same diary, but for what the org refuses to people, and for tasks, which are there as soon as the daemons have
 * made them. What cannot replay is the interleaving: which request a tick falls into, which of them a fault meets, and which
 * replica is at work.
 * @param seconds  how long the storm lasts, real time, besides the time that its mishaps take
 */
export async function raiseStorm(seed: number, seconds: number): Promise<StormEnd> {
  await using redis = await startRestartableRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-storm-'));
  // Small pages and many starts cost more calls than a day has.
  const org = { pageSize: [2, 6], dailyLimit: 1_000_000 } as const;
  await using started = await startCrashWorld(org, { redisUrl: redis.url, config: folder });
  const { world, sandbox, clock } = started;
  const daemons: DaemonChild[] = [];
  const ends: DaemonChild['ended'][] = [];
  const storm: Storm = {
    ...started,
    redis,
    configs: openStormConfigs(folder, () => clock.now()),
    daemons,
    ends,
    redisLostAt: [],
    startReplica(place) {
      const daemon = startChild({ environment: world.environment, once: false, haste: HASTE, deadlines: SHORT });
      daemons[place] = daemon;
      ends.push(daemon.ended);
      // Who supervises it starts it again.
      void daemon.ended.then(({ told }) => isRefusedAtStart(told) && storm.startReplica(place));
    },
  };
  const ticks = planStorm(seed, seconds);
  const diary: string[] = [];
  try {
    for (let place = 0; place < REPLICAS; place++) storm.startReplica(place);
    // Before that there is no configuration to fall back upon, and a wrong edit rightly ends a daemon that starts.
    await Promise.all(daemons.map((daemon) => daemon.started));
    for (const tick of ticks) {
      diary.push(...(await live(storm, tick)).map((what) => `${tick.place} ${what}`));
      await pass(tick.pauseMs);
    }
    const wrong = await endStorm(storm);
    const mishaps = ticks.filter(({ befalls }) => befalls !== 'nothing').length;
    const course = wrong.length === 0 ? [] : [...tellCourse(started), ...(await tellings(storm))];
    return { seed, diary, course, mishaps, requests: sandbox.log.entries.length, wrong };
  } finally {
    for (const daemon of daemons) daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tellings({ world, ends }: Storm): Promise<readonly string[]> {
  const children = await Promise.all(ends);
  return [
    ...children.flatMap(({ told }, number) => [`daemon ${number}:`, told]),
    'those at the end:',
    ...world.events.map((told) => JSON.stringify(told)),
  ];
}

/** A daemon whose very first session is ended before its first use says what to look for, and ends. */
export function isRefusedAtStart(told: string): boolean {
  return /code"?: ?["']session-refused/.test(told) && !told.includes('{"event":"daemon.started"');
}

async function live(storm: Storm, { pick, pickMishap, befalls }: Tick): Promise<readonly string[]> {
  const done = doSomething(storm, pick);
  if (befalls === 'nothing') return [done];
  if (befalls === 'edit') return [done, `the configuration: ${await changeInCalm(storm, pickMishap)}`];
  const [name, strike] = pickMishap(MISHAPS);
  await strike(storm, pickMishap);
  return [done, name];
}

/** Nothing else holds a daemon up, so that each must go by the new configuration within ten seconds (I31). */
async function changeInCalm({ sandbox, daemons, configs }: Storm, pick: Pick): Promise<string> {
  sandbox.faults.clear();
  for (const daemon of daemons) daemon.kill('SIGCONT');
  await Promise.all(daemons.map((daemon) => daemon.started));
  return configs.change(pick);
}
