import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';

import { maintenancePage, shortResults, type FaultAction } from '../../src/sandbox/faults.ts';
import { makeRandom } from '../../src/sandbox/random.ts';
import type { CompanyWorld } from '../support/company-world.ts';
import { dumpRedis, forbiddenWords, readFolder, wordsIn } from '../support/leaks.ts';
import { withRedis } from '../support/redis-process.ts';
import { startRestartableRedis, type RestartableRedis } from '../support/restartable-redis.ts';
import { EXAMPLE } from '../support/world.ts';
import { findViolations } from './checker.ts';
import { startCrashWorld } from './crash-world.ts';
import { SHORT, writesIn } from './fault-world.ts';
import { doSomething, type Pick } from './people.ts';
import { flush } from './redis-mishaps.ts';
import { startChild, type DaemonChild } from './start-child.ts';

/** How many times as fast as real time the daemons of a storm wait. */
const HASTE = 10;
const REPLICAS = 2;

export type StormEnd = {
  readonly seed: number;
  /** What happened, in order, each with the second in which it did. */
  readonly diary: readonly string[];
  readonly requests: number;
  /** What broke an invariant, what was written after everything was done, and what became known. */
  readonly wrong: readonly string[];
};

type Storm = CompanyWorld & {
  readonly redis: RestartableRedis;
  readonly folder: string;
  readonly pick: Pick;
  /** The daemons that run now; each place keeps one. */
  readonly daemons: DaemonChild[];
  /** Ends of all daemons that were started, those that were killed too. */
  readonly ends: Promise<{ readonly code: number | null; readonly told: string }>[];
  readonly tell: (what: string) => void;
  /** For the checker, by the org's clock. */
  readonly editedAt: number[];
  readonly redisLostAt: number[];
};

/**
 * Two replicas in processes of their own on one org and one Redis, and every so often something goes wrong or somebody
 * works; then it is quiet, and the org must show what is desired.
 * @param seconds  how long the storm lasts, real time
 */
