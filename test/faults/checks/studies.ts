import type { LoggedRequest } from '../../../src/sandbox/request-log.ts';
import { isAnswered, soqlIn } from '../request-facts.ts';

/** What a decision was made by: the last time that who writes had read what the rules go by. */
export type Studies = {
  /** @returns when, ms of the org's clock; null where the log does not tell */
  last(write: LoggedRequest, at: number, id: string): number | null;
  /** The same; well before the write where the log does not tell. */
  before(write: LoggedRequest, at: number, id: string): number;
  /** Every time that a lead or a deal was read so, by whomever. */
  of(id: string): readonly { readonly receivedAt: number }[];
};

type Study = { readonly at: number; readonly receivedAt: number; readonly by: string | undefined };

/** A process whose session ended in between has another token than the one that it has read with. */
const LONGEST_WORK = 60_000;

/** Where the log of requests shows leads and deals being read for a decision; a guard reads too, but fewer fields. */
export function gatherStudies(entries: readonly LoggedRequest[]): Studies {
  const byId = new Map<string, Study[]>();
  entries.forEach((request, at) => {
    if (!isAnswered(request)) return;
    const study: Study = { at, receivedAt: request.receivedAt, by: request.headers['authorization'] };
    for (const id of new Set(soqlIn(request).flatMap(idsStudied))) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [study]);
      else known.push(study);
    }
  });
  return {
    last,
    before: (write, at, id) => last(write, at, id) ?? write.receivedAt - LONGEST_WORK,
    of: (id) => byId.get(id) ?? [],
  };

  function last({ headers }: LoggedRequest, at: number, id: string): number | null {
    const own = byId.get(id)?.findLast((study) => study.at < at && study.by === headers['authorization']);
    return own?.receivedAt ?? null;
  }
}

function idsStudied(soql: string): readonly string[] {
  const [, ids] =
    / FROM OpportunityContactRole WHERE OpportunityId IN \(([^)]*)\)/.exec(soql) ??
    /^SELECT .*\bCountry\b.* FROM Lead WHERE Id IN \(([^)]*)\)/.exec(soql) ??
    [];
  return ids?.match(/\w{18}/g) ?? [];
}
