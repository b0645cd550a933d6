import { parseQuery } from '@jetstreamapp/soql-parser-js';

import { readStamp } from '../../../src/sandbox/org-clock.ts';
import type { LoggedRequest } from '../../../src/sandbox/request-log.ts';
import { isAnswered, soqlIn } from '../request-facts.ts';
import type { Facts } from './facts.ts';

/** One window of one object that was read in the order of its stamps. */
type Poll = {
  readonly at: number;
  readonly object: string;
  readonly from: number;
  readonly until: number;
  readonly isWhole: boolean;
  readonly receivedAt: number;
};

/** A page that was lost is read again, by the link or by a query of the same object. */
export function brokenChains({ entries }: Facts): readonly string[] {
  return entries.flatMap((request, at) => {
    if (request.kind !== 'query-more' || isAnswered(request)) return [];
    const goesOn = entries
      .slice(at + 1)
      .some(({ kind, path }) => path === request.path || kind === 'query' || kind === 'composite');
    return goesOn ? [] : [`${request.path} was given up`];
  });
}

/** Every record as it stands in the end was inside a window that was read to its end after that. */
export function unseenChanges({ sandbox, entries, scenario }: Facts): readonly string[] {
  if (!scenario.isJudged || !scenario.isSettled) return [];
  const polls = pollsIn(entries).filter(({ isWhole }) => isWhole);
  return ['Lead', 'Opportunity', 'OpportunityContactRole'].flatMap((object) =>
    // What the daemon wrote last of all need not be polled any more.
    sandbox.org
      .all(object, (record) => record['LastModifiedById'] !== sandbox.userId)
      .flatMap(({ Id, SystemModstamp }) => {
        const stamp = readStamp(String(SystemModstamp)) ?? 0;
        const isSeen = polls.some(
          (poll) => poll.object === object && poll.from <= stamp && stamp < poll.until && poll.receivedAt >= stamp,
        );
        return isSeen ? [] : [`${object} ${String(Id)} of ${String(SystemModstamp)} was in no window`];
      }),
  );
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
  const polls: Poll[] = [];
  for (const [at, request] of entries.entries()) {
    const [soql = ''] = request.kind === 'query' ? soqlIn(request) : [];
    if (!soql.includes('ORDER BY SystemModstamp')) continue;
    const [, object = ''] = / FROM (\w+) /.exec(soql) ?? [];
    const until = Date.parse(/SystemModstamp < (\S+Z)/.exec(soql)?.[1] ?? '');
    const [, begin] = /SystemModstamp >= (\S+Z)/.exec(soql) ?? [];
    const resumed = polls.findLast((poll) => poll.object === object && poll.until === until);
    polls.push({
      at,
      object,
      from: begin === undefined ? (resumed?.from ?? Number.NaN) : Date.parse(begin),
      until,
      isWhole: isAnswered(request) && pagesAfter(entries, at).every(isAnswered),
      receivedAt: request.receivedAt,
    });
  }
  return polls;
}

/** The pages that belong to a poll: polls come one after the other. */
function pagesAfter(entries: readonly LoggedRequest[], at: number): readonly LoggedRequest[] {
  const rest = entries.slice(at + 1);
  const end = rest.findIndex(({ kind, path }) => kind === 'query' && path.includes('ORDER BY SystemModstamp'));
  return (end === -1 ? rest : rest.slice(0, end)).filter(({ kind }) => kind === 'query-more');
}
