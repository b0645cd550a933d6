import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApiLimits } from './api-limits.ts';
import type { SeedRecord } from './base-data.ts';
import { appKeyPair, makeConnectedApp } from './connected-app.ts';
import type { ConnectedApp } from './connected-app.ts';
import { Cursors } from './cursors.ts';
import { Faults } from './faults.ts';
import type { ApiCall } from './http/api-call.ts';
import { createOrgServer } from './http/org-server.ts';
import type { Hooks, OrgServerParts } from './http/org-server.ts';
import { makeWorld, populate } from './make-world.ts';
import { OAuth } from './oauth.ts';
import { accessOrg } from './org-access.ts';
import type { OrgAccess } from './org-access.ts';
import type { OrgClock } from './org-clock.ts';
import { actAs } from './person.ts';
import type { Person } from './person.ts';
import { RequestLog } from './request-log.ts';
import { Sessions } from './sessions.ts';

export type SandboxOrgOptions = {
  /** What the org holds at first; users, queues and lists of values that it lacks are added. */
  readonly records?: readonly SeedRecord[];
  /** 0 picks a free one. */
  readonly port?: number;
  /** The API user, who is made when the records have no such user. */
  readonly username?: string;
  /** Rising, as `/services/data` lists them. */
  readonly versions?: readonly string[];
  /** API calls in 24 hours. */
  readonly dailyLimit?: number;
  /** Rows of a page whatever the client asks; or a range to draw each query's size from. */
  readonly pageSize?: number | readonly [least: number, most: number];
  /** The clock starts, and stands, at this instant (ms); without it it runs with the real time. */
  readonly frozenAt?: number;
  /** Session time-out, 2 hours unless given. */
  readonly sessionSeconds?: number;
  /** Seed of ids, page sizes and the like. */
  readonly seed?: number;
};

export type SandboxOrg = {
  /** `http://127.0.0.1:port`: login host and instance in one. */
  readonly url: string;
  readonly organizationId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The key whose certificate the connected app has. */
  readonly privateKeyPem: string;
  readonly username: string;
  readonly userId: string;
  /** As an approval in the browser gave it; used up by its first use. */
  readonly refreshToken: string;
  readonly org: OrgAccess;
  readonly clock: OrgClock;
  readonly limits: ApiLimits;
  readonly app: ConnectedApp;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly hooks: Hooks;
  /** Ends all sessions: the next call of every client gets 401. */
  expireSessions(): void;
  /** Ends all open queries. */
  expireCursors(): void;
  /** Ends all sessions and refresh tokens. */
  revokeTokens(): void;
  issueRefreshToken(): string;
  close(): Promise<void>;
};

const API_USERNAME = 'svc-rolecall@northwind.example';
const VERSIONS = Array.from({ length: 36 }, (_, at) => `${at + 31}.0`);

/** Starts a Salesforce org on loopback: its own data, clock, users and failures. */
export async function startSandboxOrg(options: SandboxOrgOptions = {}): Promise<SandboxOrg> {
  const world = makeWorld(options.frozenAt ?? null, options.seed ?? 1);
  const { username = API_USERNAME, dailyLimit = 15_000, sessionSeconds = 7200 } = options;
  const { userId, adminId } = populate(world, options.records ?? [], username);
  const sessions = new Sessions(world.clock, world.organizationId, sessionSeconds);
  const parts: OrgServerParts = {
    world,
    sessions,
    oauth: new OAuth(world, sessions, makeConnectedApp(username)),
    limits: new ApiLimits(world.clock, world.random, dailyLimit),
    cursors: new Cursors(() => world.clock.now(), world.random),
    faults: new Faults(),
    log: new RequestLog(),
    hooks: { onRequest: null, afterCommit: null, afterAnswer: null },
    versions: options.versions ?? VERSIONS,
    pageSize: pageSizer(options, world.random),
  };
  const server = createOrgServer(parts);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return handleOf(parts, server, { username, userId, admin: actAs(world, adminId) });
}

/** What is handed out of a running org. */
function handleOf(
  { world, sessions, oauth, limits, cursors, faults, log, hooks }: OrgServerParts,
  server: Server,
  { username, userId, admin }: { readonly username: string; readonly userId: string; readonly admin: Person },
): SandboxOrg {
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    organizationId: world.organizationId,
    clientId: oauth.app.clientId,
    clientSecret: oauth.app.clientSecret,
    privateKeyPem: appKeyPair().privateKey,
    username,
    userId,
    refreshToken: oauth.issueRefreshToken(userId),
    org: accessOrg(world, admin),
    clock: world.clock,
    limits,
    app: oauth.app,
    faults,
    log,
    hooks,
    expireSessions: () => sessions.endAll(),
    expireCursors: () => cursors.expireAll(),
    revokeTokens() {
      sessions.endAll();
      oauth.revokeRefreshTokens();
    },
    issueRefreshToken: () => oauth.issueRefreshToken(userId),
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function pageSizer({ pageSize }: SandboxOrgOptions, random: () => number): ApiCall['pageSize'] {
  return (soql, asked) => {
    if (typeof pageSize === 'number') return pageSize;
    if (pageSize !== undefined) return pageSize[0] + Math.floor(random() * (pageSize[1] - pageSize[0] + 1));
    // One long text area halves the page (recorded: 1,000 rows with Description).
    const most = /\bDescription\b[\s\S]*\bFROM\b/i.test(soql) ? 1000 : 2000;
    return Math.min(most, asked ?? most);
  };
}
