import { describe, expect, test } from 'vitest';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { Client, Reply } from './sandbox-client.ts';
import { NOON, withOrg } from './sandbox-client.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe('the deleted resource', () => {
  test('knows a contact role deleted by itself, which queryAll does not (XE7)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { role } = aRole(sandbox);
      sandbox.org.admin.delete(role);
      sandbox.clock.advance(60);

      const { body } = await deleted(client, 'OpportunityContactRole', NOON - 5 * MINUTE, NOON + MINUTE);

      expect(body.deletedRecords).toEqual([{ id: role, deletedDate: '2026-05-05T12:00:00.000+0000' }]);
      expect(await countAll(client, 'OpportunityContactRole')).toBe(0);
    });
  });

  test('and queryAll both know a role that went with its opportunity', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { opportunity, role } = aRole(sandbox);
      sandbox.org.admin.delete(opportunity);
      sandbox.clock.advance(60);

      const { body } = await deleted(client, 'OpportunityContactRole', NOON - 5 * MINUTE, NOON + MINUTE);

      expect(body.deletedRecords).toEqual([expect.objectContaining({ id: role })]);
      expect(await countAll(client, 'OpportunityContactRole')).toBe(1);
      expect((await client.query('SELECT COUNT() FROM OpportunityContactRole')).body.totalSize).toBe(0);
    });
  });

  test('forgets what was undeleted; the roles come back with their opportunity', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { opportunity, role } = aRole(sandbox);
      sandbox.org.admin.delete(opportunity);
      sandbox.org.admin.undelete(opportunity);
      sandbox.clock.advance(60);

      const { body } = await deleted(client, 'Opportunity', NOON - 5 * MINUTE, NOON + MINUTE);

      expect(body.deletedRecords).toEqual([]);
      expect(sandbox.org.record(role)).toMatchObject({ IsDeleted: false });
    });
  });

  test('knows a lead that is gone for good (XE8)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', { LastName: 'x', Company: 'y' });
      sandbox.org.admin.purge(lead);
      sandbox.clock.advance(60);

      const { body } = await deleted(client, 'Lead', NOON - 5 * MINUTE, NOON + MINUTE);

      expect(body.deletedRecords).toEqual([expect.objectContaining({ id: lead })]);
      expect(await countAll(client, 'Lead')).toBe(0);
    });
  });

  test('cuts both bounds to the minute', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { role } = aRole(sandbox);
      sandbox.clock.set(NOON + 20_000);
      sandbox.org.admin.delete(role);
      sandbox.clock.set(NOON + 90_000);

      const late = await deleted(client, 'OpportunityContactRole', NOON - 5 * MINUTE, NOON + 59_000);
      const again = await deleted(client, 'OpportunityContactRole', NOON + 59_000, NOON + 61_000);

      expect(late.body).toMatchObject({ deletedRecords: [], latestDateCovered: '2026-05-05T12:00:00.000+0000' });
      expect(again.body.deletedRecords).toHaveLength(1);
    });
  });

  test('covers nothing after the start of a transaction that still runs', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { role } = aRole(sandbox);
      sandbox.org.lateCommit({ delaySeconds: 240 }, (admin) => admin.delete(role));
      const window = [NOON - 5 * MINUTE, NOON + 10 * MINUTE] as const;

      sandbox.clock.advance(180);
      const meanwhile = await deleted(client, 'OpportunityContactRole', ...window);
      sandbox.clock.advance(120);
      const after = await deleted(client, 'OpportunityContactRole', ...window);

      expect(meanwhile.body).toMatchObject({ deletedRecords: [], latestDateCovered: '2026-05-05T12:00:00.000+0000' });
      expect(after.body).toMatchObject({
        deletedRecords: [{ id: role, deletedDate: '2026-05-05T12:00:00.000+0000' }],
        latestDateCovered: '2026-05-05T12:05:00.000+0000',
      });
    });
  });

  test('tells how far back it reaches after a purge', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { role } = aRole(sandbox);
      sandbox.org.admin.delete(role);
      sandbox.clock.advance(3600);
      sandbox.org.purgeDeleteLog(NOON + 30 * MINUTE);

      const { body } = await deleted(client, 'OpportunityContactRole', NOON - MINUTE, NOON + 50 * MINUTE);

      expect(body).toMatchObject({ deletedRecords: [], earliestDateAvailable: '2026-05-05T12:30:00.000+0000' });
    });
  });

  test.each([
    { name: 'a window of less than a minute', from: NOON, to: NOON + 59_000, code: 'INVALID_REPLICATION_DATE' },
    { name: 'a window that runs backwards', from: NOON, to: NOON - 5 * MINUTE, code: 'INVALID_REPLICATION_DATE' },
    { name: 'a start 16 days ago', from: NOON - 16 * DAY, to: NOON, code: 'INVALID_REPLICATION_DATE' },
  ])('refuses $name', async ({ from, to, code }) => {
    await withOrg({}, async (_, client) => {
      const { status, body } = await deleted(client, 'Lead', from, to);

      expect({ status, code: body[0].errorCode }).toEqual({ status: 400, code });
    });
  });
});

