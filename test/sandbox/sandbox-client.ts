import { createSign } from 'node:crypto';

import { startSandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { SandboxOrg, SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  // Bodies are read in the tests as what they expect.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
};

export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  query(soql: string): Promise<Reply>;
};

/** Midday of a Tuesday: the day of most tests. */
export const NOON = Date.UTC(2026, 4, 5, 12, 0, 0);

/** Runs a test against an org whose clock stands at noon, and closes it afterwards. */
export async function withOrg(
  options: SandboxOrgOptions,
  test: (sandbox: SandboxOrg, client: Client) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandboxOrg({ frozenAt: NOON, ...options });
  try {
    await test(sandbox, await signIn(sandbox));
  } finally {
    await sandbox.close();
  }
}

/** A client of the REST API at version 66.0, signed in by client credentials. */
export async function signIn(sandbox: SandboxOrg): Promise<Client> {
  const { body } = await requestToken(sandbox, {
    grant_type: 'client_credentials',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
  });
  return clientWith(sandbox, body.access_token);
}

export function clientWith(sandbox: SandboxOrg, token: string): Client {
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const isWhole = path.startsWith('/services') || path.startsWith('/id');
    const response = await fetch(`${sandbox.url}${isWhole ? '' : '/services/data/v66.0'}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return await readReply(response);
  };
  return {
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    query: (soql) => send('GET', `/query?q=${encodeURIComponent(soql)}`),
  };
}

export async function requestToken(sandbox: SandboxOrg, form: Record<string, string>): Promise<Reply> {
  return await readReply(
    await fetch(`${sandbox.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) }),
  );
}

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A signed assertion; the claims given replace the right ones. */
export function assertionFor(
  sandbox: SandboxOrg,
  claims: Record<string, unknown> = {},
  privateKeyPem?: string,
): string {
  const right = {
    iss: sandbox.clientId,
    sub: sandbox.username,
    aud: 'https://login.salesforce.com',
    exp: Math.floor(sandbox.clock.now() / 1000) + 120,
  };
  const parts = [{ alg: 'RS256' }, { ...right, ...claims }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = parts.join('.');
  const signature = createSign('RSA-SHA256')
    .update(signed)
    .sign(privateKeyPem ?? sandbox.privateKeyPem, 'base64url');
  return `${signed}.${signature}`;
}
