import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AppError } from '../domain/error.ts';

/** What keeps the daemon, or a part of it, from its work right now; empty when it is well. */
export type Health = { readonly ready: boolean; readonly problems: readonly string[] };

export type StatusPages = { readonly host: string; readonly port: number; close(): Promise<void> };

/**
 * `/health` (the process lives: always 200), `/ready` (200 or 503 with what is wrong), `/metrics` (Prometheus).
 * @param isPortFixed  false: when the port is taken, any free one serves
 * @throws AppError `http-port` (fix-config) when the address cannot be listened on.
 */
export async function serveStatusPages(
  address: { readonly host: string; readonly port: number; readonly isPortFixed: boolean },
  pages: { readonly health: () => Health; readonly metrics: () => Promise<string> },
): Promise<StatusPages> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/metrics') {
      pages.metrics().then(
        (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
        () => response.writeHead(503).end(),
      );
      return;
    }
    if (path !== '/health' && path !== '/ready') {
      response.writeHead(404).end();
      return;
    }
    const health = pages.health();
    const status = path === '/ready' && !health.ready ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(health));
  });
  await listen(server, address).catch((error: unknown) => {
    if (address.isPortFixed) throw error;
    return listen(server, { host: address.host, port: 0 });
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: address.host,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AppError({
          code: 'http-port',
          recovery: 'fix-config',
          message: `cannot listen on ${host}:${port} (HTTP_HOST, HTTP_PORT)`,
          mend: 'choose another port, or HTTP_PORT=0 for any free one',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}
