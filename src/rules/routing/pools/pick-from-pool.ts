import type { Instant } from '../../../domain/instant.ts';
import type { User } from '../../../domain/record.ts';
import { addElapsed, nextOpening } from '../../calendars/add-open.ts';
import { judgeMembers } from './eligibility.ts';
import type { Ineligibility, PickRequest, Seat, Verdict } from './eligibility.ts';
import type { Pool, PoolRules } from './pool.ts';
import { EMPTY_POOL_STATE } from './state.ts';
import type { PoolState, PoolStates } from './state.ts';
import { takeTurn } from './turn.ts';
import type { Turn } from './turn.ts';
import type { World } from './world.ts';

/** Why one member of a pool that was asked did not get the lead. */
export type Skipped = { readonly pool: string; readonly user: string; readonly reason: Ineligibility };

/** What came of asking a pool and those it hands on to. */
export type PoolRuling = {
  /** `none`: nobody in the chain, and the chain does not end in a queue. */
  readonly result:
    | { readonly kind: 'user'; readonly user: User; readonly turn: Turn }
    | { readonly kind: 'queue'; readonly queue: string }
    | { readonly kind: 'wait'; readonly until: Instant }
    | { readonly kind: 'none' };
  /** The pool that assigns or waits; null when neither. */
  readonly pool: string | null;
  /** The pools asked in vain, in order. */
  readonly exhausted: readonly string[];
  /** The states of the pools that changed. */
  readonly states: PoolStates;
  readonly skipped: readonly Skipped[];
};

/** So many others are tried when the org refuses the first (R14). */
const MOST_OTHERS = 3;

export const ANY_LEAD: PickRequest = { previousAssignees: [], refused: [] };

/**
 * Takes a turn of the pool, or of the first one in its `on_exhausted` chain that has somebody (R10).
 * Changes nothing: the caller keeps the new states, atomically with the reservation (R19).
 */
export function pickFromPool(
  rules: PoolRules,
  poolName: string,
  states: PoolStates,
  world: World,
  now: Instant,
  request: PickRequest = ANY_LEAD,
): PoolRuling {
  const exhausted: string[] = [];
  const skipped: Skipped[] = [];
  let pool = rules.pools.get(poolName);
  while (pool !== undefined && !exhausted.includes(pool.name)) {
    const { name, onExhausted } = pool;
    const outcome = askPool(pool, states.get(name) ?? EMPTY_POOL_STATE, world, now, request);
    for (const { member, reason } of outcome.verdicts) {
      if (reason !== null) skipped.push({ pool: name, user: member.user, reason });
    }
    if (outcome.kind === 'turn') {
      const { seat, turn, state } = outcome;
      const result = { kind: 'user', user: seat.user, turn } as const;
      return { result, pool: name, exhausted, states: new Map([[name, state]]), skipped };
    }
    if (outcome.kind === 'wait') {
      const result = { kind: 'wait', until: outcome.until } as const;
      return { result, pool: name, exhausted, states: new Map(), skipped };
    }
    exhausted.push(name);
    if (onExhausted?.kind === 'queue') {
      return { result: onExhausted, pool: null, exhausted, states: new Map(), skipped };
    }
    pool = onExhausted?.kind === 'pool' ? rules.pools.get(onExhausted.pool) : undefined;
  }
  return { result: { kind: 'none' }, pool: null, exhausted, states: new Map(), skipped };
}

type Asked = { readonly verdicts: readonly Verdict[] } & (
  | { readonly kind: 'turn'; readonly seat: Seat; readonly turn: Turn; readonly state: PoolState }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'exhausted' }
);

function askPool(pool: Pool, state: PoolState, world: World, now: Instant, request: PickRequest): Asked {
  const verdicts = judgeMembers(pool, world, request, now);
  if (verdicts.filter(({ reason }) => reason === 'refused_by_org').length > MOST_OTHERS) {
    return { kind: 'exhausted', verdicts };
  }
  const seats = verdicts.flatMap(({ seat }) => (seat === null ? [] : [seat]));
  const [first, ...others] = seatsWith(verdicts, null);
  if (first !== undefined) return { kind: 'turn', verdicts, ...takeTurn(pool, seats, [first, ...others], state) };

  const closed = seatsWith(verdicts, 'hours');
  const [firstClosed, ...otherClosed] = closed;
  if (firstClosed === undefined || pool.outsideHours === 'next') return { kind: 'exhausted', verdicts };
  if (pool.outsideHours === 'assign_anyway') {
    return { kind: 'turn', verdicts, ...takeTurn(pool, seats, [firstClosed, ...otherClosed], state) };
  }
  const until = Math.min(...closed.map(({ member }) => (member.calendar ? nextOpening(member.calendar, now) : now)));
  const isTooLong = pool.maxWait !== null && until > addElapsed(now, pool.maxWait);
  return isTooLong ? { kind: 'exhausted', verdicts } : { kind: 'wait', verdicts, until };
}

function seatsWith(verdicts: readonly Verdict[], reason: Ineligibility | null): readonly Seat[] {
  return verdicts.flatMap((verdict) => (verdict.reason === reason && verdict.seat !== null ? [verdict.seat] : []));
}
