import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';

import type { FaultAction } from '../faults.ts';
import type { Answer } from './exchange.ts';

/** The whole body of a request as text, unpacked when it came packed. */
export async function readBodyText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const isPacked = incoming.headers['content-encoding'] === 'gzip';
  return (isPacked ? gunzipSync(whole) : whole).toString('utf8');
}

type Outgoing = {
  readonly answer: Answer;
  readonly date: number;
  /** `sforce-limit-info`, or null when this server does not tell. */
  readonly limitInfo: string | null;
  readonly acceptsGzip: boolean;
  readonly faults: readonly FaultAction[];
};

/** Sends an answer with the headers of Salesforce's edge; tells whether the client got all of it. */
export async function sendAnswer(response: ServerResponse, outgoing: Outgoing): Promise<boolean> {
  const { answer, acceptsGzip, faults } = outgoing;
  const text = textOf(answer.body);
  const isPacked = acceptsGzip && text.length > 150;
  const payload = isPacked ? gzipSync(text) : Buffer.from(text);
  response.sendDate = false;
  response.writeHead(answer.status, { ...headersOf(outgoing), ...(isPacked ? { 'content-encoding': 'gzip' } : {}) });
  const cut = faults.find(({ kind }) => kind === 'truncate' || kind === 'stall');
  if (cut?.kind === 'truncate' || cut?.kind === 'stall') {
    await new Promise((resolve) => response.write(payload.subarray(0, Math.max(1, cut.bytes)), resolve));
    if (cut.kind === 'truncate') response.socket?.resetAndDestroy();
    return false;
  }
  const drip = faults.find((fault) => fault.kind === 'drip');
  if (drip !== undefined) return await dripOut(response, payload, drip.bytes, drip.everyMillis);
  response.end(payload);
  return true;
}

async function dripOut(response: ServerResponse, payload: Buffer, bytes: number, millis: number): Promise<boolean> {
  for (let from = 0; from < payload.length; from += bytes) {
    if (response.destroyed) return false;
    response.write(payload.subarray(from, from + bytes));
    await new Promise((resolve) => setTimeout(resolve, millis));
  }
  response.end();
  return !response.destroyed;
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function headersOf({ answer, date, limitInfo }: Outgoing): Record<string, string | readonly string[]> {
  const requestId = randomBytes(16).toString('hex');
  const isHtml = typeof answer.body === 'string';
  const type = isHtml ? 'text/html;charset=UTF-8' : 'application/json;charset=UTF-8';
  return {
    date: new Date(date).toUTCString(),
    server: 'sfdcedge',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-sfdc-request-id': requestId,
    'x-request-id': requestId,
    'cache-control': 'no-cache,must-revalidate,max-age=0,no-store,private',
    'set-cookie': ['CookieConsentPolicy=0:1; path=/', `BrowserId=${requestId.slice(0, 22)}; path=/`],
    vary: 'Accept-Encoding',
    ...(limitInfo === null ? {} : { 'sforce-limit-info': limitInfo }),
    ...(answer.body === undefined ? {} : { 'content-type': type }),
    ...answer.headers,
  };
}
