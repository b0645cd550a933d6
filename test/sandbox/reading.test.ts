import { describe, expect, test } from 'vitest';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { Client, Reply } from './sandbox-client.ts';
import { NOON, signIn, withOrg } from './sandbox-client.ts';

const ORDERED = 'SELECT Id FROM Lead ORDER BY SystemModstamp, Id';

describe('a query of many rows', () => {
  test('pages by 2,000 and tells its size on every page', async () => {
    await withOrg({}, async (sandbox, client) => {
      const ids = leads(sandbox, 4100);

      const pages = await readPages(client, ORDERED);

      expect(pages.map(({ body }) => body.records.length)).toEqual([2000, 2000, 100]);
      expect(pages.map(({ body }) => body.totalSize)).toEqual([4100, 4100, 4100]);
      expect(pages[0]!.body.nextRecordsUrl).toMatch(/^\/services\/data\/v66\.0\/query\/0r8\w+-2000$/);
      expect(pages[2]!.body).not.toHaveProperty('nextRecordsUrl');
      expect(idsOf(pages)).toEqual(ids.toSorted());
    });
  });

  test('pages by 1,000 when a long text is among the fields', async () => {
    await withOrg({}, async (sandbox, client) => {
      leads(sandbox, 1500);

      const { body } = await client.query('SELECT Id, Description FROM Lead');

      expect(body.records).toHaveLength(1000);
    });
  });

  test('minds Sforce-Query-Options between 200 and 2,000', async () => {
    await withOrg({}, async (sandbox, client) => {
      leads(sandbox, 600);
      const sizes: number[] = [];
      for (const size of ['250', '10']) {
        const headers = { 'sforce-query-options': `batchSize=${size}` };
        sizes.push((await client.get(`/query?q=${ORDERED.replaceAll(' ', '+')}`, headers)).body.records.length);
      }

      expect(sizes).toEqual([250, 200]);
    });
  });

  test.each([{ pageSize: 1 }, { pageSize: [1, 50] as const }])(
    'gives each row once with pages of $pageSize',
    async (options) => {
      await withOrg(options, async (sandbox, client) => {
        const ids = leads(sandbox, 75);

        expect(idsOf(await readPages(client, ORDERED))).toEqual(ids.toSorted());
      });
    },
  );

  test('shows what changed and loses what vanished between two pages', async () => {
    await withOrg({ pageSize: 2 }, async (sandbox, client) => {
      const [, , third = '', fourth = ''] = leads(sandbox, 4).toSorted();
      const { body } = await client.query('SELECT Id, Title FROM Lead ORDER BY Id');
      sandbox.org.admin.delete(third);
      sandbox.org.admin.update(fourth, { Title: 'new' });

      const next = await client.get(body.nextRecordsUrl);

      expect(next.body).toMatchObject({ totalSize: 4, done: true, records: [{ Id: fourth, Title: 'new' }] });
      expect(next.body.records).toHaveLength(1);
    });
  });

  test.each([
    { name: 'it expired', spoil: (sandbox: SandboxOrg) => sandbox.expireCursors() },
    { name: 'it is two days old', spoil: (sandbox: SandboxOrg) => sandbox.clock.advance(2 * 86_400) },
  ])('is over when $name', async ({ spoil }) => {
    await withOrg({ pageSize: 2, sessionSeconds: 9e6 }, async (sandbox, client) => {
      leads(sandbox, 3);
      const { body } = await client.query(ORDERED);
      spoil(sandbox);

      const next = await client.get(body.nextRecordsUrl);

      expect(next.status).toBe(400);
      expect(next.body).toEqual([{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }]);
    });
  });

  test('belongs to the user who asked', async () => {
    await withOrg({ pageSize: 2 }, async (sandbox, client) => {
      leads(sandbox, 3);
      const { body } = await client.query(ORDERED);
      sandbox.app.runAsUsername = 'admin@sandbox.example';
      const other = await signIn(sandbox);

      expect((await other.get(body.nextRecordsUrl)).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
    });
  });

  test('of queryAll goes on at query', async () => {
    await withOrg({ pageSize: 2 }, async (sandbox, client) => {
      const [first = ''] = leads(sandbox, 3);
      sandbox.org.admin.delete(first);

      const { body } = await client.get(`/queryAll?q=${encodeURIComponent(ORDERED)}`);
      const next = await client.get(body.nextRecordsUrl);

      expect(body.nextRecordsUrl).toContain('/query/0r8');
      expect(body.totalSize).toBe(3);
      expect(next.body.done).toBe(true);
    });
  });
});

describe('sharing and field-level security', () => {
  test('leave out rows without a word', async () => {
    await withOrg({}, async (sandbox, client) => {
      const [hidden = '', shown = ''] = leads(sandbox, 2);
      sandbox.org.setup.unshared.add(hidden);

      const { body } = await client.query('SELECT Id FROM Lead');
      const read = await client.get(`/sobjects/Lead/${hidden}`);

      expect(body.records.map(({ Id }: { Id: string }) => Id)).toEqual([shown]);
      expect(read.status).toBe(404);
    });
  });

  test('break the whole query that names a hidden field, and hide it from describe (XE9)', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.hideField('Lead', 'MQL__c');

      const { status, body } = await client.query('SELECT Id, MQL__c FROM Lead');
      const described = await client.get('/sobjects/Lead/describe');

      expect({ status, code: body[0].errorCode }).toEqual({ status: 400, code: 'INVALID_FIELD' });
      expect(described.body.fields.map(({ name }: { name: string }) => name)).not.toContain('MQL__c');
    });
  });
});

