import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody who takes the messages of a channel over HTTP. Dispose it. */
export type AlertPlace = AsyncDisposable & {
  readonly url: string;
  /** The text of every message taken, in order. */
  readonly texts: readonly string[];
  /** Settles when so many messages are taken. */
  readonly count: (messages: number) => Promise<void>;
};

/** @param refusals  how many messages are refused before the first is taken */
export async function startAlertPlace(refusals = 0): Promise<AlertPlace> {
  const texts: string[] = [];
  const watchers = new Set<() => void>();
  let refused = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isRefused = refused++ < refusals;
      if (!isRefused) texts.push((JSON.parse(Buffer.concat(parts).toString()) as { readonly text: string }).text);
      response.writeHead(isRefused ? 503 : 200).end();
      for (const look of watchers) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    texts,
    count: async (messages) => {
      const enough = Promise.withResolvers<void>();
      const look = (): void => {
        if (texts.length >= messages) enough.resolve();
      };
      watchers.add(look);
      look();
      await enough.promise;
      watchers.delete(look);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
