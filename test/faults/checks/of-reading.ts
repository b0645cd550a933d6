import { parseQuery } from '@jetstreamapp/soql-parser-js';

import { readStamp } from '../../../src/sandbox/org-clock.ts';
import type { LoggedRequest } from '../../../src/sandbox/request-log.ts';
import type { Doing } from '../../../src/sandbox/transactions.ts';
import type { StoredRecord } from '../../../src/sandbox/types.ts';
import { isAnswered, soqlIn } from '../request-facts.ts';
import type { Facts } from './facts.ts';

type Span = { readonly from: number; readonly until: number; readonly receivedAt: number };

/** One window of one object that was read in the order of its stamps. */
type Poll = Span & {
  readonly object: string;
  /** Where the query itself begins: at its cursor, when it goes on. */
  readonly readFrom: number;
  readonly isWhole: boolean;
};

/**
 * A query whose pages were not all received is asked again: the same page, or the object from no later than it was asked
 * before. What is not asked for by ids is a window, a list or a count, and all of those are asked again as they were.
 */
export function brokenChains({ entries }: Facts): readonly string[] {
  const pages = Map.groupBy(entries, ({ path }) => path);
  return entries.flatMap((request, at) => {
    if (request.kind !== 'query' || request.nextPage === null || !isAnswered(request)) return [];
    if (isRead(request, pages)) return [];
    const object = objectOf(request.path);
    const goesOn = entries.slice(at + 1).some((later) => soqlIn(later).some((soql) => objectOf(soql) === object));
    return goesOn ? [] : [`${request.path.slice(0, 200)} was given up`];
  });
}

function objectOf(soql: string): string | undefined {
  return / FROM (\w+)/.exec(soql)?.[1];
}

/** Whether every page of a query was received. */
function isRead(request: LoggedRequest, pages: ReadonlyMap<string, readonly LoggedRequest[]>): boolean {
  let last: LoggedRequest | undefined = isAnswered(request) ? request : undefined;
  while (last !== undefined && last.nextPage !== null) last = pages.get(last.nextPage)?.find(isAnswered);
  return last !== undefined;
}

const POLLED = new Set(['Lead', 'Opportunity', 'OpportunityContactRole']);

/** How late what has become visible may be asked for, ms (F25). */
const LATEST = 5 * 60_000;

/**
 * Everything that people commit is asked for after that, soon enough, and read to its end: in a window with the stamp
 * that the record has by then, which a later write may have moved, or, where Redis has forgotten how far the windows had
 * come, with its lead or deal itself. A role that is deleted is listed by the `deleted` resource.
 */
export function unseenChanges({ sandbox, entries, studies, scenario }: Facts): readonly string[] {
  if (!scenario.isJudged || !scenario.isSettled) return [];
  const doings = sandbox.org.doings();
  const polls = Map.groupBy(
    pollsIn(entries).flatMap((poll) => (poll.isWhole ? [{ ...poll, from: poll.readFrom }] : [])),
    ({ object }) => object,
  );
  const lists = deletionListsIn(entries);
  const stamps = stampsIn(doings, entries);
  return doings.flatMap(({ at, changes }) =>
    changes
      .filter(({ object, before, after }) => POLLED.has(object) && stampOf(before) !== stampOf(after))
      .filter(({ object, id, before, after }) => {
        const unit = String((after ?? before)?.['OpportunityId'] ?? id);
        if (studies.of(unit).some((study) => isTimely(study, at))) return false;
        if (after === null) return !lists.some((list) => isTimely(list, at) && isIn(list, at));
        const own = polls.get(object) ?? [];
        return !own.some((poll) => isTimely(poll, at) && isIn(poll, stampAt(id, poll.receivedAt)));
      })
      .map(({ object, id, after }) => `${object} ${id} of ${String(after?.['SystemModstamp'] ?? at)} was in no window`),
  );

  function isTimely({ receivedAt }: { readonly receivedAt: number }, at: number): boolean {
    return receivedAt >= at && (receivedAt <= at + LATEST || scenario.timedUntil < at + LATEST);
  }

  /** The stamp that a record had at an instant. */
  function stampAt(id: string, instant: number): number {
    return (stamps.get(id) ?? []).findLast(({ at }) => at <= instant)?.stamp ?? 0;
  }
}

