import type { CallKind, LoggedRequest } from './request-log.ts';

/** Which requests a fault meets; what is left out does not matter. */
export type RequestMatch = {
  readonly kind?: CallKind;
  readonly method?: string;
  /** In the decoded path with its query. */
  readonly path?: string | RegExp;
  /** In the body, as JSON. */
  readonly body?: string | RegExp;
  readonly where?: (request: LoggedRequest) => boolean;
};

export type FaultAction =
  /** An answer instead of the work. A body that is a string goes out as it is, as `text/html` unless headers differ. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: unknown; readonly headers?: Headers }
  /** The work is done, and another answer sent. */
  | {
      readonly kind: 'answer-after-commit';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Headers;
    }
  /** Real milliseconds before the work begins. */
  | { readonly kind: 'delay'; readonly millis: number }
  /** Real milliseconds between the work and the answer, in which the rows that it wrote stay locked. */
  | { readonly kind: 'slow-commit'; readonly millis: number }
  /** No answer ever. */
  | { readonly kind: 'hang'; readonly at: 'before-commit' | 'after-commit' }
  /** The connection is reset without an answer. */
  | { readonly kind: 'reset'; readonly at: 'before-commit' | 'after-commit' }
  /** The connection is closed as soon as the whole answer has gone out. */
  | { readonly kind: 'hang-up' }
  /** So many bytes of the body, then a reset. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** So many bytes of the body, then silence. */
  | { readonly kind: 'stall'; readonly bytes: number }
  /** The body in small pieces. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMillis: number }
  /** The body of the answer changed after the work, such as a result list that is too short. */
  | { readonly kind: 'edit'; readonly edit: (body: unknown) => unknown }
  /** Rows of a write refused, all or those chosen. */
  | {
      readonly kind: 'refuse-rows';
      readonly code: string;
      readonly message: string;
      readonly fields?: readonly string[];
      readonly where?: (row: Readonly<Record<string, unknown>>, index: number) => boolean;
    }
  /** The session of the request ends before the work. */
  | { readonly kind: 'expire-session' }
  /** All open cursors end before the work. */
  | { readonly kind: 'expire-cursors' }
  | { readonly kind: 'daily-limit' }
  | { readonly kind: 'concurrent-limit' };

type Headers = Readonly<Record<string, string>>;

export type FaultRule = {
  readonly when: RequestMatch;
  /** Matching requests to leave alone first. */
  readonly skip?: number;
  /** How often at most; without it, until it is switched off. */
  readonly times?: number;
  readonly do: FaultAction;
};

export type FaultHandle = {
  /** How often it has met a request. */
  fired(): number;
  off(): void;
};

type Armed = { readonly rule: FaultRule; seen: number; fired: number };

/** The failures that a test has ordered. */
export class Faults {
  #armed: readonly Armed[] = [];

  add(rule: FaultRule): FaultHandle {
    const armed: Armed = { rule, seen: 0, fired: 0 };
    this.#armed = [...this.#armed, armed];
    return {
      fired: () => armed.fired,
      off: () => {
        this.#armed = this.#armed.filter((other) => other !== armed);
      },
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** What happens to this request, in the order in which the faults were added; counts as their firing. */
  take(request: LoggedRequest): readonly FaultAction[] {
    return this.#armed.filter((armed) => takes(armed, request)).map(({ rule }) => rule.do);
  }
}

function takes(armed: Armed, request: LoggedRequest): boolean {
  const { when, skip = 0, times = Number.POSITIVE_INFINITY } = armed.rule;
  if (armed.fired >= times || !matches(when, request)) return false;
  armed.seen++;
  if (armed.seen <= skip) return false;
  armed.fired++;
  return true;
}

function matches(when: RequestMatch, request: LoggedRequest): boolean {
  if (when.kind !== undefined && when.kind !== request.kind) return false;
  if (when.method !== undefined && when.method !== request.method) return false;
  if (when.path !== undefined && !contains(request.path, when.path)) return false;
  if (when.body !== undefined && !contains(JSON.stringify(request.body), when.body)) return false;
  return when.where?.(request) ?? true;
}

function contains(text: string, part: string | RegExp): boolean {
  // A fresh expression: a global one would remember where it stopped.
  return typeof part === 'string'
    ? text.includes(part)
    : new RegExp(part.source, part.flags.replace('g', '')).test(text);
}

/** The page that Salesforce's edge shows during maintenance; also seen with status 200. */
export function maintenancePage(status: number): FaultAction {
  const body = '<html><head><title>Maintenance</title></head><body>We are down for maintenance.</body></html>';
  return { kind: 'answer', status, body, headers: { 'content-type': 'text/html;charset=UTF-8' } };
}

/** A result list that lost its last rows. */
export function shortResults(length: number): FaultAction {
  return { kind: 'edit', edit: (body) => (Array.isArray(body) ? body.slice(0, length) : body) };
}