describe('the address of a resource', () => {
  test.each([
    { name: 'a version that does not exist yet', path: '/services/data/v99.0/limits', status: 404, code: 'NOT_FOUND' },
    { name: 'a retired version', path: '/services/data/v29.0/limits', status: 410, code: 'GONE' },
    { name: 'a resource that is none', path: '/shoes', status: 404, code: 'NOT_FOUND' },
    { name: 'an object that is none', path: '/sobjects/Shoe/describe', status: 404, code: 'NOT_FOUND' },
    { name: 'a query without its text', path: '/query', status: 400, code: 'MALFORMED_QUERY' },
    { name: 'a query of an unknown object', path: '/query?q=SELECT+Id+FROM+Shoe', status: 400, code: 'INVALID_TYPE' },
    { name: 'a URL above 16,384 bytes', path: `/query?q=${'x'.repeat(16_500)}`, status: 414, code: 'URI_TOO_LONG' },
  ])('is checked: $name', async ({ path, status, code }) => {
    await withOrg({}, async (_, client) => {
      const reply = await client.get(path);

      expect({ status: reply.status, code: reply.body[0].errorCode }).toEqual({ status, code });
    });
  });

  test.each([
    { name: 'another method', send: (client: Client) => client.send('PUT', '/limits', {}), status: 405 },
    {
      name: 'a body that is no JSON',
      send: (client: Client) => client.send('POST', '/sobjects/Lead', '{"LastName":'),
      status: 400,
    },
    {
      name: 'a body of another type',
      send: (client: Client) => client.send('POST', '/sobjects/Lead', 'x', { 'content-type': 'text/plain' }),
      status: 415,
    },
  ])('refuses $name', async ({ send, status }) => {
    await withOrg({}, async (_, client) => {
      expect((await send(client)).status).toBe(status);
    });
  });

  test('lists the versions to anybody', async () => {
    await withOrg({}, async (sandbox) => {
      const response = await fetch(`${sandbox.url}/services/data/`);

      const versions = (await response.json()) as readonly unknown[];
      expect(versions.at(0)).toEqual({ label: "Summer '14", url: '/services/data/v31.0', version: '31.0' });
      expect(versions.at(-1)).toEqual({ label: "Spring '26", url: '/services/data/v66.0', version: '66.0' });
    });
  });
});

test('every answer carries the org’s own clock, and its skew', async () => {
  await withOrg({}, async (sandbox, client) => {
    sandbox.clock.headerSkewSeconds = -240;

    expect((await client.get('/limits')).headers.get('date')).toBe(new Date(NOON - 240_000).toUTCString());
  });
});

test('counts the records of objects that have some', async () => {
  await withOrg({}, async (sandbox, client) => {
    leads(sandbox, 3);

    const { body } = await client.get('/limits/recordCount?sObjects=Lead,Opportunity');

    expect(body).toEqual({ sObjects: [{ count: 3, name: 'Lead' }] });
  });
});

function leads(sandbox: SandboxOrg, count: number): readonly string[] {
  return sandbox.org.load(
    Array.from({ length: count }, (_, at) => ({ object: 'Lead', fields: { LastName: `Lead ${at}`, Company: 'Acme' } })),
  );
}

async function readPages(client: Client, soql: string): Promise<readonly Reply[]> {
  const pages = [await client.query(soql)];
  while (pages.at(-1)!.body.done === false) pages.push(await client.get(pages.at(-1)!.body.nextRecordsUrl));
  return pages;
}

function idsOf(pages: readonly Reply[]): readonly string[] {
  return pages.flatMap(({ body }) => body.records.map(({ Id }: { Id: string }) => Id));
}
