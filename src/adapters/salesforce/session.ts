import { Connection } from 'jsforce';
import type { ApiUsage, BudgetStanding } from '../../domain/api-budget.ts';
import { AppError } from '../../domain/error.ts';
import type { Lane } from '../../domain/lane.ts';
import { createGate } from './gate.ts';
import { createGovernor, type Admission } from './governor.ts';
import { createOrgClock, type OrgClock } from './org-clock.ts';
import { brokenAnswer, isAccepted, readRefusal } from './refusal.ts';
import {
  DEFAULT_DEADLINES,
  DEFAULT_MAX_IN_FLIGHT,
  type CallKind,
  type Deadlines,
  type SalesforceSettings,
} from './settings.ts';
import { createSignIn } from './sign-in.ts';
import { createTokenKeeper, type Token } from './token-keeper.ts';
import { openTransport, putUnder, type Exchange, type HttpAnswer, type HttpRequest } from './transport.ts';

export type ApiRequest = {
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the version root (`/query?q=…`) or the host's (`/services/data/…`). */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Authorised calls: places in flight, tokens, deadlines. Nothing is repeated but for one new token after a 401. */
export type Session = {
  /** The parsed body of a 2xx answer, its shape unchecked. Ends when the signal is aborted. @throws AppError */
  read(request: ApiRequest, signal: AbortSignal): Promise<unknown>;
  /** The same, but once sent the request is left to its deadline: whether it was committed must be known. */
  write(request: ApiRequest, signal: AbortSignal): Promise<unknown>;
  /** After a refusal that a person may have mended meanwhile, asks for a token again. */
  forgive(): void;
  /** The user of the token that was granted last, or null. */
  userId(): string | null;
  readonly clock: OrgClock;
  calls(): number;
  usage(): ApiUsage | null;
  budget(): BudgetStanding;
  /** The same session, whose calls are booked in this lane. */
  inLane(lane: Lane): Session;
  close(): Promise<void>;
};

/** Opens a session without signing in: the first call does. */
export function openSession(settings: SalesforceSettings): Session {
  const deadlines: Deadlines = { ...DEFAULT_DEADLINES, ...settings.deadlines };
  const maxInFlight = settings.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
  const monotonic = settings.monotonic ?? (() => performance.now());
  const clock = createOrgClock(settings.orgTimer ?? monotonic);
  const gate = createGate(settings.ledger === undefined ? maxInFlight : 0);
  const closing = new AbortController();
  let calls = 0;
  let usage: ApiUsage | null = null;
  let closed: Promise<void> | null = null;

  const governor = createGovernor({
    ledger: settings.ledger ?? null,
    ...(settings.budget === undefined ? {} : { budget: settings.budget }),
    ...(settings.onBudget === undefined ? {} : { onBudget: settings.onBudget }),
    maxInFlight,
    gate,
    now: () => clock.peek() ?? Date.now(),
    monotonic,
  });
  const transport = openTransport({ connectMs: deadlines.connectMs, maxInFlight, onExchange: observe });
  const signIn = createSignIn({
    loginUrl: settings.loginUrl,
    flow: settings.flow,
    rotatedTokens: settings.rotatedTokens,
    clock,
    send: sendTokenRequest,
  });
  const { signInTurns } = settings;
  const tokens = createTokenKeeper(signInTurns === undefined ? signIn : () => signInTurns.take(signIn), monotonic);
  const connection = openConnection(settings.apiVersion, async (request, exchange) => {
    const answer = await transport.send(request, exchange);
    if (!isAccepted(answer)) throw readRefusal(answer);
    return answer;
  });

  function observe(exchange: Exchange, answer: HttpAnswer | null, durationMs: number): void {
    if (!UNCOUNTED.has(exchange.kind)) calls += 1;
    // A page of a proxy or of maintenance may carry another machine's clock.
    if (answer !== null && isJson(answer)) clock.observe(answer.headers['date']);
    const told = answer === null ? null : readUsage(answer.headers['sforce-limit-info']);
    usage = told ?? usage;
    governor.observe(told);
    settings.onCall?.({
      kind: exchange.kind,
      durationMs,
      status: answer?.statusCode ?? null,
      usage: told,
      requestId: answer?.headers['x-sfdc-request-id'] ?? null,
    });
  }

  async function sendTokenRequest(request: HttpRequest): Promise<HttpAnswer> {
    const leave = await enter('routing', closing.signal);
    try {
      return await transport.send(request, { kind: 'token', deadlineMs: deadlines.tokenMs, signal: null });
    } finally {
      leave();
    }
  }

  async function call(request: ApiRequest, lane: Lane, isWrite: boolean, signal: AbortSignal): Promise<unknown> {
    const exchange = {
      kind: request.kind,
      deadlineMs: isWrite ? deadlines.writeMs : deadlines.readMs,
      signal: isWrite ? null : signal,
    };
    for (let isLastTry = false; ; isLastTry = true) {
      const { token, leave } = await takePlace(lane, signal);
      let admission: Admission | null = null;
      try {
        if (!UNCOUNTED.has(request.kind)) admission = await governor.admit(lane);
        const body = await sendWith(connection, token, request, exchange);
        admission?.answered();
        // The list of versions is answered to anybody.
        if (request.kind !== 'versions') tokens.prove(token);
        return body;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code !== 'INVALID_SESSION_ID') throw admission?.refused(error) ?? error;
        // A 401 is answered before anything is done, so even a write may be sent again.
        const refusal = tokens.giveUp(token);
        if (isLastTry) throw refusal ?? error;
      } finally {
        leave();
      }
    }
  }

  /** A place and the token of that moment: a call that waited for its place must not go out with a dead one. */
  async function takePlace(
    lane: Lane,
    signal: AbortSignal,
  ): Promise<{ readonly token: Token; readonly leave: () => void }> {
    for (;;) {
      const token = await unlessAborted(() => tokens.current(), signal);
      const leave = await enter(lane, signal);
      if (tokens.isCurrent(token) && !closing.signal.aborted) return { token, leave };
      leave();
      closing.signal.throwIfAborted();
    }
  }

  async function enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    await governor.begin();
    try {
      return await gate.enter(lane, signal);
    } catch {
      throw stopped();
    }
  }

  function close(): Promise<void> {
    closing.abort(stopped());
    closed ??= transport.close().then(() => governor.close());
    return closed;
  }

  function inLane(lane: Lane): Session {
    return {
      read: (request, signal) => call(request, lane, false, signal),
      write: (request, signal) => call(request, lane, true, signal),
      forgive: () => tokens.forgive(),
      userId: () => tokens.latest()?.userId ?? null,
      clock,
      calls: () => calls,
      usage: () => usage,
      budget: () => governor.standing(),
      inLane,
      close,
    };
  }

  return inLane('routing');
}