export async function raiseStorm(seed: number, seconds: number): Promise<StormEnd> {
  await using redis = await startRestartableRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-storm-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  await using started = await startCrashWorld({ pageSize: [2, 6] }, { redisUrl: redis.url, config: folder });
  const random = makeRandom(seed);
  const diary: string[] = [];
  const begun = performance.now();
  const storm: Storm = {
    ...started,
    redis,
    folder,
    pick: (choices) => choices[Math.floor(random() * choices.length)]!,
    daemons: [],
    ends: [],
    editedAt: [],
    redisLostAt: [],
    tell: (what) => diary.push(`${((performance.now() - begun) / 1000).toFixed(1)} ${what}`),
  };
  for (let place = 0; place < REPLICAS; place++) startReplica(storm, place);
  try {
    while (performance.now() - begun < seconds * 1000) {
      doSomething(storm, storm.pick);
      if (random() < 0.25) await befall(storm);
      await pass(50 + random() * 450);
    }
    const wrong = await becomeQuiet(storm);
    return { seed, diary, requests: started.sandbox.log.entries.length, wrong };
  } finally {
    for (const daemon of storm.daemons) daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startReplica({ world, redis, daemons, ends }: Storm, place: number): void {
  const environment = { ...world.environment, redis: { ...world.environment.redis, url: redis.url } };
  const daemon = startChild({ environment, once: false, haste: HASTE, deadlines: SHORT });
  daemons[place] = daemon;
  ends.push(daemon.ended);
}

type Mishap = readonly [name: string, strike: (storm: Storm) => unknown];

async function befall(storm: Storm): Promise<void> {
  const [name, strike] = storm.pick(MISHAPS);
  storm.tell(name);
  await strike(storm);
}

const MISHAPS: readonly Mishap[] = [
  ['kill -9', killOne],
  ['kill -9', killOne],
  ['freeze for 12 s', (storm) => freeze(storm, 12_000)],
  ['freeze for 1 s', (storm) => freeze(storm, 1_000)],
  ['Redis is killed', restartRedis],
  ['Redis hangs for 3 s', ({ redis }) => withRedis(redis.port, (own) => own.call('CLIENT', 'PAUSE', 3_000, 'ALL'))],
  ['Redis is emptied', emptyRedis],
  ['503', (storm) => meet(storm, maintenancePage(503), 3)],
  ['a page in HTML with 200', (storm) => meet(storm, maintenancePage(200), 2)],
  ['answers lost after the commit', (storm) => meet(storm, { kind: 'reset', at: 'after-commit' }, 3)],
  ['requests lost before the commit', (storm) => meet(storm, { kind: 'reset', at: 'before-commit' }, 3)],
  ['answers cut off', (storm) => meet(storm, { kind: 'truncate', bytes: 30 }, 3)],
  ['no answer', (storm) => meet(storm, { kind: 'hang', at: 'after-commit' }, 1)],
  ['short lists of results', (storm) => meet(storm, shortResults(1), 2)],
  ['slow commits', (storm) => meet(storm, { kind: 'slow-commit', millis: 700 }, 3)],
  ['too many calls at once', (storm) => meet(storm, { kind: 'concurrent-limit' }, 2)],
  ['locked rows', (storm) => meet(storm, locked(storm), 4)],
  ['the session ends', ({ sandbox }) => sandbox.expireSessions()],
  ['cursors end', ({ sandbox }) => sandbox.expireCursors()],
  ['an edit of the configuration', (storm) => editConfig(storm, 'valid')],
  ['a wrong edit of the configuration', (storm) => editConfig(storm, 'invalid')],
  ['half of a configuration', (storm) => editConfig(storm, 'half')],
];

async function killOne(storm: Storm): Promise<void> {
  const place = storm.pick([0, 1]);
  storm.daemons[place]!.kill('SIGKILL');
  await storm.daemons[place]!.ended;
  startReplica(storm, place);
}

function freeze({ daemons, pick }: Storm, ms: number): void {
  const daemon = pick(daemons);
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

/** About a third of the rows. */
function locked({ pick }: Storm): FaultAction {
  const message = 'unable to obtain exclusive access to this record';
  return { kind: 'refuse-rows', code: 'UNABLE_TO_LOCK_ROW', message, where: () => pick([true, false, false]) };
}

/** The daemons follow the files by themselves; none of these edits changes what is desired. */
function editConfig({ folder, pick, clock, editedAt }: Storm, how: 'valid' | 'invalid' | 'half'): void {
  const file = path.join(folder, 'routing.yaml');
  const whole = readFileSync(path.join(EXAMPLE, 'routing.yaml'), 'utf8');
  const texts = {
    valid: whole.replace(
      'first_touch: { within: 4h, warn: 3h }',
      `first_touch: { within: ${pick([4, 5, 6])}h, warn: 3h }`,
    ),
    invalid: `${whole}\nnobody_knows_this: 1\n`,
    half: whole.slice(0, whole.length / 2),
  };
  if (how === 'valid') editedAt.push(clock.now());
  writeFileSync(file, texts[how]);
}

/** Lets everything end, looks at the processes' ends, and holds the org to what is desired. */
async function becomeQuiet(storm: Storm): Promise<readonly string[]> {
  const { world, sandbox, clock, daemons, folder, ends, editedAt, redisLostAt } = storm;
  storm.tell('quiet');
  sandbox.faults.clear();
  cpSync(EXAMPLE, folder, { recursive: true });
  for (const daemon of daemons) daemon.kill('SIGCONT');
  await Promise.all(daemons.map(({ ready }) => ready));
  // Who is in the middle of something ends it; what it does not get to is done by the next.
  await pass(2_000);
  const asked = performance.now();
  for (const daemon of daemons) daemon.kill('SIGTERM');
  const last = await Promise.all(daemons.map(({ ended }) => ended));
  const took = performance.now() - asked;
  await world.once({ deadlines: SHORT });
  // The org tells of deleted roles by the minute, and of a late commit when it is over.
  clock.advance(120);
  await world.once({ deadlines: SHORT });
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;
  const writes = writesIn(await world.once({ deadlines: SHORT }));
  return [
    ...last.flatMap(({ code, told }) =>
      code === 0 ? [] : [`I32: a daemon ended with ${code}: ${told.slice(-1_500)}`],
    ),
    ...(took > 10_000 ? [`I32: it took ${Math.round(took)} ms to stop`] : []),
    ...findViolations(sandbox, {
      isJudged: true,
      editedAt,
      redisLostAt,
      mostAtOnce: 5 * REPLICAS,
      haste: HASTE,
      quietFrom,
    }),
    ...writes.map((write) => `I11: written in a quiet org: ${JSON.stringify(write)}`),
    ...(await leaksOf(storm, ends)),
  ];
}

/** I39, in what every daemon told, in its files and in Redis. */
async function leaksOf({ world, sandbox, redis }: Storm, ends: Storm['ends']): Promise<readonly string[]> {
  // What stands in the YAML stands in our copies of it too.
  const yaml = readFolder(EXAMPLE).toLowerCase();
  const words = forbiddenWords(sandbox, tokensIn(sandbox)).filter((word) => !yaml.includes(word.toLowerCase()));
  const told = (await Promise.all(ends)).map((end) => end.told).join('\n');
  const places = {
    told,
    files: readFolder(world.environment.dataFolder),
    Redis: await withRedis(redis.port, (own) => dumpRedis(own, world.fresh.prefix)),
  };
  return Object.entries(places).flatMap(([place, text]) =>
    wordsIn(text, words).map((word) => `I39: ${place} holds ${JSON.stringify(word)}`),
  );
}

function tokensIn({ log }: Storm['sandbox']): readonly string[] {
  return [...new Set(log.entries.flatMap(({ headers }) => headers['authorization']?.split(' ')[1] ?? []))];
}
