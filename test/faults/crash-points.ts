import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { makeRandom } from '../../src/sandbox/random.ts';
import type { CompanyWorld } from '../support/company-world.ts';
import { TUESDAY } from '../support/company.ts';
import { findViolations } from './checker.ts';
import { goOn, startCrashWorld } from './crash-world.ts';
import { startChild } from './start-child.ts';
import { SHORT, writesIn } from './fault-world.ts';
import { findLeaks } from './find-leaks.ts';
import { describeOrg } from './final-state.ts';
import { age, flush } from './redis-mishaps.ts';

/** A moment of one request, and what happens in it. */
export type CrashPoint = {
  /** Place of the request in the order of arrival, from 1. */
  readonly request: number;
  readonly when: 'received' | 'committed' | 'answered';
  readonly fault: 'kill' | 'cut' | 'flush';
  /** Whether the daemon begins with nothing, or goes on where it knows the org already. */
  readonly round: 'first' | 'later';
};

const ROUNDS = ['first', 'later'] as const;

const WHENS = ['received', 'committed', 'answered'] as const;
const FAULTS = ['kill', 'cut', 'flush'] as const;

/** How many times as fast as real time the daemons of this suite wait. */
const HASTE = 20;

/** Runs at a time: most of a killed one is waiting for its batches to be taken over. */
const AT_ONCE = 8;

/** Longer than any lease or lock stands, ms. */
const LEASES = 20_000;

export type CrashRun = {
  readonly points: number;
  /** Points that no run came to, because fewer requests were made than in the undisturbed run. */
  readonly unreached: number;
  /** One text per point after which something was wrong, with the command that repeats it. */
  readonly failures: readonly string[];
};

/**
 * Runs each round once undisturbed, then once for each chosen point, and holds every end against the first.
 * @param choice  a seed and how many; `all`; or one point as a failure names it: `first 17 committed kill`
 */
export async function runCrashPoints(
  choice: { readonly seed: number; readonly count: number } | string,
): Promise<CrashRun> {
  const wanted = { first: await runUndisturbed('first'), later: await runUndisturbed('later') };
  const chosen = choosePoints(choice, wanted);
  const todo = chosen.values();
  const failures: string[] = [];
  let unreached = 0;
  const runners = Array.from({ length: AT_ONCE }, async () => {
    for (const point of todo) {
      const { isReached, wrong } = await runPoint(point, wanted[point.round].org).catch((error: unknown) => ({
        isReached: true,
        wrong: [String(error instanceof Error ? error.stack : error)],
      }));
      if (!isReached) unreached++;
      if (wrong.length > 0) failures.push(tellFailure(point, wrong));
    }
  });
  await Promise.all(runners);
  return { points: chosen.length, unreached, failures };
}

function tellFailure(point: CrashPoint, wrong: readonly string[]): string {
  const again = `ROLECALL_CRASH_POINTS="${nameOf(point)}" npm run test:faults -- crash-points`;
  return [`${nameOf(point)}; again: ${again}`, ...wrong].join('\n  ');
}

function nameOf({ round, request, when, fault }: CrashPoint): string {
  return `${round} ${request} ${when} ${fault}`;
}

type Undisturbed = { readonly org: unknown; readonly requests: number };

function choosePoints(
  choice: Parameters<typeof runCrashPoints>[0],
  wanted: Readonly<Record<CrashPoint['round'], Undisturbed>>,
): readonly CrashPoint[] {
  const all = ROUNDS.flatMap((round) =>
    Array.from({ length: wanted[round].requests }, (_, at) =>
      WHENS.flatMap((when) => FAULTS.map((fault): CrashPoint => ({ request: at + 1, when, fault, round }))),
    ).flat(),
  );
  if (choice === 'all') return all;
  if (typeof choice === 'string') return all.filter((point) => nameOf(point) === choice);
  const random = makeRandom(choice.seed);
  const shuffled = all.map((point) => [random(), point] as const).toSorted(([a], [b]) => a - b);
  return shuffled.slice(0, choice.count).map(([, point]) => point);
}

/** The org stands still at one instant, so that no run depends on how fast the machine is. */
async function startRound(round: CrashPoint['round']): Promise<CompanyWorld> {
  const started = await startCrashWorld({ frozenAt: TUESDAY, pageSize: 8 });
  if (round === 'first') return started;
  await started.world.once();
  started.clock.advance(120);
  // What its own writes left behind is read by then.
  await started.world.once();
  goOn(started);
  return started;
}

