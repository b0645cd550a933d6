import { describe, expect, test } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import { withOrg } from './sandbox-client.ts';

const V = '/services/data/v66.0';
const REFUSE = validationRule('Lead', ({ Title }) => Title === 'refuse me', 'not this title');
const LEAD = { LastName: 'Lovelace', Company: 'Engines Ltd' };

function query(referenceId: string, soql: string): object {
  return { method: 'GET', url: `${V}/query?q=${encodeURIComponent(soql)}`, referenceId };
}

function create(referenceId: string, object: string, body: object): object {
  return { method: 'POST', url: `${V}/sobjects/${object}`, referenceId, body };
}

describe('a composite request', () => {
  test('answers several queries in one call', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.admin.insert('Lead', LEAD);
      const compositeRequest = [
        query('leads', 'SELECT Company FROM Lead'),
        query('count', 'SELECT COUNT() FROM Opportunity'),
        query('bad', 'SELECT Shoe__c FROM Lead'),
      ];

      const { status, body } = await client.send('POST', '/composite', { compositeRequest });

      expect(status).toBe(200);
      const [leads, count, bad] = body.compositeResponse;
      expect(leads).toMatchObject({ httpStatusCode: 200, referenceId: 'leads', body: { totalSize: 1, done: true } });
      expect(count.body).toEqual({ totalSize: 0, done: true, records: [] });
      expect(bad).toMatchObject({ httpStatusCode: 400, httpHeaders: {}, body: [{ errorCode: 'INVALID_FIELD' }] });
      expect(sandbox.limits.used()).toBe(1);
    });
  });

  test('puts results of earlier parts into later ones', async () => {
    await withOrg({}, async (sandbox, client) => {
      const compositeRequest = [
        create('acme', 'Account', { Name: 'Acme' }),
        create('doe', 'Contact', { LastName: 'Doe', AccountId: '@{acme.id}' }),
        { method: 'GET', url: `${V}/query?q=SELECT+Id+FROM+Contact+WHERE+Id='@{doe.id}'`, referenceId: 'found' },
        {
          method: 'PATCH',
          url: `${V}/sobjects/Contact/@{found.records[0].Id}`,
          referenceId: 'last',
          body: { Title: 'CEO' },
        },
      ];

      const { body } = await client.send('POST', '/composite', { compositeRequest });

      const codes = body.compositeResponse.map(({ httpStatusCode }: { httpStatusCode: number }) => httpStatusCode);
      expect(codes).toEqual([201, 201, 200, 204]);
      expect(body.compositeResponse[0].httpHeaders.Location).toMatch(/\/sobjects\/Account\/001/);
      expect(body.compositeResponse[3].body).toBeNull();
      expect(sandbox.org.all('Contact')).toEqual([expect.objectContaining({ Title: 'CEO' })]);
    });
  });

  test('halts a part that refers to a failed one', async () => {
    await withOrg({}, async (_, client) => {
      const compositeRequest = [
        create('a', 'Account', {}),
        create('b', 'Contact', { LastName: 'x', AccountId: '@{a.id}' }),
      ];

      const { body } = await client.send('POST', '/composite', { compositeRequest });

      expect(body.compositeResponse[1]).toMatchObject({
        httpStatusCode: 400,
        body: [{ errorCode: 'PROCESSING_HALTED' }],
      });
    });
  });

  test('with allOrNone undoes everything', async () => {
    await withOrg({}, async (sandbox, client) => {
      const compositeRequest = [create('a', 'Account', { Name: 'Acme' }), create('b', 'Contact', {})];

      const { body } = await client.send('POST', '/composite', { allOrNone: true, compositeRequest });

      expect(body.compositeResponse[0].body).toEqual([
        {
          errorCode: 'PROCESSING_HALTED',
          message: 'The transaction was rolled back since another operation in the same transaction failed.',
        },
      ]);
      expect(body.compositeResponse[1].body[0].errorCode).toBe('REQUIRED_FIELD_MISSING');
      expect(sandbox.org.all('Account')).toEqual([]);
    });
  });

  test('does not hand its own headers on: each part needs its own (F31)', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.setup.leadAssignment = () => sandbox.org.admin.userId;
      const off = { 'Sforce-Auto-Assign': 'FALSE' };
      const compositeRequest = [create('a', 'Lead', LEAD), { ...create('b', 'Lead', LEAD), httpHeaders: off }];

      const { body } = await client.send('POST', '/composite', { compositeRequest }, off);

      const owners = body.compositeResponse.map(
        (part: { body: { id: string } }) => sandbox.org.record(part.body.id)?.['OwnerId'],
      );
      expect(owners).toEqual([sandbox.org.admin.userId, sandbox.userId]);
    });
  });

  test('carries five collections of 200', async () => {
    await withOrg({}, async (sandbox, client) => {
      const records = Array.from({ length: 200 }, () => ({ attributes: { type: 'Lead' }, ...LEAD }));
      const compositeRequest = ['a', 'b', 'c', 'd', 'e'].map((referenceId) => ({
        method: 'POST',
        url: `${V}/composite/sobjects`,
        referenceId,
        body: { records },
      }));

      await client.send('POST', '/composite', { compositeRequest });

      expect(sandbox.org.all('Lead')).toHaveLength(1000);
    });
  });

  test.each([
    { name: '26 parts', parts: 26, soql: null },
    { name: '6 queries', parts: 6, soql: 'SELECT Id FROM Lead' },
  ])('refuses $name', async ({ parts, soql }) => {
    await withOrg({}, async (sandbox, client) => {
      const compositeRequest = Array.from({ length: parts }, (_, at) =>
        soql === null ? create(`r${at}`, 'Lead', LEAD) : query(`r${at}`, soql),
      );

      const { status, body } = await client.send('POST', '/composite', { compositeRequest });

      expect({ status, code: body[0].errorCode }).toEqual({ status: 400, code: 'LIMIT_EXCEEDED' });
      expect(sandbox.org.all('Lead')).toEqual([]);
    });
  });
});

