import {
  ceilingOf,
  heldLanes,
  isOrgLow,
  sumOf,
  UNBOUNDED,
  type ApiBudget,
  type ApiUsage,
  type BudgetStanding,
} from '../../domain/api-budget.ts';
import { AppError } from '../../domain/error.ts';
import type { Instant } from '../../domain/instant.ts';
import { LANES, type Lane } from '../../domain/lane.ts';
import type { CallNews, CallStanding } from '../../domain/call-news.ts';
import type { CallLedger } from '../../ports.ts';
import { budgetLow, limitHolds, LIMIT_PATIENCE } from './call-limits.ts';
import { createCrowding } from './crowding.ts';
import type { Gate } from './gate.ts';

export type Governor = {
  /** Settles when our part of the places in flight is known; at once after the first time. */
  begin(): Promise<void>;
  /**
   * Books one call that is about to be sent.
   * @throws AppError `budget-low` while the lane must leave the calls to others, `REQUEST_LIMIT_EXCEEDED` while the org's
   *   daily limit holds and this is not the call that probes it (both wait)
   */
  admit(lane: Lane): Promise<Admission>;
  /** A call came back. @param usage  null when the answer did not tell */
  observe(usage: ApiUsage | null): void;
  standing(): BudgetStanding;
  close(): Promise<void>;
};

export type Admission = {
  answered(): void;
  /** @returns what to throw: the refusal, with how soon it is worth asking again */
  refused(refusal: AppError): AppError;
};

export type GovernorSettings = {
  /** What the replicas share; null for a process on its own. */
  readonly ledger: CallLedger | null;
  readonly budget?: () => ApiBudget;
  /** Told each time that other lanes may call than before. */
  readonly onBudget?: (standing: BudgetStanding) => void;
  readonly maxInFlight: number;
  readonly gate: Gate;
  readonly now: () => Instant;
  readonly monotonic: () => number;
};

/** How often the replicas hear of each other, ms of real time. */
const BEAT = 500;
/** Granted at once, so that not every call costs a round trip; less when few are left. */
const LARGEST_BLOCK = 20;
/** A Redis that failed is left alone for this long; meanwhile calls are booked here. */
const REDIS_PAUSE = 5_000;
/** A process on its own probes the daily limit this often (XE14). */
const PROBE_EVERY = 5 * 60_000;

/**
 * The one gate for the calls of all replicas (D10). Calls are granted in blocks, booked when they are granted: what a
 * killed process had left counts as made. Without Redis each process goes on with what it last knew, and books its own
 * calls later.
 */
