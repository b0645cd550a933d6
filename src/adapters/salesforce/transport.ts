import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Transport as JsforceTransport } from 'jsforce/lib/transport.js';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { AppError } from '../../domain/error.ts';
import { readTransportFailure } from './transport-failure.ts';
import type { CallKind } from './settings.ts';

/** What jsforce hands to its transport. */
export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** What jsforce expects back: header names in lower case, the whole body as text. */
export type HttpAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Exchange = {
  readonly kind: CallKind;
  /** Over the connection, the headers and the whole body. */
  readonly deadlineMs: number;
  /** Null for what must not be cut off on our side: a write, and a token request that others wait for. */
  readonly signal: AbortSignal | null;
};

export type Transport = {
  /** One request, one answer, whatever its status. Never repeats, never follows a redirect. @throws AppError */
  send(request: HttpRequest, exchange: Exchange): Promise<HttpAnswer>;
  /** Waits for what is in flight. */
  close(): Promise<void>;
};

export type TransportSettings = {
  readonly connectMs: number;
  readonly maxInFlight: number;
  /** Called once per request; the answer is null when none came whole. */
  readonly onExchange: (exchange: Exchange, answer: HttpAnswer | null, durationMs: number) => void;
};

const MAX_BODY_BYTES = 50 * 1024 * 1024;
const inflate = promisify(gunzip);

/**
 * HTTP/1.1 under jsforce, in place of its own transport, which repeats requests, has no deadline for a body, and
 * ends the process when a body breaks off (jsforce 3.10.26; forcedotcom/cli#3622 for HTTP/2).
 * `HTTPS_PROXY` and `NO_PROXY` are honoured.
 */
export function openTransport({ connectMs, maxInFlight, onExchange }: TransportSettings): Transport {
  const dispatcher = new EnvHttpProxyAgent({
    allowH2: false,
    connections: maxInFlight,
    connect: { timeout: connectMs },
    // The one deadline of an exchange is its signal.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function send(httpRequest: HttpRequest, exchange: Exchange): Promise<HttpAnswer> {
    const startedAt = performance.now();
    let answer: HttpAnswer | null = null;
    try {
      answer = await exchangeOnce(dispatcher, httpRequest, exchange);
      return answer;
    } catch (error) {
      throw readTransportFailure(error, httpRequest.url, exchange);
    } finally {
      onExchange(exchange, answer, performance.now() - startedAt);
    }
  }

  return { send, close: () => dispatcher.close() };
}

/**
 * Puts `send` under a jsforce object. The field is private by its name and public by its type; a test pins what
 * jsforce expects of it. The stream that must come with the promise is read by nobody.
 * @param send  gets the options that were given to `connection.request`
 */
export function putUnder(
  client: { _transport: JsforceTransport },
  send: (request: HttpRequest, options: unknown) => Promise<HttpAnswer>,
): void {
  const transport = {
    httpRequest: (httpRequest: HttpRequest, options: unknown) =>
      Object.assign(send(httpRequest, options), { stream: () => new PassThrough() }),
  };
  // oxlint-disable-next-line no-underscore-dangle
  client._transport = transport as unknown as JsforceTransport;
}

async function exchangeOnce(dispatcher: Dispatcher, sent: HttpRequest, exchange: Exchange): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(exchange.deadlineMs);
  const response = await request(sent.url, {
    dispatcher,
    method: sent.method,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'rolecall', ...sent.headers },
    body: typeof sent.body === 'string' ? sent.body : null,
    signal: exchange.signal === null ? deadline : AbortSignal.any([exchange.signal, deadline]),
  });
  const headers = flattenHeaders(response.headers);
  const bytes = await readBody(response.body);
  const isGzip = headers['content-encoding'] === 'gzip' && bytes.length > 0;
  const plain = isGzip ? await inflate(bytes, { maxOutputLength: MAX_BODY_BYTES }) : bytes;
  return { statusCode: response.statusCode, headers, body: plain.toString('utf8') };
}

async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): AppError {
  return new AppError({
    code: 'malformed-answer',
    recovery: 'retry',
    message: `the org's answer is larger than ${MAX_BODY_BYTES} bytes`,
  });
}

function flattenHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