/** What the org does not charge for. */
const UNCOUNTED: ReadonlySet<CallKind> = new Set(['token', 'versions']);

/**
 * A connection without jsforce's own refreshing, which has no bound (a lasting 401 makes it loop), because it is given
 * no client: `call` above sees every 401.
 */
function openConnection(
  version: string,
  send: (request: HttpRequest, exchange: Exchange) => Promise<HttpAnswer>,
): Connection {
  const connection = new Connection({ version, callOptions: { client: 'rolecall' }, logLevel: 'NONE' });
  putUnder(connection, (request, options) => send(request, options as Exchange));
  return connection;
}

/** The token is put on the connection and read from it in one turn, so calls side by side do not mix theirs. */
async function sendWith(
  connection: Connection,
  token: Token,
  request: ApiRequest,
  exchange: Exchange,
): Promise<unknown> {
  connection.accessToken = token.accessToken;
  connection.instanceUrl = token.instanceUrl;
  const { method, path: url, body } = request;
  const sent =
    body === undefined
      ? { method, url, headers: { ...request.headers } }
      : {
          method,
          url,
          headers: { 'content-type': 'application/json', ...request.headers },
          body: JSON.stringify(body),
        };
  const answer: unknown = await connection.request(sent, exchange);
  // jsforce answers with the bare text when a body is not JSON, or is cut off.
  if (typeof answer !== 'object' || answer === null) throw brokenAnswer(request.kind);
  return answer;
}

/** Unanchored: bursts and per-app figures may stand beside it. */
function readUsage(header: string | undefined): ApiUsage | null {
  const figures = /api-usage=(\d+)\/(\d+)/.exec(header ?? '');
  return figures === null ? null : { used: Number(figures[1]), limit: Number(figures[2]) };
}

function isJson(answer: HttpAnswer): boolean {
  return /^application\/json\b/i.test(answer.headers['content-type'] ?? '');
}

/** What was begun goes on for those who share it; only this caller stops waiting. */
async function unlessAborted<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw stopped();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(stopped());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([begin(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function stopped(): AppError {
  return new AppError({ code: 'aborted', recovery: 'retry', message: 'the call was stopped before it was sent' });
}
