import { describe, expect, test } from 'vitest';

import { OrgClock, readStamp, writeStamp } from '../../src/sandbox/org-clock.ts';
import { hasIdForm, toLongId } from '../../src/sandbox/record-ids.ts';
import { demoSeed } from '../../src/sandbox/seed/demo-seed.ts';
import { startSandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { NOON, withOrg } from './sandbox-client.ts';

describe('what people do', () => {
  test('is remembered with its time, a late commit when it becomes visible, and not what the API user does', async () => {
    await withOrg({}, async ({ org, clock }, client) => {
      const [id] = org.load([{ object: 'Lead', fields: { LastName: 'x', Company: 'y' } }]);
      clock.advance(1);
      org.admin.update(id!, { Title: 'CEO' });
      org.lateCommit({ delaySeconds: 5 }, (admin) => admin.update(id!, { Title: 'CFO' }));
      clock.advance(10);
      await client.send('PATCH', `/sobjects/Lead/${id!}`, { Title: 'COO' });

      const doings = org.doings();

      expect(
        doings.map(({ at, changes }) => [at - NOON, changes.map(({ after }) => after?.['Title'] ?? null)]),
      ).toEqual([
        [0, [null]],
        [1_000, ['CEO']],
        [6_000, ['CFO']],
      ]);
    });
  });
});

describe('loading records', () => {
  test('keeps their own ids and stamps, and derives what follows from them', async () => {
    await withOrg({}, async (sandbox) => {
      const fields = {
        Id: '006Rc0000000001',
        Name: 'Deal',
        StageName: 'Closed Won',
        CloseDate: '2026-01-31',
        CreatedDate: '2026-01-01T08:00:00.000+0000',
        SystemModstamp: '2026-02-01T08:00:00.000+0000',
      };

      const [id] = sandbox.org.load([{ object: 'Opportunity', fields }]);

      expect(id).toBe(toLongId('006Rc0000000001'));
      expect(sandbox.org.record('006Rc0000000001')).toMatchObject({
        CreatedDate: fields.CreatedDate,
        SystemModstamp: fields.SystemModstamp,
        IsWon: true,
        OwnerId: sandbox.org.admin.userId,
      });
    });
  });

  test('finds a deleted one in the bin and in the delete log', async () => {
    await withOrg({}, async (sandbox, client) => {
      const fields = { LastName: 'x', Company: 'y', IsDeleted: true, SystemModstamp: '2026-05-05T11:00:00.000+0000' };
      const [id] = sandbox.org.load([{ object: 'Lead', fields }]);

      const { body } = await client.get('/sobjects/Lead/deleted?start=2026-05-05T10:59:00Z&end=2026-05-05T11:30:00Z');

      expect(body.deletedRecords).toEqual([{ id, deletedDate: '2026-05-05T11:00:00.000+0000' }]);
    });
  });

  test('refuses a field that the object does not have', async () => {
    await withOrg({}, async (sandbox) => {
      expect(() => sandbox.org.load([{ object: 'Lead', fields: { Shoe__c: 1 } }])).toThrow("No such column 'Shoe__c'");
    });
  });

  test('takes the whole demo company', async () => {
    await withOrg({ records: demoSeed(NOON) }, async (sandbox, client) => {
      const opportunities = await client.query('SELECT COUNT() FROM Opportunity');

      expect(opportunities.body.totalSize).toBeGreaterThan(200);
      expect(sandbox.org.record(sandbox.userId)).toMatchObject({ Username: 'svc-rolecall@northwind.example' });
    });
  });
});

describe('the clock of the org', () => {
  test('stands, moves and runs on as a test wants', () => {
    const clock = new OrgClock();
    clock.freeze(NOON);
    clock.advance(90);
    const moved = clock.now();
    clock.set(NOON);
    const set = clock.now();
    clock.resume();
    const running = clock.now();

    expect([moved, set]).toEqual([NOON + 90_000, NOON]);
    expect(running).toBeGreaterThanOrEqual(NOON);
    expect(running).toBeLessThan(NOON + 5000);
  });

  test('is the real one unless told otherwise', () => {
    const before = Date.now();
    const now = new OrgClock().now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('writes whole seconds with an offset that has no colon, and reads any offset', () => {
    expect(writeStamp(NOON + 999)).toBe('2026-05-05T12:00:00.000+0000');
    expect(readStamp('2026-05-05T14:00:00.000+0200')).toBe(NOON);
    expect(readStamp('2026-05-05T12:00:00Z')).toBe(NOON);
    expect(readStamp('2026-05-05')).toBeNull();
  });
});

test('a recorded id has the checksum that it should have', () => {
  expect(toLongId('001dM00003kRs59')).toBe('001dM00003kRs59QAC');
  expect(hasIdForm('001dM00003kRs59QAC')).toBe(true);
  expect(hasIdForm('001dM00003kRs5')).toBe(false);
});

test('two writers of one parent meet: the second cannot lock it while the first commits', async () => {
  await withOrg({}, async (sandbox, client) => {
    const lead = sandbox.org.admin.insert('Lead', { LastName: 'x', Company: 'y' });
    sandbox.faults.add({ when: { body: 'first' }, do: { kind: 'slow-commit', millis: 200 } });
    const change = (Title: string): ReturnType<typeof client.send> =>
      client.send('PATCH', `/sobjects/Lead/${lead}`, { Title });
    const committed = new Promise<void>((resolve) => {
      sandbox.hooks.afterCommit = () => resolve();
    });

    const first = change('first');
    await committed;
    const second = await change('second');

    expect((await first).status).toBe(204);
    expect(second.body[0].errorCode).toBe('UNABLE_TO_LOCK_ROW');
    expect((await change('third')).status).toBe(204);
  });
});

test('two orgs in one process do not know each other', async () => {
  const [one, other] = [await startSandboxOrg({ frozenAt: NOON }), await startSandboxOrg({ frozenAt: NOON })];
  try {
    one.org.admin.insert('Lead', { LastName: 'x', Company: 'y' });
    one.org.hideField('Lead', 'Title');

    expect(one.url).not.toBe(other.url);
    expect(other.org.all('Lead')).toEqual([]);
    expect(other.org.setup.hidden.size).toBe(0);
  } finally {
    await one.close();
    await other.close();
  }
});
