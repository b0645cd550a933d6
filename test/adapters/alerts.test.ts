import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { createAlertStore } from '../../src/adapters/alerts/alert-store.ts';
import { createAlertOutbox, type AlertOutboxSettings } from '../../src/adapters/alerts/alert-outbox.ts';
import { deliverAlerts } from '../../src/adapters/alerts/deliver-alerts.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { createManualClock } from '../support/clock.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

const ALERT: Alert = { channel: 'leads', key: 'handoff:00Q:1', facts: { event: 'lead_assigned', lead_id: '00Q' } };
const OTHER: Alert = { ...ALERT, key: 'handoff:00R:1' };
const MESSAGE = { channel: 'leads', alerts: [ALERT], text: 'A new lead' };

/** A place that answers with these statuses in turn, the last one from then on. */
async function aPlace(...statuses: readonly number[]) {
  const bodies: unknown[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const status = statuses[Math.min(bodies.length, statuses.length - 1)]!;
      bodies.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
  return { bodies, url, [Symbol.dispose]: () => void server.close() };
}

/** Minutes pass in a fraction of a second here, for each outbox by itself. */
function open(fresh: FreshRedis, changes: Partial<AlertOutboxSettings>) {
  const sent: (readonly string[])[] = [];
  const watchers = new Set<() => void>();
  const outbox = createAlertOutbox({
    redis: { url: fresh.url, prefix: fresh.prefix },
    clock: createHurriedClock(200),
    addressOf: () => null,
    tell: (alerts) => alerts.map(({ key }) => key).join(' '),
    onSent: (_channel, alerts) => {
      sent.push(alerts.map(({ key }) => key));
      for (const look of watchers) look();
    },
    onHomeless: () => undefined,
    onUnsent: () => undefined,
    ...changes,
  });
  return {
    outbox,
    sent,
    /** Settles when so many messages are sent. */
    count: async (messages: number) => {
      const enough = Promise.withResolvers<void>();
      const look = (): void => {
        if (sent.length >= messages) enough.resolve();
      };
      watchers.add(look);
      look();
      await enough.promise;
      watchers.delete(look);
    },
  };
}

describe('a message', () => {
  it('goes to Slack as a text', async () => {
    using place = await aPlace(200);

    await deliverAlerts({ kind: 'slack', url: place.url }, MESSAGE);

    expect(place.bodies).toEqual([{ text: 'A new lead' }]);
  });

  it('goes to a webhook with the facts of each alert, and a key that it has whenever it is sent', async () => {
    using place = await aPlace(204);
    const message = { ...MESSAGE, alerts: [ALERT, OTHER] };

    for (const each of [message, message, MESSAGE]) await deliverAlerts({ kind: 'webhook', url: place.url }, each);

    const facts = { event: 'lead_assigned', lead_id: '00Q' };
    const alerts = [ALERT, OTHER].map(({ key }) => ({ key, ...facts }));
    expect(place.bodies[0]).toEqual({ alert: 'leads', key: expect.any(String), text: 'A new lead', alerts });
    const keys = place.bodies.map((body) => (body as { readonly key: string }).key);
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
  });

  it.each([
    ['is refused', 500, 'the slack of the alert "leads" answered 500'],
    ['is sent elsewhere', 302, 'the slack of the alert "leads" answered 302'],
  ])('that %s fails without telling the URL', async (_what, status, message) => {
    using place = await aPlace(status);

    const sending = deliverAlerts({ kind: 'slack', url: place.url }, MESSAGE);

    await expect(sending).rejects.toMatchObject({ code: 'alert-refused', recovery: 'retry', message });
  });

  it('that nobody takes fails without telling the URL', async () => {
    const sending = deliverAlerts({ kind: 'slack', url: 'http://127.0.0.1:9/secret-path' }, MESSAGE);

    await expect(sending).rejects.toMatchObject({ message: expect.not.stringContaining('secret-path') });
  });
});

describe('the outbox of alerts', () => {
  it('sends those of one minute as one, each key once, and again until they are taken (S15)', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(503, 200);
    const { outbox, count } = open(fresh, { addressOf: () => ({ kind: 'slack', url: place.url }) });
    await outbox.post([ALERT]);
    await outbox.post([ALERT, OTHER, ALERT]);
    expect(await outbox.waiting()).toBe(2);

    outbox.start();
    await count(1);
    await outbox.post([ALERT]);
    await outbox.flush(1_000);
    await outbox.close();

    const message = { text: `${ALERT.key} ${OTHER.key}` };
    expect(place.bodies).toEqual([message, message]);
  });

  it('sends what comes in another minute, or to another channel, by itself', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(200);
    const { outbox, sent, count } = open(fresh, { addressOf: () => ({ kind: 'slack', url: place.url }) });

    outbox.start();
    await outbox.post([ALERT, { ...ALERT, channel: 'revops' }]);
    await count(2);
    await outbox.post([OTHER]);
    await count(3);
    await outbox.close();

    expect(sent).toEqual([[ALERT.key], [ALERT.key], [OTHER.key]]);
  });

  it('of two processes one sends, and the other what one that was stopped has left', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(200);
    const address = { addressOf: () => ({ kind: 'slack', url: place.url }) as const };
    const stopped = open(fresh, address);
    await stopped.outbox.post([ALERT]);
    await stopped.outbox.close();
    const [one, other] = [open(fresh, address), open(fresh, address)];

    one.outbox.start();
    other.outbox.start();
    await Promise.race([one.count(1), other.count(1)]);
    await Promise.all([one.outbox.close(), other.outbox.close()]);

    expect(place.bodies).toEqual([{ text: ALERT.key }]);
  });

  it('a batch whose sender died is sent by another when the claim is over; who comes late strikes nothing off', async () => {
    await using fresh = await freshRedis();
    const { redis, prefix } = fresh;
    const clock = createManualClock();
    const [first, second] = [createAlertStore(redis, prefix, clock), createAlertStore(redis, prefix, clock)];
    await first.add('leads', [ALERT]);
    const claimed = await first.claim(true);
    expect([await second.claim(true), claimed?.tries]).toEqual([null, 1]);

    await clock.advance(90_000);
    const taken = await second.claim(false);
    await first.add('leads', [OTHER]);
    await first.finish(claimed!);

    expect(taken).toMatchObject({ alerts: [ALERT], tries: 2 });
    expect(await second.waiting()).toBe(2);
    await second.finish(taken!);
    expect(await second.waiting()).toBe(1);
  });

  it('keeps what is posted to a batch while it is being sent', async () => {
    await using fresh = await freshRedis();
    const clock = createManualClock();
    const store = createAlertStore(fresh.redis, fresh.prefix, clock);
    await store.add('leads', [ALERT]);
    const sent = await store.claim(true);
    await store.add('leads', [OTHER]);
    await store.finish(sent!);

    await clock.advance(60_000);

    expect(await store.claim(false)).toMatchObject({ alerts: [OTHER], tries: 1 });
  });

  it('gives a message up after ten attempts', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(500);
    const given = Promise.withResolvers<unknown>();
    const { outbox } = open(fresh, {
      addressOf: () => ({ kind: 'slack', url: place.url }),
      onUnsent: (channel, alerts, reason) => given.resolve([channel, alerts, reason]),
    });
    await outbox.post([ALERT]);

    outbox.start();

    expect(await given.promise).toEqual(['leads', [ALERT], 'the slack of the alert "leads" answered 500']);
    await outbox.close();
    expect(place.bodies).toHaveLength(10);
    expect(await fresh.redis.zcard(`${fresh.prefix}:alerts:due`)).toBe(0);
  });

  it('tells how something stands when it changes, and not that it is well before it was not', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(200);
    const { outbox, sent } = open(fresh, { addressOf: () => ({ kind: 'slack', url: place.url }) });
    const stands = (trouble: string | null) =>
      outbox.tell({ channel: 'leads', subject: 'org', trouble, facts: { event: trouble ?? 'well' } });

    for (const trouble of [null, 'away', 'away', 'shut', null, null, 'away']) await stands(trouble);
    await outbox.flush(1_000);
    await outbox.close();

    const told = sent.flat().map((key) => key.split(':').slice(0, 2).join(':'));
    expect(told).toEqual(['org:away', 'org:shut', 'org:well', 'org:away']);
  });

  it('keeps nothing for a channel without a URL', async () => {
    await using fresh = await freshRedis();
    const homeless: string[] = [];
    const { outbox } = open(fresh, { onHomeless: (channel) => homeless.push(channel) });

    await outbox.post([ALERT]);
    await outbox.close();

    expect(homeless).toEqual(['leads']);
    expect(await fresh.redis.keys(`${fresh.prefix}:alerts:*`)).toEqual([]);
  });
});
