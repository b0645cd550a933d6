import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { concurrentLimit, dailyLimit } from '../api-limits.ts';
import type { ApiLimits } from '../api-limits.ts';
import type { Cursors } from '../cursors.ts';
import type { FaultAction, Faults } from '../faults.ts';
import type { OAuth } from '../oauth.ts';
import { refusalsIn } from '../refusals.ts';
import { isFree, kindOf } from '../request-log.ts';
import type { LoggedRequest, RequestLog } from '../request-log.ts';
import type { Sessions } from '../sessions.ts';
import type { Change } from '../store.ts';
import { SandboxError } from '../types.ts';
import type { World } from '../world.ts';
import type { ApiCall } from './api-call.ts';
import { errorAnswer, methodNotAllowed, notFound } from './exchange.ts';
import type { Answer, OrgRequest } from './exchange.ts';
import { answerIdentity } from './identity-resource.ts';
import { demandJson, demandSize, demandVersion, listVersions } from './request-checks.ts';
import { dispatch } from './routes.ts';
import { readBodyText, sendAnswer } from './wire.ts';

/** What a test may do while a request is under way. */
export type Hooks = {
  /** Before faults and work. */
  onRequest: ((request: LoggedRequest) => void | Promise<void>) | null;
  /** After the work, before the answer. */
  afterCommit: ((request: LoggedRequest) => void | Promise<void>) | null;
  /** After the whole answer has gone out. */
  afterAnswer: ((request: LoggedRequest) => void | Promise<void>) | null;
};

export type OrgServerParts = {
  readonly world: World;
  readonly sessions: Sessions;
  readonly oauth: OAuth;
  readonly limits: ApiLimits;
  readonly cursors: Cursors;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly hooks: Hooks;
  readonly versions: readonly string[];
  readonly pageSize: ApiCall['pageSize'];
};

/** The org's HTTP server, not yet listening. One request after the other is worked on; what waits is the network. */
export function createOrgServer(parts: OrgServerParts): Server {
  // The limit on URL and headers is ours to answer, so Node's own must lie above it.
  return createServer({ maxHeaderSize: 65_536 }, (incoming, response) => {
    void serve(parts, incoming, response);
  });
}

async function serve(parts: OrgServerParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, faults, hooks, log, limits } = parts;
  const unwatch = limits.watch();
  response.once('close', unwatch);
  const request = await readRequest(incoming).catch(() => null);
  // The client went away in the middle of its request, or packed it wrongly.
  if (request === null) return void response.destroy();
  const entry = logRequest(parts, request);
  try {
    await hooks.onRequest?.(entry);
    world.transactions.settle();
    const actions = faults.take(entry);
    for (const action of actions) {
      if (action.kind === 'delay') await pass(action.millis);
    }
    world.transactions.settle();
    if (isLost(response, actions, 'before-commit')) return;
    const answer = await answerRequest(parts, request, entry, actions, arrivalOf(incoming));
    await hooks.afterCommit?.(entry);
    await keepLocked(world, entry, actions);
    if (isLost(response, actions, 'after-commit')) return;
    entry.status = answer.status;
    entry.refusals = refusalsIn(answer.body);
    entry.nextPage = nextPageIn(answer.body);
    entry.isCut = !(await sendAnswer(response, {
      answer,
      date: world.clock.now() + world.clock.headerSkewSeconds * 1000,
      limitInfo: tellsLimit(parts, entry, answer) ? limits.header() : null,
      acceptsGzip: /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
      faults: actions,
    }));
    if (!entry.isCut) await afterAnswer(parts, entry, actions, incoming, response);
  } catch (cause) {
    entry.defect = cause;
    entry.status = 500;
    const text = `An unexpected error occurred in the sandbox org: ${String(cause)}`;
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json;charset=UTF-8' });
    response.end(JSON.stringify([{ errorCode: 'UNKNOWN_EXCEPTION', message: text }]));
  } finally {
    if (entry.status === null) entry.isCut = true;
    log.finish(entry);
  }
}

function pass(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis).unref();
  });
}

async function keepLocked(world: World, { changes }: LoggedRequest, actions: readonly FaultAction[]): Promise<void> {
  const slow = actions.find((action) => action.kind === 'slow-commit');
  if (slow === undefined) return;
  const releases = changes.map(({ id }) => world.transactions.hold(id));
  await pass(slow.millis);
  for (const release of releases) release();
}

async function readRequest(incoming: IncomingMessage): Promise<OrgRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://org.invalid');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: await readBodyText(incoming),
  };
}

function logRequest({ world, log }: OrgServerParts, request: OrgRequest): LoggedRequest {
  const query = [...request.query].map(([name, value]) => `${name}=${value}`).join('&');
  const entry: LoggedRequest = {
    receivedAt: world.clock.now(),
    kind: kindOf(request.path),
    method: request.method,
    path: query === '' ? request.path : `${request.path}?${query}`,
    headers: request.headers,
    body: readLogged(request),
    arrivedAt: Date.now(),
    leftAt: null,
    changes: [],
    committedAt: null,
    status: null,
    isCut: false,
    isForged: false,
    nextPage: null,
    refusals: [],
    defect: null,
  };
  log.add(entry);
  return entry;
}

