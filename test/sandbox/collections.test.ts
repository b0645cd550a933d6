import { describe, expect, test } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { withOrg } from './sandbox-client.ts';

const NO_TITLE = validationRule('Lead', ({ Title }) => Title === 'refuse me', 'not this title');

describe('a collection', () => {
  test('answers every row in its place, with 200 though some failed (XE20)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const leads = someLeads(sandbox, 4);
      sandbox.org.addRule(NO_TITLE);
      const release = sandbox.org.hold(leads[2]!);
      const titles = ['a', 'refuse me', 'c', 'd'];

      const { status, body } = await client.send('PATCH', '/composite/sobjects', {
        allOrNone: false,
        records: leads.map((id, at) => ({ attributes: { type: 'Lead' }, id, Title: titles[at] })),
      });
      release();

      expect(status).toBe(200);
      expect(body).toEqual([
        { id: leads[0], success: true, errors: [] },
        {
          success: false,
          errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'not this title', fields: [] }],
        },
        {
          success: false,
          errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: expect.stringContaining(leads[2]!), fields: [] }],
        },
        { id: leads[3], success: true, errors: [] },
      ]);
      expect(leads.map((id) => sandbox.org.record(id)?.['Title'] ?? null)).toEqual(['a', null, null, 'd']);
    });
  });

  test('with allOrNone takes the good rows back', async () => {
    await withOrg({}, async (sandbox, client) => {
      const leads = someLeads(sandbox, 2);
      sandbox.org.addRule(NO_TITLE);

      const { body } = await client.send('PATCH', '/composite/sobjects', {
        allOrNone: true,
        records: [
          { attributes: { type: 'Lead' }, id: leads[0], Title: 'fine' },
          { attributes: { type: 'Lead' }, id: leads[1], Title: 'refuse me' },
        ],
      });

      expect(body[0].errors[0]).toEqual({
        statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
        fields: [],
      });
      expect(body[1].errors[0].statusCode).toBe('FIELD_CUSTOM_VALIDATION_EXCEPTION');
      expect(sandbox.org.record(leads[0]!)?.['Title'] ?? null).toBeNull();
    });
  });

  test.each([
    { name: 'without attributes', row: { LastName: 'x', Company: 'y' }, code: 'JSON_PARSER_ERROR' },
    { name: 'of an unknown type', row: { attributes: { type: 'Shoe' } }, code: 'INVALID_TYPE' },
    { name: 'with an unknown field', row: { attributes: { type: 'Lead' }, Shoe__c: 1 }, code: 'INVALID_FIELD' },
  ])('refuses a row $name and takes the next', async ({ row, code }) => {
    await withOrg({}, async (_, client) => {
      const records = [row, { attributes: { type: 'Lead' }, LastName: 'x', Company: 'y' }];

      const { body } = await client.send('POST', '/composite/sobjects', { records });

      expect(body[0].errors[0].statusCode).toBe(code);
      expect(body[1].success).toBe(true);
    });
  });

  test.each([
    {
      name: 'more than 200 rows',
      records: Array.from({ length: 201 }, () => ({ attributes: { type: 'Lead' } })),
      code: 'EXCEEDED_ID_LIMIT',
    },
    {
      name: 'the same id twice, in its short and its long form',
      records: ['00QbX0000000001', '00QbX0000000001QAA'].map((id) => ({ attributes: { type: 'Lead' }, id })),
      code: 'DUPLICATE_VALUE',
    },
    {
      name: 'types that change more than ten times',
      records: Array.from({ length: 11 }, (_, at) => ({ attributes: { type: at % 2 === 0 ? 'Lead' : 'Task' } })),
      code: 'LIMIT_EXCEEDED',
    },
    { name: 'no list of records', records: {}, code: 'JSON_PARSER_ERROR' },
  ])('refuses as a whole $name', async ({ records, code }) => {
    await withOrg({}, async (_, client) => {
      const { status, body } = await client.send('PATCH', '/composite/sobjects', { records });

      expect({ status, code: body[0].errorCode }).toEqual({ status: 400, code });
    });
  });

  test.each([
    { name: 'a deleted record', id: (lead: string) => lead, isDeleted: true, code: 'ENTITY_IS_DELETED' },
    {
      name: 'a record that never was',
      id: () => '00QbX0000ZZZZZZ',
      isDeleted: false,
      code: 'INVALID_CROSS_REFERENCE_KEY',
    },
    { name: 'an id of another object', id: () => '006bX0000000001', isDeleted: false, code: 'MALFORMED_ID' },
  ])('fails the row of $name', async ({ id, isDeleted, code }) => {
    await withOrg({}, async (sandbox, client) => {
      const [lead = ''] = someLeads(sandbox, 1);
      if (isDeleted) sandbox.org.admin.delete(lead);

      const records = [{ attributes: { type: 'Lead' }, id: id(lead), Title: 'x' }];
      const { body } = await client.send('PATCH', '/composite/sobjects', { records });

      expect(body).toEqual([{ success: false, errors: [expect.objectContaining({ statusCode: code })] }]);
    });
  });

  test('deletes by ids in the address', async () => {
    await withOrg({}, async (sandbox, client) => {
      const leads = someLeads(sandbox, 2);

      const { body } = await client.send('DELETE', `/composite/sobjects?ids=${leads.join(',')},00QbX0000ZZZZZZ`);

      expect(body.map(({ success }: { success: boolean }) => success)).toEqual([true, true, false]);
      expect(sandbox.org.all('Lead')).toEqual([]);
    });
  });

  test.each(['GET', 'POST'])('retrieves by %s in the order asked for, null for what is missing', async (method) => {
    await withOrg({}, async (sandbox, client) => {
      const [first = '', second = ''] = someLeads(sandbox, 2);
      const ids = [second, '00QbX0000ZZZZZZ', first];
      const address = `/composite/sobjects/Lead?ids=${ids.join(',')}&fields=Id,Company`;

      const { body } =
        method === 'GET'
          ? await client.get(address)
          : await client.send('POST', '/composite/sobjects/Lead', { ids, fields: ['Id', 'Company'] });

      expect(body.map((row: { Id: string } | null) => row?.Id ?? null)).toEqual([second, null, first]);
      expect(Object.keys(body[0])).toEqual(['attributes', 'Id', 'Company']);
    });
  });

  test('is one call whatever its size', async () => {
    await withOrg({}, async (sandbox, client) => {
      const records = Array.from({ length: 200 }, () => ({
        attributes: { type: 'Lead' },
        LastName: 'x',
        Company: 'y',
      }));

      await client.send('POST', '/composite/sobjects', { records });

      expect(sandbox.limits.used()).toBe(1);
    });
  });
});

