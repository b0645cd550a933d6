import { describe, expect, test } from 'vitest';

import type { FaultAction } from '../../src/sandbox/faults.ts';
import { maintenancePage, shortResults } from '../../src/sandbox/faults.ts';
import { NOON, requestToken, signIn, withOrg } from './sandbox-client.ts';

const LEAD = { LastName: 'Lovelace', Company: 'Engines Ltd' };

describe('a fault', () => {
  test('meets the requests it is meant for, as often as it is meant to, and says how often', async () => {
    await withOrg({}, async (sandbox, client) => {
      const when = { method: 'GET', path: /\/limits$/ };
      const fault = sandbox.faults.add({ when, skip: 1, times: 2, do: { kind: 'answer', status: 503 } });
      const statuses: number[] = [];
      for (let call = 0; call < 5; call++) statuses.push((await client.get('/limits')).status);
      const other = await client.get('/sobjects');

      expect(statuses).toEqual([200, 503, 503, 200, 200]);
      expect(other.status).toBe(200);
      expect(fault.fired()).toBe(2);
    });
  });

  test('is over when it is switched off', async () => {
    await withOrg({}, async (sandbox, client) => {
      const fault = sandbox.faults.add({ when: { kind: 'limits' }, do: maintenancePage(503) });
      const first = await client.get('/limits');
      fault.off();

      expect(first.headers.get('content-type')).toBe('text/html;charset=UTF-8');
      expect(first.body).toContain('<html>');
      expect((await client.get('/limits')).status).toBe(200);
    });
  });

  test('chooses by what the body says', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.faults.add({ when: { body: 'Byron' }, do: { kind: 'answer', status: 500, body: '' } });

      const met = await client.send('POST', '/sobjects/Lead', { ...LEAD, LastName: 'Byron' });
      const spared = await client.send('POST', '/sobjects/Lead', LEAD);

      expect([met.status, spared.status]).toEqual([500, 201]);
    });
  });
});

describe('an answer that is lost', () => {
  test.each([
    { name: 'reset before the work', action: { kind: 'reset', at: 'before-commit' }, written: 0 },
    { name: 'reset after the work', action: { kind: 'reset', at: 'after-commit' }, written: 1 },
    { name: 'cut in the middle', action: { kind: 'truncate', bytes: 20 }, written: 1 },
  ] satisfies readonly { name: string; action: FaultAction; written: number }[])(
    'is an error to the client, $name, and $written written (XE19)',
    async ({ action, written }) => {
      await withOrg({}, async (sandbox, client) => {
        sandbox.faults.add({ when: { method: 'POST' }, do: action });

        await expect(client.send('POST', '/sobjects/Lead', LEAD)).rejects.toThrow(/fetch failed|terminated/);

        expect(sandbox.org.all('Lead')).toHaveLength(written);
        const entry = sandbox.log.entries.at(-1);
        expect(entry).toMatchObject({ method: 'POST', isCut: true });
        expect(entry?.changes).toHaveLength(written);
      });
    },
  );

  test.each([
    { name: 'never comes', action: { kind: 'hang', at: 'before-commit' }, written: 0 },
    { name: 'never comes though the work is done', action: { kind: 'hang', at: 'after-commit' }, written: 1 },
    { name: 'stops in the middle', action: { kind: 'stall', bytes: 10 }, written: 1 },
  ] satisfies readonly { name: string; action: FaultAction; written: number }[])(
    'that $name lets the client wait',
    async ({ action, written }) => {
      await withOrg({}, async (sandbox) => {
        const token = await tokenOf(sandbox);
        sandbox.faults.add({ when: { method: 'POST', kind: 'record' }, do: action });
        const over = sandbox.log.next(({ kind }) => kind === 'record');
        const stop = new AbortController();
        const pending = fetch(`${sandbox.url}/services/data/v66.0/sobjects/Lead`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(LEAD),
          signal: stop.signal,
        }).then((response) => response.text());
        await over;
        stop.abort();

        await expect(pending).rejects.toThrow('aborted');
        expect(sandbox.org.all('Lead')).toHaveLength(written);
      });
    },
  );

  test('comes in drops and is whole in the end', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.faults.add({ when: { kind: 'limits' }, do: { kind: 'drip', bytes: 50, everyMillis: 1 } });

      expect((await client.get('/limits')).body.DailyApiRequests.Max).toBe(15_000);
    });
  });
});