describe('a batch', () => {
  test('counts each of its parts and stops at the first error when asked to', async () => {
    await withOrg({}, async (sandbox, client) => {
      const batchRequests = ['/sobjects/Shoe/describe', '/limits', '/limits'].map((path) => ({
        method: 'GET',
        url: `v66.0${path}`,
      }));

      const { body } = await client.send('POST', '/composite/batch', { batchRequests, haltOnError: true });

      expect(body.hasErrors).toBe(true);
      expect(body.results.map(({ statusCode }: { statusCode: number }) => statusCode)).toEqual([404, 412, 412]);
      expect(body.results[1].result[0].errorCode).toBe('BATCH_PROCESSING_HALTED');
      expect(sandbox.limits.used()).toBe(3);
    });
  });
});

function graph(graphId: string, Title: string): object {
  const second = create('second', 'Lead', { ...LEAD, Title });
  return { graphId, compositeRequest: [create('first', 'Lead', LEAD), second] };
}

function contact(referenceId: string, fields: object): object {
  return { attributes: { type: 'Contact', referenceId }, ...fields };
}

describe('graphs', () => {
  test('stand or fall one by one', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.addRule(REFUSE);

      const { body } = await client.send('POST', '/composite/graph', {
        graphs: [graph('good', 'fine'), graph('bad', 'refuse me')],
      });

      expect(body.graphs.map(({ isSuccessful }: { isSuccessful: boolean }) => isSuccessful)).toEqual([true, false]);
      expect(body.graphs[1].graphResponse.compositeResponse[0].body[0].errorCode).toBe('PROCESSING_HALTED');
      expect(sandbox.org.all('Lead')).toHaveLength(2);
    });
  });

  test('are not tried any more after more than 14 failures', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.addRule(REFUSE);
      const graphs = Array.from({ length: 17 }, (_, at) => ({
        graphId: `g${at}`,
        compositeRequest: [create('a', 'Lead', { ...LEAD, Title: at < 15 ? 'refuse me' : 'fine' })],
      }));

      const { body } = await client.send('POST', '/composite/graph', { graphs });

      expect(body.graphs[16].graphResponse.compositeResponse[0].body[0].errorCode).toBe('PROCESSING_HALTED');
      expect(sandbox.org.all('Lead')).toEqual([]);
    });
  });

  test('of more than 75 are refused', async () => {
    await withOrg({}, async (_, client) => {
      const graphs = Array.from({ length: 76 }, (_, at) => ({ graphId: `g${at}`, compositeRequest: [] }));

      const { body } = await client.send('POST', '/composite/graph', { graphs });

      expect(body[0].errorCode).toBe('LIMIT_EXCEEDED');
    });
  });
});

describe('a tree', () => {
  test('creates parents with their children', async () => {
    await withOrg({}, async (sandbox, client) => {
      const Contacts = { records: [contact('c1', { LastName: 'Doe' }), contact('c2', { LastName: 'Roe' })] };
      const records = [{ attributes: { type: 'Account', referenceId: 'a1' }, Name: 'Acme', Contacts }];

      const { status, body } = await client.send('POST', '/composite/tree/Account', { records });

      expect(status).toBe(201);
      expect(body.hasErrors).toBe(false);
      expect(body.results.map(({ referenceId }: { referenceId: string }) => referenceId)).toEqual(['a1', 'c1', 'c2']);
      expect(sandbox.org.all('Contact', ({ AccountId }) => AccountId === body.results[0].id)).toHaveLength(2);
    });
  });

  test('creates nothing when one record fails', async () => {
    await withOrg({}, async (sandbox, client) => {
      const Contacts = { records: [contact('c1', {})] };
      const records = [{ attributes: { type: 'Account', referenceId: 'a1' }, Name: 'Acme', Contacts }];

      const { status, body } = await client.send('POST', '/composite/tree/Account', { records });

      expect(status).toBe(400);
      expect(body).toEqual({
        hasErrors: true,
        results: [{ referenceId: 'c1', errors: [expect.objectContaining({ statusCode: 'REQUIRED_FIELD_MISSING' })] }],
      });
      expect(sandbox.org.all('Account')).toEqual([]);
    });
  });
});
