import { describe, expect, test } from 'vitest';

import { duplicateRule, failingTrigger, validationRule } from '../../src/sandbox/customer-rules.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { NOON, withOrg } from './sandbox-client.ts';

const LEAD = { LastName: 'Lovelace', Company: 'Engines Ltd' };

type Refused = {
  readonly name: string;
  readonly object: string;
  readonly fields: (sandbox: SandboxOrg) => Record<string, unknown>;
  readonly code: string;
  readonly message: RegExp;
};

const REFUSED: readonly Refused[] = [
  {
    name: 'a field that the object does not have',
    object: 'Lead',
    fields: () => ({ ...LEAD, Shoe_Size__c: 46 }),
    code: 'INVALID_FIELD',
    message: /^No such column 'Shoe_Size__c' on sobject of type Lead$/,
  },
  {
    name: 'a field that Salesforce keeps itself',
    object: 'Lead',
    fields: () => ({ ...LEAD, SystemModstamp: '2026-01-01T00:00:00Z' }),
    code: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    message: /^Unable to create\/update fields: SystemModstamp\. Please check the security settings/,
  },
  {
    name: 'a record without its required fields',
    object: 'Lead',
    fields: () => ({ FirstName: 'Ada' }),
    code: 'REQUIRED_FIELD_MISSING',
    message: /^Required fields are missing: \[LastName, Company\]$/,
  },
  {
    name: 'a text that is too long',
    object: 'Task',
    fields: () => ({ Subject: 'x'.repeat(256) }),
    code: 'STRING_TOO_LONG',
    message: /^Subject: data value too large: x+ \(max length=255\)$/,
  },
  {
    name: 'a date that does not exist',
    object: 'Opportunity',
    fields: () => ({ Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-02-30' }),
    code: 'JSON_PARSER_ERROR',
    message: /^Cannot deserialize instance of date from VALUE_STRING value 2026-02-30/,
  },
  {
    name: 'a date/time without an offset',
    object: 'Lead',
    fields: () => ({ ...LEAD, Routed_At__c: '2026-05-05T12:00:00' }),
    code: 'JSON_PARSER_ERROR',
    message: /^Cannot deserialize instance of datetime from VALUE_STRING/,
  },
  {
    name: 'a word for a number',
    object: 'Opportunity',
    fields: () => ({ Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-06-30', Amount: 'much' }),
    code: 'JSON_PARSER_ERROR',
    message: /^Cannot deserialize instance of double from VALUE_STRING value much/,
  },
  {
    name: 'an object for a text',
    object: 'Lead',
    fields: () => ({ ...LEAD, Title: { en: 'Countess' } }),
    code: 'JSON_PARSER_ERROR',
    message: /START_OBJECT/,
  },
  {
    name: 'an e-mail address without a domain',
    object: 'Lead',
    fields: () => ({ ...LEAD, Email: 'ada' }),
    code: 'INVALID_EMAIL_ADDRESS',
    message: /invalid email address: ada$/,
  },
  {
    name: 'an owner id that is none',
    object: 'Lead',
    fields: () => ({ ...LEAD, OwnerId: 'nobody' }),
    code: 'MALFORMED_ID',
    message: /id value of incorrect type: nobody$/,
  },
  {
    name: 'an opportunity owned by a queue',
    object: 'Opportunity',
    fields: (sandbox) => ({
      Name: 'Deal',
      StageName: 'Prospecting',
      CloseDate: '2026-06-30',
      OwnerId: aQueue(sandbox, ['Lead']),
    }),
    code: 'MALFORMED_ID',
    message: /id value of incorrect type: 00G/,
  },
  {
    name: 'a reference to a record that never was',
    object: 'Task',
    fields: () => ({ WhatId: '006bX0000ZZZZZZQAA' }),
    code: 'MALFORMED_ID',
    message: /id value of incorrect type/,
  },
  {
    name: 'a reference to an opportunity that never was, in 15 characters',
    object: 'Task',
    fields: () => ({ WhatId: '006bX0000ZZZZZZ' }),
    code: 'INVALID_CROSS_REFERENCE_KEY',
    message: /^invalid cross reference id$/,
  },
  {
    name: 'a task about a deleted opportunity',
    object: 'Task',
    fields: (sandbox) => ({ WhatId: aDeletedOpportunity(sandbox) }),
    code: 'ENTITY_IS_DELETED',
    message: /^entity is deleted$/,
  },
  {
    name: 'a role on a deleted opportunity',
    object: 'OpportunityContactRole',
    fields: (sandbox) => ({
      OpportunityId: aDeletedOpportunity(sandbox),
      ContactId: sandbox.org.admin.insert('Contact', { LastName: 'Doe' }),
    }),
    code: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    message: /^insufficient access rights on cross-reference id: 006/,
  },
  {
    name: 'a task about a lead that is related to something as well',
    object: 'Task',
    fields: (sandbox) => ({
      WhoId: sandbox.org.admin.insert('Lead', LEAD),
      WhatId: sandbox.org.admin.insert('Account', { Name: 'Acme' }),
    }),
    code: 'FIELD_INTEGRITY_EXCEPTION',
    message: /lead/,
  },
  {
    name: 'a lead as what a task is related to',
    object: 'Task',
    fields: (sandbox) => ({ WhatId: sandbox.org.admin.insert('Lead', LEAD) }),
    code: 'MALFORMED_ID',
    message: /id value of incorrect type: 00Q/,
  },
  {
    name: 'an owner who has left',
    object: 'Lead',
    fields: (sandbox) => ({ ...LEAD, OwnerId: aUser(sandbox, { IsActive: false }) }),
    code: 'INACTIVE_OWNER_OR_USER',
    message: /^operation performed with inactive user \[005\w+\] as owner of lead$/,
  },
  {
    name: 'a queue that does not take leads',
    object: 'Lead',
    fields: (sandbox) => ({ ...LEAD, OwnerId: aQueue(sandbox, ['Case']) }),
    code: 'INVALID_OPERATION',
    message: /^Queue not associated with this SObject type$/,
  },
  {
    name: 'an id in a create',
    object: 'Lead',
    fields: () => ({ ...LEAD, Id: '00QbX0000000001' }),
    code: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    message: /^cannot specify Id in an insert call$/,
  },
];

describe('creating a record', () => {
  test.each(REFUSED)('refuses $name', async ({ object, fields, code, message }) => {
    await withOrg({}, async (sandbox, client) => {
      const reply = await client.send('POST', `/sobjects/${object}/`, fields(sandbox));

      expect(reply.status).toBe(400);
      expect(reply.body[0].errorCode).toBe(code);
      expect(reply.body[0].message).toMatch(message);
    });
  });

  test('answers 201 with the address of the record', async () => {
    await withOrg({}, async (_, client) => {
      const { status, headers, body } = await client.send('POST', '/sobjects/Lead', LEAD);

      expect(status).toBe(201);
      expect(body).toEqual({ id: expect.stringMatching(/^00Q\w{15}$/), success: true, errors: [] });
      expect(headers.get('location')).toBe(`/services/data/v66.0/sobjects/Lead/${body.id}`);
    });
  });

  test('stamps the record with the whole second, the writer and defaults', async () => {
    await withOrg({ frozenAt: NOON + 734 }, async (sandbox, client) => {
      const { body } = await client.send('POST', '/sobjects/Lead', { ...LEAD, Title: '  ', Email: ' ada@x.example ' });

      expect(sandbox.org.record(body.id)).toMatchObject({
        Name: 'Lovelace',
        Status: 'Open - Not Contacted',
        OwnerId: sandbox.userId,
        Email: 'ada@x.example',
        Title: null,
        CreatedById: sandbox.userId,
        CreatedDate: '2026-05-05T12:00:00.000+0000',
        SystemModstamp: '2026-05-05T12:00:00.000+0000',
      });
    });
  });

  test('hands out ids that do not rise with time', async () => {
    await withOrg({}, async (sandbox) => {
      const ids = Array.from({ length: 60 }, () => sandbox.org.admin.insert('Lead', LEAD));

      expect(new Set(ids).size).toBe(60);
      expect(ids).not.toEqual(ids.toSorted());
    });
  });

  test('finds the parent by an external id of it', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', { ...LEAD, Rolecall_Turn__c: 'emea:7' });
      const who = { attributes: { type: 'Lead' }, Rolecall_Turn__c: 'emea:7' };

      const { body } = await client.send('POST', '/sobjects/Task', { Subject: 'Call', Who: who });

      expect(sandbox.org.record(body.id)).toMatchObject({ WhoId: lead });
    });
  });
});

describe('changing a record', () => {
  test('answers 204 without a body and moves the stamps', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      sandbox.clock.advance(90);

      const { status, body, headers } = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: 'Countess' });

      expect({ status, body, limit: headers.get('sforce-limit-info') }).toEqual({ status: 204, body: '', limit: null });
      expect(sandbox.org.record(lead)).toMatchObject({
        Title: 'Countess',
        LastModifiedById: sandbox.userId,
        SystemModstamp: '2026-05-05T12:01:30.000+0000',
        CreatedDate: '2026-05-05T12:00:00.000+0000',
      });
    });
  });

  test('clears a field with null and refuses to clear a required one', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', { ...LEAD, Title: 'Countess' });

      const cleared = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: null });
      const refused = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Company: null });

      expect(cleared.status).toBe(204);
      expect(sandbox.org.record(lead)?.['Title']).toBeNull();
      expect(refused.body[0].message).toBe('Required fields are missing: [Company]');
    });
  });

  test('never moves a role to another opportunity', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { admin } = sandbox.org;
      const [here, there] = [anOpportunity(sandbox), anOpportunity(sandbox)];
      const ContactId = admin.insert('Contact', { LastName: 'Doe' });
      const role = admin.insert('OpportunityContactRole', { OpportunityId: here, ContactId });

      const { body } = await client.send('PATCH', `/sobjects/OpportunityContactRole/${role}`, { OpportunityId: there });

      expect(body[0].errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    });
  });

  test.each([
    { name: 'deleted', path: (id: string) => id, isDeleted: true, status: 404, code: 'ENTITY_IS_DELETED' },
    { name: 'unknown', path: () => '00QbX0000ZZZZZZ', isDeleted: false, status: 404, code: 'NOT_FOUND' },
    { name: 'of no id at all', path: () => 'ada', isDeleted: false, status: 404, code: 'NOT_FOUND' },
  ])('refuses a record that is $name', async ({ path, isDeleted, status, code }) => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      if (isDeleted) sandbox.org.admin.delete(lead);

      const reply = await client.send('PATCH', `/sobjects/Lead/${path(lead)}`, { Title: 'x' });

      expect(reply.status).toBe(status);
      expect(reply.body[0].errorCode).toBe(code);
    });
  });

  test('minds the date of If-Unmodified-Since', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      const change = { Title: 'Countess' };
      const before = { 'if-unmodified-since': new Date(NOON - 1000).toUTCString() };
      const then = { 'if-unmodified-since': new Date(NOON).toUTCString() };

      const late = await client.send('PATCH', `/sobjects/Lead/${lead}`, change, before);
      const inTime = await client.send('PATCH', `/sobjects/Lead/${lead}`, change, then);

      expect([late.status, inTime.status]).toEqual([412, 204]);
    });
  });
});