describe('an answer that is not what it should be', () => {
  test('is HTML with status 200 though the work is done', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.faults.add({
        when: { method: 'POST' },
        do: { kind: 'answer-after-commit', status: 200, body: '<html></html>' },
      });

      const { status, body } = await client.send('POST', '/sobjects/Lead', LEAD);

      expect({ status, body }).toEqual({ status: 200, body: '<html></html>' });
      expect(sandbox.org.all('Lead')).toHaveLength(1);
    });
  });

  test('lacks the last rows of its results', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.faults.add({ when: { kind: 'collection' }, do: shortResults(1) });
      const records = [1, 2].map(() => ({ attributes: { type: 'Lead' }, ...LEAD }));

      const { body } = await client.send('POST', '/composite/sobjects', { records });

      expect(body).toHaveLength(1);
      expect(sandbox.org.all('Lead')).toHaveLength(2);
    });
  });

  test('says that single rows are locked, and leaves them unwritten', async () => {
    await withOrg({}, async (sandbox, client) => {
      const action: FaultAction = {
        kind: 'refuse-rows',
        code: 'UNABLE_TO_LOCK_ROW',
        message: 'unable to obtain exclusive access to this record',
        where: ({ LastName }, index) => LastName === 'Byron' && index === 1,
      };
      sandbox.faults.add({ when: { kind: 'collection' }, do: action });
      const records = ['Byron', 'Byron'].map((LastName) => ({ attributes: { type: 'Lead' }, ...LEAD, LastName }));

      const { body } = await client.send('POST', '/composite/sobjects', { records });

      expect(body[0].success).toBe(true);
      expect(body[1].errors[0].statusCode).toBe('UNABLE_TO_LOCK_ROW');
      expect(sandbox.org.all('Lead')).toHaveLength(1);
    });
  });

  test.each([
    { kind: 'expire-session', status: 401, message: 'Session expired or invalid' },
    { kind: 'daily-limit', status: 403, message: 'TotalRequests Limit exceeded.' },
    { kind: 'concurrent-limit', status: 403, message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' },
  ] as const)('is $message by $kind', async ({ kind, status, message }) => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.faults.add({ when: { kind: 'limits' }, times: 1, do: { kind } });

      const reply = await client.get('/limits');

      expect(reply.status).toBe(status);
      expect(reply.body[0].message).toBe(message);
    });
  });

  test('is an array from the token endpoint when the day is used up', async () => {
    await withOrg({}, async (sandbox) => {
      sandbox.faults.add({ when: { kind: 'token' }, do: { kind: 'daily-limit' } });

      const response = await fetch(`${sandbox.url}/services/oauth2/token`, { method: 'POST' });

      expect(response.status).toBe(403);
      expect(await response.json()).toEqual([
        { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' },
      ]);
    });
  });
});

describe('the hooks', () => {
  test('let somebody change a record between two calls of the client', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      sandbox.hooks.onRequest = ({ method }) => {
        if (method === 'PATCH') sandbox.org.admin.convertLead(lead);
      };

      const { body } = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: 'x' });

      expect(body[0].errorCode).toBe('CANNOT_UPDATE_CONVERTED_LEAD');
    });
  });

  test('see what was committed before the client does', async () => {
    await withOrg({}, async (sandbox, client) => {
      const seen: unknown[] = [];
      sandbox.hooks.afterCommit = ({ changes }) => void seen.push(...changes.map(({ object }) => object));

      await client.send('POST', '/sobjects/Lead', LEAD);

      expect(seen).toEqual(['Lead']);
    });
  });
});