describe('the updated resource', () => {
  test('lists what has a new SystemModstamp, also without a change a person could see (XE26)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const [quiet = '', bumped = ''] = ['a', 'b'].map((LastName) =>
        sandbox.org.admin.insert('Lead', { LastName, Company: 'y' }),
      );
      sandbox.clock.advance(300);
      sandbox.org.bump([bumped]);
      sandbox.clock.advance(60);

      const { body } = await client.get(window('Lead', 'updated', NOON + 4 * MINUTE, NOON + 6 * MINUTE));

      expect(body).toEqual({ ids: [bumped], latestDateCovered: '2026-05-05T12:06:00.000+0000' });
      expect(sandbox.org.record(bumped)?.['LastModifiedDate']).toBe(sandbox.org.record(quiet)?.['LastModifiedDate']);
    });
  });
});

describe('the limits of the updated resource', () => {
  test.each([
    { name: 'a start 31 days ago', from: NOON - 31 * DAY, code: 'INVALID_REPLICATION_DATE' },
    { name: 'more ids than it lists', from: NOON - 5 * MINUTE, code: 'EXCEEDED_ID_LIMIT' },
  ])('refuse $name', async ({ from, code }) => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.setup.mostReplicatedIds = 1;
      for (const LastName of ['a', 'b']) sandbox.org.admin.insert('Lead', { LastName, Company: 'y' });
      sandbox.clock.advance(60);

      const { status, body } = await client.get(window('Lead', 'updated', from, NOON + MINUTE));

      expect({ status, code: body[0].errorCode }).toEqual({ status: 400, code });
    });
  });
});

describe('an index that lags', () => {
  test('shows a row seconds after replication covers its commit', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.indexLag({ seconds: 63 }, (admin) => admin.insert('Lead', { LastName: 'x', Company: 'y' }));
      sandbox.clock.advance(60);

      const { body } = await client.get(window('Lead', 'updated', NOON - 5 * MINUTE, NOON + MINUTE));
      const early = await client.query('SELECT Id FROM Lead');
      sandbox.clock.advance(3);
      const late = await client.query('SELECT Id FROM Lead');

      expect(body.latestDateCovered).toBe('2026-05-05T12:01:00.000+0000');
      expect([early.body.totalSize, late.body.totalSize]).toEqual([0, 1]);
    });
  });
});

describe('a transaction that commits late', () => {
  test('shows rows with stamps of its start, only when its time has come (XE1)', async () => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.lateCommit({ delaySeconds: 13 }, (admin) => admin.insert('Lead', { LastName: 'x', Company: 'y' }));
      const soql = 'SELECT SystemModstamp FROM Lead';

      sandbox.clock.advance(3);
      const early = await client.query(soql);
      sandbox.clock.advance(10);
      const late = await client.query(soql);

      expect(early.body.totalSize).toBe(0);
      expect(late.body.records[0].SystemModstamp).toBe('2026-05-05T12:00:00.000+0000');
    });
  });

  test('locks its rows and their parents meanwhile', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { opportunity } = aRole(sandbox);
      const due = { WhatId: opportunity, ActivityDate: '2026-05-06' };
      const running = sandbox.org.lateCommit({ delaySeconds: 60 }, (admin) => admin.insert('Task', due));

      const locked = await client.send('PATCH', `/sobjects/Opportunity/${opportunity}`, { NextStep: 'x' });
      running.rollback();
      const free = await client.send('PATCH', `/sobjects/Opportunity/${opportunity}`, { NextStep: 'x' });

      expect(locked.body[0].errorCode).toBe('UNABLE_TO_LOCK_ROW');
      expect(free.status).toBe(204);
      expect(sandbox.org.all('Task')).toEqual([]);
    });
  });
});

function window(object: string, kind: string, from: number, to: number): string {
  const [start, end] = [from, to].map((at) => encodeURIComponent(new Date(at).toISOString().replace('Z', '+00:00')));
  return `/sobjects/${object}/${kind}/?start=${start}&end=${end}`;
}

function deleted(client: Client, object: string, from: number, to: number): Promise<Reply> {
  return client.get(window(object, 'deleted', from, to));
}

async function countAll(client: Client, object: string): Promise<number> {
  const soql = `SELECT Id FROM ${object} WHERE IsDeleted = true`;
  return (await client.get(`/queryAll?q=${encodeURIComponent(soql)}`)).body.totalSize;
}

function aRole(sandbox: SandboxOrg): { readonly opportunity: string; readonly role: string } {
  const { admin } = sandbox.org;
  const opportunity = admin.insert('Opportunity', { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-06-30' });
  const ContactId = admin.insert('Contact', { LastName: 'Doe' });
  return { opportunity, role: admin.insert('OpportunityContactRole', { OpportunityId: opportunity, ContactId }) };
}
