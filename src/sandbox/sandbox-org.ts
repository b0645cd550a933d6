import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { ApiLimits } from './api-limits.ts';
import { baseRecords, baseUsers } from './base-data.ts';
import type { SeedRecord } from './base-data.ts';
import { Cursors } from './cursors.ts';
import { Faults } from './faults.ts';
import type { ApiCall } from './http/api-call.ts';
import { createOrgServer } from './http/org-server.ts';
import type { Hooks } from './http/org-server.ts';
import { loadRecords } from './loading.ts';
import { OAuth } from './oauth.ts';
import type { ConnectedApp } from './oauth.ts';
import { accessOrg } from './org-access.ts';
import type { OrgAccess } from './org-access.ts';
import { OrgClock } from './org-clock.ts';
import { actAs } from './person.ts';
import { makeRandom } from './random.ts';
import { makeIdSource, toLongId } from './record-ids.ts';
import { RequestLog } from './request-log.ts';
import { sandboxSchema } from './schema/sandbox-schema.ts';
import { Sessions } from './sessions.ts';
import { Store } from './store.ts';
import { Transactions } from './transactions.ts';
import type { World } from './world.ts';

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
  const world = makeWorld(options);
  const { username = API_USERNAME, versions = VERSIONS, dailyLimit = 15_000, sessionSeconds = 7200 } = options;
  const { userId, adminId } = populate(world, options.records ?? [], username);
  const org = accessOrg(world, actAs(world, adminId));
  const sessions = new Sessions(world.clock, world.organizationId, sessionSeconds);
  const oauth = new OAuth(world, sessions, makeApp(username));
  const limits = new ApiLimits(world.clock, world.random, dailyLimit);
  const cursors = new Cursors(() => world.clock.now(), world.random);
  const [faults, log, hooks] = [new Faults(), new RequestLog(), { onRequest: null, afterCommit: null } satisfies Hooks];
  const pageSize = pageSizer(options, world.random);
  const server = createOrgServer({ world, sessions, oauth, limits, cursors, faults, log, hooks, versions, pageSize });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    organizationId: world.organizationId,
    clientId: oauth.app.clientId,
    clientSecret: oauth.app.clientSecret,
    privateKeyPem: keyPair().privateKey,
    refreshToken: oauth.issueRefreshToken(userId),
    username,
    userId,
    org,
    limits,
    faults,
    log,
    hooks,
    clock: world.clock,
    app: oauth.app,
    expireSessions: () => sessions.endAll(),
    expireCursors: () => cursors.expireAll(),
    revokeTokens() {
      sessions.endAll();
      oauth.revokeRefreshTokens();
    },
    issueRefreshToken: () => oauth.issueRefreshToken(userId),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function makeWorld({ frozenAt, seed = 1 }: SandboxOrgOptions): World {
  const clock = new OrgClock();
  if (frozenAt !== undefined) clock.freeze(frozenAt);
  const random = makeRandom(seed);
  const schema = sandboxSchema();
  const store = new Store(schema);
  return {
    organizationId: toLongId('00DbX0000000001'),
    clock,
    random,
    schema,
    store,
    ids: makeIdSource(random),
    transactions: new Transactions(store, clock),
    setup: {
      leadAssignment: null,
      rules: [],
      flows: [],
      deleteLogStart: null,
      hidden: new Set(),
      unshared: new Set(),
    },
  };
}

function populate(
  world: World,
  records: readonly SeedRecord[],
  username: string,
): { readonly userId: string; readonly adminId: string } {
  const automatedProcess = toLongId('005bX0000000000');
  loadRecords(world, records.filter(isUser), automatedProcess);
  loadRecords(world, baseUsers(world, username), automatedProcess);
  const users = [...world.store.rows('User')].map((row) => row.record);
  const user = users.find((one) => one['Username'] === username);
  const admin = users.find((one) => one['IsActive'] !== false && one !== user);
  const [userId, adminId] = [String(user?.['Id']), String(admin?.['Id'])];
  loadRecords(
    world,
    records.filter((record) => !isUser(record)),
    adminId,
  );
  loadRecords(world, baseRecords(world), adminId);
  return { userId, adminId };
}

function isUser({ object }: SeedRecord): boolean {
  return object === 'User';
}

function makeApp(username: string): ConnectedApp {
  return {
    clientId: `3MVG9${randomBytes(40).toString('base64url')}`,
    clientSecret: randomBytes(32).toString('hex').toUpperCase(),
    publicKey: createPublicKey(keyPair().publicKey),
    audiences: ['https://login.salesforce.com'],
    runAsUsername: username,
    approvedUsernames: null,
    isRotating: true,
    loginsPerHour: 3600,
    tokenMillis: 0,
  };
}

type KeyPair = { readonly privateKey: string; readonly publicKey: string };
let knownKeyPair: KeyPair | null = null;

/** One key pair per process: making one takes longer than starting an org. */
function keyPair(): KeyPair {
  knownKeyPair ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return knownKeyPair;
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
