import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { Client } from './sandbox-client.ts';
import { NOON, requestToken, withOrg } from './sandbox-client.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';

/** Answers of real orgs, which are not a part of the repository: without them there is nothing to compare. */
const RECORDINGS = new URL('../../../shared/data/', import.meta.url);
const CASSETTES = 'cumulusci-cassettes/utils';
const LEAD = { LastName: 'Lovelace', Company: 'Engines Ltd' };

type Compared = {
  readonly name: string;
  readonly fixture: string;
  readonly ask: (client: Client, sandbox: SandboxOrg) => Promise<unknown>;
};

const FIXTURES: readonly Compared[] = [
  {
    name: 'a created record',
    fixture: 'sobject/create_success_response',
    ask: async (client) => (await client.send('POST', '/sobjects/Lead', LEAD)).body,
  },
  {
    name: 'an expired session',
    fixture: 'expired_session_response',
    ask: async (client, sandbox) => {
      sandbox.expireSessions();
      return (await client.get('/limits')).body;
    },
  },
  {
    name: 'a bad refresh token',
    fixture: 'refresh_error_response',
    ask: async (_, sandbox) => {
      const form = { grant_type: 'refresh_token', client_id: sandbox.clientId, refresh_token: 'x' };
      return (await requestToken(sandbox, form)).body;
    },
  },
  {
    name: 'the list of versions',
    fixture: 'services_data_success_response',
    ask: async (client) => (await client.get('/services/data')).body,
  },
  {
    name: 'the updated resource',
    fixture: 'sobject/get_updated_success_response',
    ask: async (client, sandbox) => {
      sandbox.org.admin.insert('Lead', LEAD);
      sandbox.clock.advance(60);
      return (await client.get(`/sobjects/Lead/updated?${window()}`)).body;
    },
  },
  {
    name: 'the deleted resource',
    fixture: 'sobject/get_deleted_success_response',
    ask: async (client, sandbox) => {
      sandbox.org.admin.delete(sandbox.org.admin.insert('Lead', LEAD));
      sandbox.clock.advance(60);
      return (await client.get(`/sobjects/Lead/deleted?${window()}`)).body;
    },
  },
  {
    name: 'the first page of a query',
    fixture: 'sobject/query_paginated_first_page_response',
    ask: async (client, sandbox) => withoutFields((await firstPage(client, sandbox)).body),
  },
  {
    name: 'the last page of a query',
    fixture: 'sobject/query_paginated_last_page_response',
    ask: async (client, sandbox) => {
      const { body } = await firstPage(client, sandbox);
      return withoutFields((await client.get(body.nextRecordsUrl)).body);
    },
  },
  {
    name: 'a query of one id',
    fixture: 'sobject/org_query_response',
    ask: async (client) => (await client.query('SELECT Id FROM Organization')).body,
  },
  {
    name: 'an unknown field in a query',
    fixture: 'sobject/query_error_response',
    ask: async (client) => (await client.query('SELECT Shoe__c FROM Lead')).body,
  },
  {
    name: 'an unknown field in a write',
    fixture: 'sobject/write_error_response',
    ask: async (client) => (await client.send('POST', '/sobjects/Lead', { foo: 1 })).body,
  },
  {
    name: 'an unknown id',
    fixture: 'sobject/sobject_find_error_response',
    ask: async (client) => (await client.get('/sobjects/Lead/23foo')).body,
  },
  {
    name: 'an unknown key field',
    fixture: 'sobject/upsert_error_response',
    ask: async (client) => (await client.send('PATCH', '/sobjects/Lead/Namez/x', LEAD)).body,
  },
  {
    name: 'a key of several records',
    fixture: 'sobject/upsert_multiple_error_response',
    ask: async (client, sandbox) => {
      for (const LastName of ['a', 'b']) sandbox.org.admin.insert('Contact', { LastName, Email: 'x@y.example' });
      return (await client.send('PATCH', '/sobjects/Contact/Email/x@y.example', {})).body;
    },
  },
  {
    name: 'an unknown object',
    fixture: 'sobject/sobject_describe_error_response',
    ask: async (client) => (await client.get('/sobjects/Shoe/describe')).body,
  },
];

describe.skipIf(!existsSync(RECORDINGS))('an answer has the keys of a recorded one', () => {
  test.each(FIXTURES)('$name', async ({ fixture, ask }) => {
    await withOrg({ pageSize: 1 }, async (sandbox, client) => {
      const recorded: unknown = JSON.parse(read(`restforce-fixtures/${fixture}.json`));

      expect(shapeOf(await ask(client, sandbox))).toEqual(shapeOf(recorded));
    });
  });

  test.each([
    'http/tests/cassettes/TestCompositeParallelSalesforce.test_errors',
    'salesforce/tests/cassettes/TestCountSObjects.test_count_sobjects__errors',
  ])('%s, sent again', async (name) => {
    await withOrg({}, async (_, client) => {
      const { request, response } = parse(read(`${CASSETTES}/${name}.yaml`)).interactions[0];

      const { body } = await client.send('POST', '/composite', request.body.replaceAll('vxx.0', 'v66.0'));

      expect(shapeOf(body)).toEqual(shapeOf(JSON.parse(response.body.string)));
      expect(errorsOf(body)).toEqual(errorsOf(JSON.parse(response.body.string)));
    });
  });
});

function read(path: string): string {
  return readFileSync(new URL(path, RECORDINGS), 'utf8');
}

/** Keys with the types of their values; of a list, the shapes that occur in it. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return new Set(value.map((one) => JSON.stringify(shapeOf(one))));
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, shapeOf(one)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function errorsOf(body: { readonly compositeResponse: readonly { readonly body: unknown }[] }): unknown {
  return body.compositeResponse.map((part) => (Array.isArray(part.body) ? part.body : null));
}

function window(): string {
  const [start, end] = [NOON - 60_000, NOON + 60_000].map((at) => new Date(at).toISOString());
  return `start=${start}&end=${end}`;
}

async function firstPage(client: Client, sandbox: SandboxOrg): ReturnType<Client['get']> {
  for (const LastName of ['a', 'b']) sandbox.org.admin.insert('Lead', { ...LEAD, LastName });
  return await client.query('SELECT Company FROM Lead');
}

/** The recorded pages select another field. */
function withoutFields(page: { readonly records: readonly Record<string, unknown>[] }): unknown {
  const records = page.records.map(({ Company: text, ...rest }) => ({ ...rest, Text_Label: text }));
  return { ...page, records };
}