function readLogged({ body }: OrgRequest): unknown {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Whether a fault takes the request or its answer away: a reset now, a hang for as long as the client waits. */
function isLost(
  response: ServerResponse,
  actions: readonly FaultAction[],
  at: 'before-commit' | 'after-commit',
): boolean {
  const loss = actions.find((action) => (action.kind === 'reset' || action.kind === 'hang') && action.at === at);
  if (loss?.kind === 'reset') response.socket?.resetAndDestroy();
  return loss !== undefined;
}

/** What happens once the client can have the whole answer. */
async function afterAnswer(
  { hooks }: OrgServerParts,
  entry: LoggedRequest,
  actions: readonly FaultAction[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hangUp = actions.some(({ kind }) => kind === 'hang-up');
  if (!hangUp && hooks.afterAnswer === null) return;
  if (!response.closed) await once(response, 'close');
  await hooks.afterAnswer?.(entry);
  if (hangUp) incoming.socket.destroySoon();
}

async function answerRequest(
  parts: OrgServerParts,
  request: OrgRequest,
  entry: LoggedRequest,
  actions: readonly FaultAction[],
  arrival: Arrival,
): Promise<Answer> {
  const changes: Change[] = [];
  entry.isForged = actions.some(({ kind }) => FORGERIES.has(kind));
  const instead = actions.find((action) => action.kind === 'answer');
  if (instead !== undefined) return instead;
  let answer: Answer;
  try {
    prepareFaults(parts, request, actions);
    answer = await route(parts, request, entry, actions, { ...arrival, changes });
  } catch (cause) {
    answer = errorAnswer(cause);
  }
  entry.changes = changes;
  entry.committedAt = changes.length === 0 ? null : parts.world.clock.now();
  const after = actions.find((action) => action.kind === 'answer-after-commit');
  if (after !== undefined) return after;
  return actions.reduce(
    (sent, action) => (action.kind === 'edit' ? { ...sent, body: action.edit(sent.body) } : sent),
    answer,
  );
}

/** Faults that put another answer in the place of the org's. */
const FORGERIES: ReadonlySet<string> = new Set(['answer', 'answer-after-commit', 'edit']);

function nextPageIn(body: unknown): string | null {
  return (body as { readonly nextRecordsUrl?: string } | null | undefined)?.nextRecordsUrl ?? null;
}

function prepareFaults(
  { sessions, cursors }: OrgServerParts,
  request: OrgRequest,
  actions: readonly FaultAction[],
): void {
  for (const { kind } of actions) {
    if (kind === 'expire-session') sessions.end(request.headers['authorization']?.split(' ')[1] ?? '');
    if (kind === 'expire-cursors') cursors.expireAll();
    if (kind === 'daily-limit') throw dailyLimit();
    if (kind === 'concurrent-limit') throw concurrentLimit();
  }
}

async function route(
  parts: OrgServerParts,
  request: OrgRequest,
  entry: LoggedRequest,
  actions: readonly FaultAction[],
  { url, line, changes }: Arrival & { readonly changes: Change[] },
): Promise<Answer> {
  demandSize(line, request.headers);
  if (entry.kind === 'token') return await answerOAuth(parts, request, url);
  if (entry.kind === 'versions') return { status: 200, body: listVersions(parts.versions) };
  const [, version] = /^\/services\/data\/v(\d+\.\d)(?:\/|$)/.exec(request.path) ?? [];
  if (entry.kind !== 'identity') demandVersion(parts.versions, version);
  const userId = parts.sessions.demandUser(request.headers['authorization']);
  const { world, cursors, limits, pageSize } = parts;
  const rowFault = rowFaultOf(actions);
  const call: ApiCall = {
    world,
    cursors,
    limits,
    request,
    userId,
    url,
    pageSize,
    rowFault,
    changes,
    version: version ?? parts.versions.at(-1) ?? '',
  };
  if (entry.kind === 'identity') return answerIdentity(call);
  limits.demandCall();
  limits.spend(1);
  demandJson(request);
  return dispatch(call);
}

async function answerOAuth({ oauth }: OrgServerParts, request: OrgRequest, url: string): Promise<Answer> {
  const resource = request.path.replace(/^\/services\/oauth2\//, '').replace(/\/$/, '');
  if (!['token', 'revoke', 'introspect'].includes(resource)) throw notFound();
  if (request.method !== 'POST') throw methodNotAllowed(request.method, ['POST']);
  if (resource === 'revoke') return oauth.answerRevoke(request);
  return resource === 'introspect' ? oauth.answerIntrospect(request) : await oauth.answerToken(request, url);
}

function rowFaultOf(actions: readonly FaultAction[]): ApiCall['rowFault'] {
  const refusals = actions.filter((action) => action.kind === 'refuse-rows');
  return (row, index) => {
    const hit = refusals.find(({ where }) => where?.(row as Readonly<Record<string, unknown>>, index) ?? true);
    return hit === undefined ? null : new SandboxError(hit.code, hit.message, 400, hit.fields ?? null);
  };
}

/** Answers without a body never tell, and one in ten others does not either. */
function tellsLimit({ world }: OrgServerParts, { kind }: LoggedRequest, { status }: Answer): boolean {
  return !isFree(kind) && status !== 204 && world.random() > 0.1;
}

/** How the client addresses the org, and how many bytes of URL it sent. */
type Arrival = { readonly url: string; readonly line: number };

function arrivalOf({ headers, socket, url = '' }: IncomingMessage): Arrival {
  return { url: `http://${headers.host ?? `127.0.0.1:${socket.localPort}`}`, line: url.length };
}
