import { isDeepStrictEqual } from 'node:util';

import { isFree, type LoggedRequest } from '../../../src/sandbox/request-log.ts';
import type { Facts } from './facts.ts';

/** What it takes until an answer has reached the daemon and it has drawn the consequence, real ms. */
const ON_ITS_WAY = 100;

/** Without faults, the calls are as many as the work needs. */
export function tooManyCalls({ sandbox, entries, effects, scenario }: Facts): readonly string[] {
  if (!scenario.isFaultless) return [];
  const polls = entries.filter(({ path }) => path.includes('ORDER BY SystemModstamp'));
  const byObject = Map.groupBy(polls, ({ path }) => / FROM (\w+) /.exec(path)?.[1]);
  const rounds = Math.max(0, ...[...byObject.values()].map(({ length }) => length));
  const records = new Set(effects.flatMap(({ object, id }) => (object === 'Task' ? [] : [id]))).size;
  const tasks = effects.filter(({ object, before }) => object === 'Task' && before === null).length;
  const most = 60 + rounds * byObject.size * 2 + Math.ceil(records / 200) * 3 + Math.ceil(tasks / 75) * 2;
  const calls = sandbox.log.count();
  return calls > most ? [`${calls} calls, ${most} are many`] : [];
}

/** While the day's calls are used up, the org is asked four times in a quarter of an hour. */
export function callsWithoutLimit({ entries, scenario: { haste } }: Facts): readonly string[] {
  const window = (15 * 60_000) / haste;
  const counted = entries.filter(({ kind }) => !isFree(kind));
  const first = counted.findIndex(isUsedUp);
  if (first === -1) return [];
  const from = (counted[first]!.leftAt ?? 0) + ON_ITS_WAY;
  const recovered = counted.find((request, at) => at > first && request.status === 200 && request.arrivedAt > from);
  const probes = counted.filter(({ arrivedAt }) => arrivedAt > from && arrivedAt < (recovered?.arrivedAt ?? Infinity));
  return probes.flatMap(({ arrivedAt }) => {
    const close = probes.filter((other) => other.arrivedAt >= arrivedAt && other.arrivedAt < arrivedAt + window).length;
    return close > 4 ? [`${close} calls in a quarter of an hour while none were left`] : [];
  });
}

function isUsedUp({ refusals }: LoggedRequest): boolean {
  return refusals.some(({ code, message }) => code === 'REQUEST_LIMIT_EXCEEDED' && !/concurrent/i.test(message));
}

export function tooManyAtOnce({ sandbox, scenario }: Facts): readonly string[] {
  const { mostAtOnce } = sandbox.log;
  return mostAtOnce > scenario.mostAtOnce ? [`${mostAtOnce} calls at once, ${scenario.mostAtOnce} are many`] : [];
}

/** A call that the org's edge refused is repeated after a while, and all calls together come once in a second. */
export function retryStorms({ entries, scenario: { haste } }: Facts): readonly string[] {
  const hasty = entries.flatMap((request, at) => {
    if (!isOutage(request)) return [];
    const leftAt = request.leftAt ?? Infinity;
    // What another replica had sent before is no repetition, nor is a composite call that asks something else.
    const again = entries.slice(at + 1).find((later) => later.arrivedAt >= leftAt && isSame(later, request));
    const pause = again === undefined ? Infinity : again.arrivedAt - leftAt;
    return pause * haste < 250 ? [`${request.path.slice(0, 80)} was sent again after ${pause} ms`] : [];
  });
  return [...hasty, ...crowdedOutages(entries, haste)];
}

function isSame(one: LoggedRequest, other: LoggedRequest): boolean {
  return one.path === other.path && one.method === other.method && isDeepStrictEqual(one.body, other.body);
}

function isOutage({ status }: LoggedRequest): boolean {
  return status === 503 || status === 429 || status === 502;
}

function crowdedOutages(entries: readonly LoggedRequest[], haste: number): readonly string[] {
  const first = entries.findIndex(isOutage);
  if (first === -1) return [];
  const end = entries.findIndex((request, at) => at > first && !isOutage(request));
  const outage = entries.slice(first, end === -1 ? undefined : end);
  const from = (outage[0]!.leftAt ?? 0) + ON_ITS_WAY;
  const probes = outage.filter(({ arrivedAt }) => arrivedAt > from);
  const seconds = ((probes.at(-1)?.arrivedAt ?? from) - from) * (haste / 1000);
  return probes.length > seconds + 2 ? [`${probes.length} calls in ${Math.round(seconds)} s of outage`] : [];
}

/** A token is asked for at a start and when a session has ended, and a dead one is used up by what was under way. */
export function tooManyTokens({ entries, scenario }: Facts): readonly string[] {
  const granted = entries.filter(({ kind, status }) => kind === 'token' && status === 200).length;
  const starts = Math.max(1, entries.filter(({ kind }) => kind === 'versions').length);
  const refused = entries.filter(({ kind, status }) => kind !== 'token' && status === 401);
  // Whose answer was lost, or who was killed before it used it, asks again.
  const lost = entries.filter(({ kind, isCut }) => kind === 'token' && isCut).length;
  const unused = entries.filter(({ kind }, at) => kind === 'token' && entries[at + 1]?.kind === 'token').length;
  const most = starts + refused.length + lost + unused;
  const dead = [...Map.groupBy(refused, ({ headers }) => headers['authorization'])]
    .filter(([, uses]) => uses.length > scenario.mostAtOnce)
    .map(([, uses]) => `${uses.length} calls with one dead token`);
  return [...(granted > most ? [`${granted} tokens, ${most} are many`] : []), ...dead];
}