describe('what admins and developers have built', () => {
  test.each([
    {
      name: 'a validation rule',
      rule: validationRule('Lead', ({ Title }) => Title === null, 'A lead needs a title', ['Title']),
      error: { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'A lead needs a title', fields: ['Title'] },
    },
    {
      name: 'a duplicate rule',
      rule: duplicateRule('Lead', () => true),
      error: { errorCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?' },
    },
    {
      name: 'a trigger',
      rule: failingTrigger('Lead', () => true, 'System.LimitException: Too many SOQL queries: 101'),
      error: {
        errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        message: expect.stringContaining('SOQL queries: 101'),
      },
    },
  ])('$name refuses a change with its own text', async ({ rule, error }) => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', { ...LEAD, Title: 'Countess' });
      sandbox.org.addRule(rule);

      const { status, body } = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: null });

      expect(status).toBe(400);
      expect(body).toEqual([error]);
      expect(sandbox.org.record(lead)?.['Title']).toBe('Countess');
    });
  });

  test('a duplicate rule gives way to allowSave', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.addRule(duplicateRule('Lead', () => true));
      const headers = { 'sforce-duplicate-rule-header': 'allowSave=true; includeRecordDetails=false' };

      expect((await client.send('POST', '/sobjects/Lead', LEAD, headers)).status).toBe(201);
    });
  });

  test('a flow changes what is saved', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.addFlow({ object: 'Lead', change: () => ({ Rating: 'Hot' }) });

      const { body } = await client.send('POST', '/sobjects/Lead', { ...LEAD, Rating: 'Cold' });

      expect(sandbox.org.record(body.id)?.['Rating']).toBe('Hot');
    });
  });

  test('a field hidden from the API user is no field to it (XE9)', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.hideField('Lead', 'MQL__c');

      const hidden = await client.send('POST', '/sobjects/Lead', { ...LEAD, MQL__c: true });
      sandbox.org.showField('Lead', 'MQL__c');
      const shown = await client.send('POST', '/sobjects/Lead', { ...LEAD, MQL__c: true });

      expect(hidden.body[0].errorCode).toBe('INVALID_FIELD');
      expect(shown.status).toBe(201);
    });
  });
});

function anOpportunity(sandbox: SandboxOrg): string {
  return sandbox.org.admin.insert('Opportunity', { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-06-30' });
}

function aDeletedOpportunity(sandbox: SandboxOrg): string {
  const id = anOpportunity(sandbox);
  sandbox.org.admin.delete(id);
  return id;
}

function aUser(sandbox: SandboxOrg, fields: Record<string, string | boolean>): string {
  const user = { Username: 'ann@northwind.example', LastName: 'Ann', IsActive: true, ...fields };
  return sandbox.org.load([{ object: 'User', fields: user }])[0]!;
}

function aQueue(sandbox: SandboxOrg, objects: readonly string[]): string {
  const [queue = ''] = sandbox.org.load([{ object: 'Group', fields: { Type: 'Queue', Name: 'Inbound' } }]);
  sandbox.org.load(objects.map((SobjectType) => ({ object: 'QueueSobject', fields: { QueueId: queue, SobjectType } })));
  return queue;
}
