import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { deliverAlert } from '../../src/adapters/alerts/deliver-alert.ts';
import { createAlertOutbox, type AlertOutboxSettings } from '../../src/adapters/alerts/alert-outbox.ts';
import type { Alert } from '../../src/ports.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

const ALERT: Alert = { channel: 'leads', key: 'handoff:00Q:1', facts: { event: 'lead_assigned', lead_id: '00Q' } };

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

function open(fresh: FreshRedis, changes: Partial<AlertOutboxSettings>) {
  const sent = Promise.withResolvers<Alert>();
  const outbox = createAlertOutbox({
    redis: { url: fresh.url, prefix: fresh.prefix },
    addressOf: () => null,
    tell: ({ key }) => key,
    onSent: sent.resolve,
    onHomeless: () => undefined,
    onUnsent: () => undefined,
    ...changes,
  });
  return { outbox, sent: sent.promise };
}

describe('an alert', () => {
  it('goes to Slack as a text', async () => {
    using place = await aPlace(200);

    await deliverAlert({ kind: 'slack', url: place.url }, ALERT, 'A new lead');

    expect(place.bodies).toEqual([{ text: 'A new lead' }]);
  });

  it('goes to a webhook with its facts', async () => {
    using place = await aPlace(204);

    await deliverAlert({ kind: 'webhook', url: place.url }, ALERT, 'A new lead');

    expect(place.bodies).toEqual([
      { alert: 'leads', key: 'handoff:00Q:1', text: 'A new lead', event: 'lead_assigned', lead_id: '00Q' },
    ]);
  });

  it.each([
    ['is refused', 500, 'the slack of the alert "leads" answered 500'],
    ['is sent elsewhere', 302, 'the slack of the alert "leads" answered 302'],
  ])('that %s fails without telling the URL', async (_what, status, message) => {
    using place = await aPlace(status);

    const sending = deliverAlert({ kind: 'slack', url: place.url }, ALERT, 'A new lead');

    await expect(sending).rejects.toMatchObject({ code: 'alert-refused', recovery: 'retry', message });
  });

  it('that nobody takes fails without telling the URL', async () => {
    const sending = deliverAlert({ kind: 'slack', url: 'http://127.0.0.1:9/secret-path' }, ALERT, 'A new lead');

    await expect(sending).rejects.toMatchObject({ message: expect.not.stringContaining('secret-path') });
  });
});

describe('the outbox of alerts', () => {
  it('sends each key once, however often it is posted, and again until it is taken', async () => {
    await using fresh = await freshRedis();
    using place = await aPlace(503, 200);
    const { outbox, sent } = open(fresh, { addressOf: () => ({ kind: 'slack', url: place.url }) });
    await outbox.post([ALERT]);
    await outbox.post([ALERT, ALERT]);

    outbox.start();
    await sent;
    await outbox.post([ALERT]);
    await outbox.drain(1_000);
    await outbox.close();

    expect(place.bodies).toEqual([{ text: ALERT.key }, { text: ALERT.key }]);
  });

  it('keeps nothing for a channel without a URL', async () => {
    await using fresh = await freshRedis();
    const homeless: Alert[] = [];
    const { outbox } = open(fresh, { onHomeless: (alert) => homeless.push(alert) });

    await outbox.post([ALERT]);
    await outbox.close();

    expect(homeless).toEqual([ALERT]);
    const keys = await fresh.redis.keys(`${fresh.prefix}:queue:alert:*`);
    expect(keys.filter((key) => /:[0-9a-f]{64}$/.test(key))).toEqual([]);
  });
});