async function runUndisturbed(round: CrashPoint['round']): Promise<Undisturbed> {
  await using started = await startRound(round);
  const { world, sandbox } = started;
  const before = sandbox.log.entries.length;
  await world.once();
  // The budget of calls is for one run (I20).
  const wrong = findViolations(sandbox, { isJudged: true, isFaultless: round === 'first', haste: HASTE });
  if (wrong.length > 0) throw new Error(`undisturbed already: ${wrong.join('\n')}`);
  return { org: describeOrg(sandbox), requests: sandbox.log.entries.length - before };
}

async function runPoint(
  point: CrashPoint,
  wanted: unknown,
): Promise<{ readonly isReached: boolean; readonly wrong: readonly string[] }> {
  await using started = await startRound(point.round);
  const { world, sandbox, clock } = started;
  const { struckAt, told } = await disturb(started, point);
  await world.once({ deadlines: SHORT });
  const org = describeOrg(sandbox);
  // What our own writes touched is polled now, and nothing comes of it.
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;
  const writes = writesIn(await world.once());
  const violations = findViolations(sandbox, {
    isJudged: true,
    quietFrom,
    redisLostAt: point.fault === 'flush' && struckAt !== null ? [struckAt] : [],
    haste: HASTE,
  });
  return {
    isReached: struckAt !== null,
    wrong: [
      ...differences(org, wanted),
      ...violations,
      ...findLeaks(sandbox, { log: told }),
      ...writes.map((write) => `written once more: ${JSON.stringify(write)}`),
    ],
  };
}

/**
 * Runs until the point has come and what it brings has happened, or until nothing is left to do.
 * @returns when it came, by the org's clock, ms, null when it did not; and what a daemon told that was to be killed
 */
async function disturb(
  { world, sandbox, clock }: CompanyWorld,
  point: CrashPoint,
): Promise<{ readonly struckAt: number | null; readonly told: string }> {
  let arrived = 0;
  const places = new WeakMap<LoggedRequest, number>();
  const isIt = (request: LoggedRequest): boolean => places.get(request) === point.request;
  const child =
    point.fault === 'kill'
      ? startChild({ environment: world.environment, once: true, haste: HASTE, isOrgStill: true })
      : null;
  let struckAt: number | null = null;
  const strike = async (request: LoggedRequest): Promise<void> => {
    if (struckAt !== null || !isIt(request)) return;
    struckAt = clock.now();
    if (point.fault === 'kill') child?.kill('SIGKILL');
    if (point.fault === 'flush') await flush(world.fresh);
  };
  // Cuts are the org server's: armed first, they meet the request whatever the hooks do.
  if (point.fault === 'cut') {
    sandbox.faults.add({
      when: {
        where: (request) => {
          const isMet = isIt(request);
          if (isMet) struckAt ??= clock.now();
          return isMet;
        },
      },
      do: CUTS[point.when],
    });
  }
  sandbox.hooks.onRequest = async (request) => {
    places.set(request, ++arrived);
    if (point.when === 'received') await strike(request);
  };
  sandbox.hooks.afterCommit = point.when === 'committed' ? strike : null;
  sandbox.hooks.afterAnswer = point.when === 'answered' ? strike : null;
  if (child === null) await world.once({ deadlines: SHORT });
  const { told } = (await child?.ended) ?? { told: '' };
  sandbox.hooks.onRequest = null;
  sandbox.hooks.afterCommit = null;
  sandbox.hooks.afterAnswer = null;
  sandbox.faults.clear();
  if (point.fault === 'kill') await age(world.fresh, LEASES);
  return { struckAt, told };
}

const CUTS = {
  received: { kind: 'reset', at: 'before-commit' },
  committed: { kind: 'reset', at: 'after-commit' },
  answered: { kind: 'hang-up' },
} as const;

/** Which records ended otherwise, each with both ends. */
export function differences(org: unknown, wanted: unknown): readonly string[] {
  const [ended, should] = [org, wanted] as readonly Readonly<Record<string, unknown>>[];
  const names = new Set([...Object.keys(ended!), ...Object.keys(should!)]);
  return [...names].flatMap((name) => {
    const [is, shouldBe] = [JSON.stringify(ended![name]), JSON.stringify(should![name])];
    return is === shouldBe ? [] : [`${name} is ${is}, not ${shouldBe}`];
  });
}