export function createGovernor(settings: GovernorSettings): Governor {
  const { ledger, gate, maxInFlight, now, monotonic } = settings;
  const crowding = createCrowding(monotonic);
  const granted = new Map<Lane, number>();
  const debts = new Map<Lane, number>();
  const asking = new Map<Lane, Promise<void>>();
  let known: CallStanding = alone(maxInFlight);
  let places = ledger === null ? maxInFlight : 0;
  let usage: ApiUsage | null = null;
  let untold: ApiUsage | null = null;
  /** News of the limit under way to Redis, whose answers know less of it meanwhile. */
  let tidings = 0;
  let isLow = false;
  let held = '';
  let bounds: ApiBudget = UNBOUNDED;
  let turn: Promise<unknown> = Promise.resolve();
  let silentUntil = Number.NEGATIVE_INFINITY;
  let beginning: Promise<void> | null = null;
  let beat: NodeJS.Timeout | null = null;
  let hour = 0;

  async function begin(): Promise<void> {
    if (ledger !== null && beat === null) {
      beat = setInterval(() => void exchange({}), BEAT);
      beat.unref();
      beginning = exchange({}).then(() => undefined);
    }
    await beginning;
    openPlaces();
  }

  async function admit(lane: Lane): Promise<Admission> {
    const isProbe = known.probeAt !== null;
    if (isProbe) await probeLimit();
    const isHeld = judge().held.includes(lane) && (isOrgShort(lane) || (granted.get(lane) ?? 0) === 0);
    // Somebody has to ask, and at its limit the org has little left for sure.
    if (isHeld && !isProbe) throw budgetLow(lane);
    while ((granted.get(lane) ?? 0) === 0) {
      const grant = asking.get(lane) ?? ask(lane);
      asking.set(lane, grant);
      await grant;
    }
    granted.set(lane, granted.get(lane)! - 1);
    return { answered: () => (isProbe ? tellLimit('gone', null) : undefined), refused };
  }

  /** What is granted already is within `daily_calls`, but not within what the org has left. */
  function isOrgShort(lane: Lane): boolean {
    return isLow && heldLanes(0, isLow, bounds).includes(lane);
  }

  /** Callers of one lane share the answer. @throws AppError `budget-low` */
  async function ask(lane: Lane): Promise<void> {
    try {
      const ceiling = ceilingOf(lane, bounds);
      const left = ceiling === null ? Number.POSITIVE_INFINITY : ceiling - spent();
      const calls = Math.min(Math.max(Math.floor(left / 50), 1), LARGEST_BLOCK);
      const answer = await exchange({ wanted: { lane, calls, ceiling } });
      const fits = answer === null ? Math.min(calls, Math.max(left, 0)) : answer.granted;
      if (fits === 0) throw budgetLow(lane);
      granted.set(lane, (granted.get(lane) ?? 0) + fits);
      if (answer === null) owe(new Map([[lane, fits]]));
    } finally {
      asking.delete(lane);
      judge();
    }
  }

  /** Lets one call through when its time has come, over all replicas. @throws AppError while the limit holds */
  async function probeLimit(): Promise<void> {
    const wait = (known.probeAt ?? 0) - now();
    if (wait > 0) throw limitHolds(Math.min(wait, LIMIT_PATIENCE));
    const answer = await exchange({ limit: 'asking' });
    if (answer === null) known = { ...known, probeAt: now() + PROBE_EVERY };
    else if (answer.probeAt !== null && !answer.isProbe) throw limitHolds(LIMIT_PATIENCE);
  }

  /** One after the other, so that no older answer takes the place of a newer. @returns null without Redis */
  function exchange(news: Partial<CallNews>): Promise<CallStanding | null> {
    if (ledger === null || monotonic() < silentUntil) return Promise.resolve(null);
    const answer = turn.then(() => exchangeNow(ledger, news));
    turn = answer.catch(() => null);
    return answer;
  }

  async function exchangeNow(book: CallLedger, news: Partial<CallNews>): Promise<CallStanding | null> {
    const booked = new Map(debts);
    const told = untold;
    debts.clear();
    untold = null;
    try {
      take(await book.exchange({ ...state(), booked, usage: told, ...news }), news.limit ?? null);
      return known;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Redis tells of itself elsewhere; what was to be booked is booked later.
      owe(booked);
      untold ??= told;
      silentUntil = monotonic() + REDIS_PAUSE;
      if (places === 0) places = maxInFlight;
      openPlaces();
      return null;
    }
  }

  function take(answer: CallStanding, told: CallNews['limit']): void {
    // A Redis that was emptied has forgotten what we know; small steps back are calls that others gave back.
    if (sumOf(known.byLane) - sumOf(answer.byLane) > LARGEST_BLOCK * LANES.length && hour === hourOf(now())) {
      owe(new Map(LANES.map((lane) => [lane, (known.byLane.get(lane) ?? 0) - (answer.byLane.get(lane) ?? 0)])));
    }
    hour = hourOf(now());
    const isOutdated = tidings > 0 && told === null;
    known = isOutdated ? { ...answer, probeAt: known.probeAt } : answer;
    places = known.places;
    usage = known.usage ?? usage;
    openPlaces();
    judge();
  }

  function owe(calls: ReadonlyMap<Lane, number>): void {
    for (const [lane, count] of calls) debts.set(lane, (debts.get(lane) ?? 0) + count);
  }

  function state(): CallNews {
    return {
      now: now(),
      booked: new Map(),
      wanted: null,
      places: maxInFlight,
      inside: gate.inside(),
      waiting: gate.waiting(),
      usage: null,
      limit: null,
      probeInMs: null,
    };
  }

  function refused(refusal: AppError): AppError {
    if (refusal.code === 'concurrent-limit') {
      crowding.refused();
      openPlaces();
    }
    if (refusal.code !== 'REQUEST_LIMIT_EXCEEDED') return refusal;
    const wait = refusal.retryAfterMs ?? PROBE_EVERY;
    if (known.probeAt === null) tellLimit('reached', wait);
    return limitHolds(Math.min(wait, LIMIT_PATIENCE), refusal);
  }

  function tellLimit(limit: 'reached' | 'gone', probeInMs: number | null): void {
    known = { ...known, probeAt: probeInMs === null ? null : now() + probeInMs };
    tidings += 1;
    void exchange({ limit, probeInMs }).finally(() => {
      tidings -= 1;
    });
  }

  function observe(answered: ApiUsage | null): void {
    if (answered === null) return;
    usage = answered;
    untold = answered;
    judge();
  }

  /** Sees which lanes may call, and tells when that has changed. */
  function judge(): BudgetStanding {
    bound(settings.budget?.() ?? UNBOUNDED);
    isLow = isOrgLow(usage, bounds, isLow);
    const standing = { byLane: byLane(), budget: bounds, org: usage, held: heldLanes(spent(), isLow, bounds) };
    if (standing.held.join() !== held) {
      held = standing.held.join();
      settings.onBudget?.(standing);
    }
    return standing;
  }

  function openPlaces(): void {
    gate.setPlaces(crowding.limit(places));
  }

  /** What was granted under other bounds may be too much: it is given back. */
  function bound(next: ApiBudget): void {
    if (next.dailyCalls !== bounds.dailyCalls) {
      owe(new Map([...granted].map(([lane, calls]) => [lane, -calls])));
      granted.clear();
    }
    bounds = next;
  }

  function byLane(): ReadonlyMap<Lane, number> {
    return new Map(LANES.map((lane) => [lane, (known.byLane.get(lane) ?? 0) + (debts.get(lane) ?? 0)]));
  }

  function spent(): number {
    return sumOf(byLane());
  }

  async function close(): Promise<void> {
    if (beat !== null) clearInterval(beat);
    if (ledger === null || beat === null) return;
    owe(new Map([...granted].map(([lane, calls]) => [lane, -calls])));
    await turn;
    // Redis may be away: then our places come free by themselves.
    await ledger.leave({ ...state(), booked: debts, usage: untold }).catch(() => undefined);
  }

  return { begin, admit, observe, standing: judge, close };
}

function hourOf(at: Instant): number {
  return Math.floor(at / 3_600_000);
}

function alone(places: number): CallStanding {
  return { granted: 0, places, probeAt: null, isProbe: false, usage: null, byLane: new Map() };
}