describe('the allocation of calls', () => {
  test('is told in most answers, a little behind, and refuses when it is used up (XE14)', async () => {
    await withOrg({ dailyLimit: 50 }, async (sandbox, client) => {
      const told: number[] = [];
      for (let call = 0; call < 50; call++) {
        const header = (await client.get('/sobjects')).headers.get('sforce-limit-info');
        const [, used] = /^api-usage=(\d+)\/50$/.exec(header ?? '') ?? [];
        if (used !== undefined) told.push(Number(used));
      }
      const refused = await client.get('/sobjects');
      sandbox.clock.advance(25 * 3600);
      const tomorrow = await (await signIn(sandbox)).get('/sobjects');

      expect(told.length).toBeGreaterThan(30);
      expect(told.length).toBeLessThan(50);
      expect(told).not.toEqual(told.toSorted((a, b) => a - b));
      expect(refused).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
      expect(tomorrow.status).toBe(200);
    });
  });

  test('is spent by other apps as well', async () => {
    await withOrg({ dailyLimit: 1000 }, async (sandbox, client) => {
      sandbox.limits.setUsed(900);

      const { body } = await client.get('/limits');

      expect(body.DailyApiRequests).toEqual({ Max: 1000, Remaining: 99 });
    });
  });

  test('costs nothing for tokens and the list of versions', async () => {
    await withOrg({}, async (sandbox, client) => {
      await client.get('/services/data/');
      await client.get('/limits');

      expect(sandbox.log.count()).toBe(1);
      expect(sandbox.log.count('versions')).toBe(1);
      expect(sandbox.limits.used()).toBe(1);
    });
  });

  test('refuses further calls while too many run long', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.limits.concurrent = 1;
      sandbox.limits.longRequestMillis = 1;
      sandbox.faults.add({ when: { kind: 'describe' }, do: { kind: 'hang', at: 'before-commit' } });
      const over = sandbox.log.next(({ kind }) => kind === 'describe');
      const stop = new AbortController();
      const long = fetch(`${sandbox.url}/services/data/v66.0/sobjects`, { signal: stop.signal });
      await over;
      sandbox.limits.longRequestMillis = 20_000;
      const statusOfNext = async (): Promise<number> => (await client.get('/limits')).status;

      await expect.poll(statusOfNext).toBe(403);
      stop.abort();
      await expect(long).rejects.toThrow('aborted');
      await expect.poll(statusOfNext).toBe(200);
    });
  });
});

test('answers are packed when the client takes packed ones', async () => {
  await withOrg({}, async (sandbox) => {
    const token = await tokenOf(sandbox);
    const read = async (encoding: string): Promise<Response> =>
      await fetch(`${sandbox.url}/services/data/v66.0/sobjects`, {
        headers: { authorization: `Bearer ${token}`, 'accept-encoding': encoding },
      });

    const [packed, plain] = [await read('gzip'), await read('identity')];

    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.json()).toEqual(await plain.json());
  });
});

test('the log keeps what was asked and what it changed', async () => {
  await withOrg({}, async (sandbox, client) => {
    const lead = sandbox.org.admin.insert('Lead', LEAD);
    await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: 'Countess' }, { 'sforce-auto-assign': 'FALSE' });

    expect(sandbox.log.entries.at(-1)).toMatchObject({
      kind: 'record',
      method: 'PATCH',
      path: `/services/data/v66.0/sobjects/Lead/${lead}`,
      headers: { 'sforce-auto-assign': 'FALSE' },
      body: { Title: 'Countess' },
      status: 204,
      isCut: false,
      receivedAt: NOON,
      committedAt: NOON,
      changes: [{ object: 'Lead', id: lead, before: { LastName: 'Lovelace' }, after: { Title: 'Countess' } }],
    });
  });
});

test('the log knows how many requests were under way at once', async () => {
  await withOrg({}, async (sandbox, client) => {
    const third = Promise.withResolvers<void>();
    sandbox.hooks.onRequest = () => {
      if (sandbox.log.count('limits') === 3) third.resolve();
      return third.promise;
    };

    await Promise.all([client.get('/limits'), client.get('/limits'), client.get('/limits')]);

    expect(sandbox.log.mostAtOnce).toBe(3);
    expect(sandbox.log.entries.every(({ arrivedAt, leftAt }) => leftAt !== null && leftAt >= arrivedAt)).toBe(true);
  });
});

async function tokenOf(sandbox: Parameters<typeof signIn>[0]): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: sandbox.clientId, client_secret: sandbox.clientSecret };
  return (await requestToken(sandbox, form)).body.access_token;
}
