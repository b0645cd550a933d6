import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { connectSalesforce } from '../../../src/adapters/salesforce/connect-salesforce.ts';
import type { SalesforceSettings } from '../../../src/adapters/salesforce/settings.ts';

export type OddRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** What a test lets the org answer: JSON by default, or something that a network does to an answer. */
export type OddAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly isGzip?: boolean;
  readonly fault?: 'reset' | 'hang' | 'stall in the body' | 'cut in the body';
};

export type OddOrg = {
  readonly url: string;
  /** Without the token requests. */
  readonly requests: OddRequest[];
  tokensGranted(): number;
  /** Requests at the same time, at most. */
  mostInFlight(): number;
  close(): Promise<void>;
};

/** An org over HTTP that grants tokens and answers everything else as the test says. */
export async function startOddOrg(
  answer: (request: OddRequest, serial: number) => OddAnswer,
  grant: (serial: number) => OddAnswer = () => ({}),
): Promise<OddOrg> {
  const requests: OddRequest[] = [];
  let granted = 0;
  let inFlight = 0;
  let most = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    inFlight += 1;
    most = Math.max(most, inFlight);
    response.on('close', () => {
      inFlight -= 1;
    });
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = incoming.url ?? '';
      const request = {
        method: incoming.method ?? '',
        path,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      };
      if (path === '/services/oauth2/token') {
        granted += 1;
        reply(response, { json: tokenOf(url, granted), ...grant(granted) });
        return;
      }
      requests.push(request);
      const serial = requests.length;
      // Later, so that requests on other connections can come in meanwhile.
      setImmediate(() => reply(response, answer(request, serial)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    requests,
    tokensGranted: () => granted,
    mostInFlight: () => most,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The adapter at an org, by client credentials, with deadlines that a test can wait for. */
export function anAdapter(loginUrl: string, settings: Partial<SalesforceSettings> = {}) {
  return connectSalesforce({
    loginUrl,
    flow: { kind: 'client-credentials', clientId: 'rolecall', clientSecret: 'a secret' },
    apiVersion: '66.0',
    rotatedTokens: { load: async () => null, save: async () => undefined },
    deadlines: { connectMs: 1_000, tokenMs: 1_000, readMs: 1_000, writeMs: 1_000 },
    ...settings,
  });
}

function tokenOf(url: string, serial: number): unknown {
  return {
    access_token: `00D000000000001!token-${serial}`,
    instance_url: url,
    id: `${url}/id/00D000000000001EAA/005000000000001`,
    token_type: 'Bearer',
  };
}

function reply(response: ServerResponse, answer: OddAnswer): void {
  const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  if (answer.fault === 'hang') return;
  if (answer.fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const bytes = answer.isGzip ? gzipSync(text) : Buffer.from(text);
  const isPartial = answer.fault !== undefined;
  response.writeHead(answer.status ?? 200, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': bytes.length + (isPartial ? 100 : 0),
    ...(answer.isGzip ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  });
  response.write(bytes);
  if (answer.fault === 'stall in the body') return;
  if (answer.fault === 'cut in the body') response.socket?.end();
  else response.end();
}