function isIn({ from, until }: Span, instant: number): boolean {
  return from <= instant && instant < until;
}

function stampOf(record: StoredRecord | null): number {
  return readStamp(String(record?.['SystemModstamp'])) ?? 0;
}

/** Every stamp that a record has had, in order. */
function stampsIn(
  doings: readonly Doing[],
  entries: readonly LoggedRequest[],
): ReadonlyMap<string, readonly { readonly at: number; readonly stamp: number }[]> {
  const ours = entries.map(({ committedAt, receivedAt, changes }) => ({ at: committedAt ?? receivedAt, changes }));
  const moves = [...doings, ...ours].flatMap(({ at, changes }) =>
    changes.map(({ id, after }) => ({ id, at, stamp: stampOf(after) })),
  );
  return Map.groupBy(
    moves.toSorted((a, b) => a.at - b.at),
    ({ id }) => id,
  );
}

/** What the `deleted` resource was asked for; it cuts both ends to the minute. */
function deletionListsIn(entries: readonly LoggedRequest[]): readonly Span[] {
  return entries.filter(isAnswered).flatMap(({ path, receivedAt }) => {
    const [, start = '', end = ''] = /\/OpportunityContactRole\/deleted\/?\?start=(\S+?)&end=(\S+)/.exec(path) ?? [];
    return start === '' ? [] : [{ from: Date.parse(start), until: Date.parse(end), receivedAt }];
  });
}

/** Windows end by the org's time, and none begins after the end of the one before. */
export function wrongWindows({ sandbox, entries }: Facts): readonly string[] {
  const polls = pollsIn(entries);
  const skew = Math.abs(sandbox.clock.headerSkewSeconds) * 1000;
  return [...Map.groupBy(polls, ({ object }) => object)].flatMap(([object, own]) => {
    const ahead = own.filter(({ until, receivedAt }) => until > receivedAt + 1_000 + skew);
    const gaps = own.filter(({ from }, index) => {
      const before = own.slice(0, index).filter(({ isWhole }) => isWhole);
      return before.length > 0 && from > Math.max(...before.map(({ until }) => until));
    });
    return [
      ...ahead.map(
        ({ until }) => `a window of ${object} ends at ${new Date(until).toISOString()}, in the org's future`,
      ),
      ...gaps.map(({ from }) => `a window of ${object} begins at ${new Date(from).toISOString()}, after a gap`),
    ];
  });
}

/** A grammar that is not ours reads every query, and what stands in a record is a literal in it. */
export function wrongSoql({ entries }: Facts): readonly string[] {
  return [...new Set(entries.flatMap(soqlIn))].flatMap((soql) => {
    try {
      parseQuery(soql);
      return hasOpenLiteral(soql) ? [`a literal does not end in ${soql.slice(0, 200)}`] : [];
    } catch (error) {
      return [`${String(error).slice(0, 120)} in ${soql.slice(0, 200)}`];
    }
  });
}

function hasOpenLiteral(soql: string): boolean {
  return soql.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').includes("'");
}

/**
 * Every poll of a window, in the order of the log. A query that goes on behind a page that was lost, by its cursor, has the
 * window of the query before.
 */
export function pollsIn(entries: readonly LoggedRequest[]): readonly Poll[] {
  const pages = Map.groupBy(entries, ({ path }) => path);
  const polls: Poll[] = [];
  for (const request of entries) {
    const [soql = ''] = request.kind === 'query' ? soqlIn(request) : [];
    if (!soql.includes('ORDER BY SystemModstamp')) continue;
    const [, object = ''] = / FROM (\w+) /.exec(soql) ?? [];
    const until = Date.parse(/SystemModstamp < (\S+Z)/.exec(soql)?.[1] ?? '');
    const [, begin] = /SystemModstamp >= (\S+Z)/.exec(soql) ?? [];
    const [, cursor = ''] = /SystemModstamp > (\S+Z)/.exec(soql) ?? [];
    const resumed = polls.findLast((poll) => poll.object === object && poll.until === until);
    polls.push({
      object,
      from: begin === undefined ? (resumed?.from ?? Number.NaN) : Date.parse(begin),
      readFrom: Date.parse(begin ?? cursor),
      until,
      isWhole: isRead(request, pages),
      receivedAt: request.receivedAt,
    });
  }
  return polls;
}
