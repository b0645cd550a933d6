import type { Refusal } from './refusals.ts';
import type { Change } from './store.ts';

/** What a request is about, by its path. A composite counts as one call whatever is in it. */
export type CallKind =
  | 'token'
  | 'versions'
  | 'identity'
  | 'query'
  | 'query-more'
  | 'describe'
  | 'replication'
  | 'limits'
  | 'record'
  | 'collection'
  | 'composite'
  | 'other';

export type LoggedRequest = {
  /** By the org's clock, ms. */
  readonly receivedAt: number;
  readonly kind: CallKind;
  readonly method: string;
  /** Decoded path with its query, `/services/data/v66.0/query?q=SELECT Id FROM Lead`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON; null without a body. */
  readonly body: unknown;
  /** Real time of its arrival, ms: for the pauses between calls, whatever the org's clock does. */
  readonly arrivedAt: number;
  /** Real time at which it was over, ms; null while it is under way. */
  leftAt: number | null;
  /** What it wrote, as the records were before and after. */
  changes: readonly Change[];
  /** When what it wrote became visible, by the org's clock; null when it wrote nothing. */
  committedAt: number | null;
  /** Null until the answer is sent, and when there is none. */
  status: number | null;
  /** Whether the client did not get the whole answer. */
  isCut: boolean;
  /** Whether a fault answered in the org's place, or changed what it answered. */
  isForged: boolean;
  /** Path of the page that comes after that of the answer; null when it is the last, or no query was asked. */
  nextPage: string | null;
  /** What the answer refused: all of the request, or rows of it. */
  refusals: readonly Refusal[];
  /** A defect of the sandbox itself that the request met. */
  defect: unknown;
};

type Watcher = {
  readonly matches: (entry: LoggedRequest) => boolean;
  readonly resolve: (entry: LoggedRequest) => void;
};

/** A demo may run for days: older requests are forgotten. */
const MOST_ENTRIES = 50_000;

/** The requests that the org has seen, in the order of arrival, up to 50,000 of them. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #watchers: readonly Watcher[] = [];
  #underWay = 0;
  #mostAtOnce = 0;

  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, ++this.#underWay);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.splice(0, MOST_ENTRIES / 10);
  }

  /** Tells who waits for it that a request is over. */
  finish(entry: LoggedRequest): void {
    this.#underWay--;
    entry.leftAt = Date.now();
    const matching = this.#watchers.filter(({ matches }) => matches(entry));
    this.#watchers = this.#watchers.filter((watcher) => !matching.includes(watcher));
    for (const { resolve } of matching) resolve(entry);
  }

  /** The most requests that were under way at the same time. */
  get mostAtOnce(): number {
    return this.#mostAtOnce;
  }

  /** The next request to be over that matches. */
  next(matches: (entry: LoggedRequest) => boolean): Promise<LoggedRequest> {
    return new Promise((resolve) => {
      this.#watchers = [...this.#watchers, { matches, resolve }];
    });
  }

  /** Requests of a kind; without one, all that count against the limit: not tokens, not the list of versions. */
  count(kind?: CallKind): number {
    if (kind !== undefined) return this.#entries.filter((entry) => entry.kind === kind).length;
    return this.#entries.filter((entry) => !isFree(entry.kind)).length;
  }

  /** All changes that were committed over the API, in order. */
  changes(): readonly Change[] {
    return this.#entries.flatMap((entry) => entry.changes);
  }

  clear(): void {
    this.#entries = [];
  }
}

/** Kinds that cost no API call. */
export function isFree(kind: CallKind): boolean {
  return kind === 'token' || kind === 'versions' || kind === 'identity';
}

const KINDS: readonly (readonly [RegExp, CallKind])[] = [
  [/^\/services\/oauth2\/userinfo/, 'identity'],
  [/^\/services\/oauth2\//, 'token'],
  [/^\/id\//, 'identity'],
  [/^\/services\/data\/?$/, 'versions'],
  [/^\/services\/data\/v[^/]+\/(?:query|queryAll)\/?$/, 'query'],
  [/^\/services\/data\/v[^/]+\/(?:query|queryAll)\//, 'query-more'],
  [/^\/services\/data\/v[^/]+\/limits/, 'limits'],
  [/^\/services\/data\/v[^/]+\/composite\/sobjects/, 'collection'],
  [/^\/services\/data\/v[^/]+\/composite/, 'composite'],
  [/^\/services\/data\/v[^/]+\/sobjects\/[^/]+\/(?:updated|deleted)/, 'replication'],
  [/^\/services\/data\/v[^/]+\/sobjects(?:\/?$|\/[^/]+\/describe)/, 'describe'],
  [/^\/services\/data\/v[^/]+\/sobjects\//, 'record'],
];

/** The kind of a request by its path without the query. */
export function kindOf(pathname: string): CallKind {
  return KINDS.find(([pattern]) => pattern.test(pathname))?.[1] ?? 'other';
}