describe('an upsert by key', () => {
  test('creates first and updates then, also with slashes and spaces in the key', async () => {
    await withOrg({}, async (sandbox, client) => {
      const path = `/sobjects/Task/Rolecall_Key__c/${encodeURIComponent('contact-roles:006/1?a #b')}`;

      const created = await client.send('PATCH', path, { Subject: 'Find the buyer' });
      const updated = await client.send('PATCH', path, { Subject: 'Find the buyer soon' });

      expect(created).toMatchObject({ status: 201, body: { success: true, errors: [], created: true } });
      expect(updated).toMatchObject({ status: 200, body: { id: created.body.id, created: false } });
      expect(sandbox.org.record(created.body.id)).toMatchObject({
        Rolecall_Key__c: 'contact-roles:006/1?a #b',
        Subject: 'Find the buyer soon',
      });
    });
  });

  test('treats keys that differ by case as two', async () => {
    await withOrg({}, async (sandbox, client) => {
      await client.send('PATCH', '/sobjects/Task/Rolecall_Key__c/k1', {});
      await client.send('PATCH', '/sobjects/Task/Rolecall_Key__c/K1', {});

      expect(sandbox.org.all('Task')).toHaveLength(2);
    });
  });

  test('refuses a second create with the key and names the first (F38a)', async () => {
    await withOrg({}, async (_, client) => {
      const first = await client.send('POST', '/sobjects/Task', { Rolecall_Key__c: 'k1' });

      const { status, body } = await client.send('POST', '/sobjects/Task', { Rolecall_Key__c: 'k1' });

      expect(status).toBe(400);
      expect(body).toEqual([
        {
          errorCode: 'DUPLICATE_VALUE',
          message: `duplicate value found: Rolecall_Key__c duplicates value on record with id: ${first.body.id.slice(0, 15)}`,
        },
      ]);
    });
  });

  test('creates anew when the record with the key lies in the bin', async () => {
    await withOrg({}, async (sandbox, client) => {
      const first = await client.send('PATCH', '/sobjects/Task/Rolecall_Key__c/k1', {});
      sandbox.org.admin.delete(first.body.id);

      const again = await client.send('PATCH', '/sobjects/Task/Rolecall_Key__c/k1', {});

      expect(again.status).toBe(201);
      expect(again.body.id).not.toBe(first.body.id);
    });
  });

  test('answers 300 with addresses when several records have the key', async () => {
    await withOrg({}, async (sandbox, client) => {
      const ids = ['a', 'b'].map((LastName) => sandbox.org.admin.insert('Contact', { LastName, Email: 'x@y.example' }));

      const { status, body } = await client.send('PATCH', '/sobjects/Contact/Email/x@y.example', { Title: 'z' });

      expect(status).toBe(300);
      expect(body.toSorted()).toEqual(ids.map((id) => `/services/data/v66.0/sobjects/Contact/${id}`).toSorted());
    });
  });

  test.each([
    { name: 'a field that is no key', path: '/sobjects/Task/Subject/x', body: {}, status: 404, code: 'NOT_FOUND' },
    {
      name: 'the key in the body as well',
      path: '/sobjects/Task/Rolecall_Key__c/k1',
      body: { Rolecall_Key__c: 'k1' },
      status: 400,
      code: 'INVALID_FIELD',
    },
    {
      name: 'a create when only updates are wanted',
      path: '/sobjects/Task/Rolecall_Key__c/k1?updateOnly=true',
      body: {},
      status: 404,
      code: 'NOT_FOUND',
    },
  ])('refuses $name', async ({ path, body, status, code }) => {
    await withOrg({}, async (_, client) => {
      const reply = await client.send('PATCH', path, body);

      expect({ status: reply.status, code: reply.body[0].errorCode }).toEqual({ status, code });
    });
  });

  test('of a collection tells for each row whether it was created', async () => {
    await withOrg({}, async (_, client) => {
      await client.send('PATCH', '/sobjects/Task/Rolecall_Key__c/k1', {});
      const records = [
        { attributes: { type: 'Task' }, Rolecall_Key__c: 'k1', Subject: 'a' },
        { attributes: { type: 'Task' }, Rolecall_Key__c: 'k2', Subject: 'b' },
        { attributes: { type: 'Task' }, Subject: 'c' },
      ];

      const { body } = await client.send('PATCH', '/composite/sobjects/Task/Rolecall_Key__c', { records });

      expect(body).toEqual([
        { id: expect.any(String), success: true, errors: [], created: false },
        { id: expect.any(String), success: true, errors: [], created: true },
        { success: false, errors: [expect.objectContaining({ statusCode: 'MISSING_ARGUMENT' })] },
      ]);
    });
  });

  test('reads and deletes by key', async () => {
    await withOrg({}, async (sandbox, client) => {
      const path = '/sobjects/Task/Rolecall_Key__c/k1';
      const { body } = await client.send('PATCH', path, { Subject: 'a' });

      const read = await client.get(`${path}?fields=Subject`);
      const gone = await client.send('DELETE', path);

      expect(read.status).toBe(200);
      expect(gone.status).toBe(204);
      expect(sandbox.org.record(body.id)).toBeUndefined();
    });
  });
});

function someLeads(sandbox: SandboxOrg, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) =>
    sandbox.org.admin.insert('Lead', { LastName: `Lead ${at}`, Company: 'Acme' }),
  );
}
