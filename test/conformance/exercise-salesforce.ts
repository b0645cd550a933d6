import { afterEach, describe, expect, it } from 'vitest';
import type { Row } from '../../src/domain/record.ts';
import { to18 } from '../../src/domain/record-id.ts';
import type { Query, RowFate, Salesforce } from '../../src/ports.ts';
import { maintenancePage, shortResults, type FaultAction } from '../../src/sandbox/faults.ts';
import { startSandboxOrg, type SandboxOrg, type SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';

export type Flow = 'jwt' | 'client-credentials' | 'refresh-token';

export type PortOptions = {
  readonly flow: Flow;
  readonly apiVersion: string;
  /** Over headers and body of any answer. */
  readonly deadlineMs: number;
  /** Milliseconds of a timer that no clock correction moves. */
  readonly monotonic: () => number;
};

const DEFAULTS: PortOptions = {
  flow: 'jwt',
  apiVersion: '66.0',
  deadlineMs: 10_000,
  monotonic: () => performance.now(),
};
const FOREVER = new AbortController().signal;
const NOON = Date.UTC(2026, 4, 5, 12, 0, 0);
const LEADS: Query = { soql: 'SELECT Id, LastName FROM Lead ORDER BY SystemModstamp, Id' };

/** What every implementation of the port owes its callers, whatever the org and the network do. */
export function exerciseSalesforce(makePort: (org: SandboxOrg, options: PortOptions) => Salesforce): void {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });

  async function anOrg(options: SandboxOrgOptions = {}): Promise<SandboxOrg> {
    const org = await startSandboxOrg({ frozenAt: NOON, ...options });
    opened.push(org);
    return org;
  }

  async function connected(org: SandboxOrg, options: Partial<PortOptions> = {}): Promise<Salesforce> {
    const salesforce = makePort(org, { ...DEFAULTS, ...options });
    await salesforce.connect(FOREVER);
    opened.push(salesforce);
    return salesforce;
  }

  describe('connecting', () => {
    it.each<Flow>(['jwt', 'client-credentials', 'refresh-token'])(
      'signs in by %s and goes on after each expiry',
      async (flow) => {
        const org = await anOrg({ records: leads(1) });
        let hours = 0;
        const salesforce = await connected(org, { flow, monotonic: () => performance.now() + hours * 3_600_000 });
        const before = org.log.count('token');

        for (let expiry = 0; expiry < 3; expiry++) {
          await readAll(salesforce);
          org.expireSessions();
          hours += 2;
        }
        const rows = await readAll(salesforce);

        expect(rows).toHaveLength(1);
        expect(salesforce.userId()).toBe(org.userId);
        expect(org.log.count('token') - before).toBe(3);
      },
    );

    it('names the newest version when another one is set', async () => {
      const org = await anOrg({ versions: ['64.0', '65.0'] });
      const salesforce = makePort(org, DEFAULTS);

      await expect(salesforce.connect(FOREVER)).rejects.toMatchObject({
        recovery: 'fix-config',
        message: expect.stringContaining('65.0'),
      });
    });

    it.each<[string, (org: SandboxOrg) => void]>([
      ['the audience is wrong', (org) => void (org.app.audiences = ['https://test.salesforce.com'])],
      ['the user is not approved', (org) => void (org.app.approvedUsernames = [])],
    ])('says what to mend when %s', async (_, spoil) => {
      const org = await anOrg();
      spoil(org);
      const salesforce = makePort(org, DEFAULTS);

      await expect(salesforce.connect(FOREVER)).rejects.toMatchObject({
        recovery: 'fix-config',
        mend: expect.any(String),
      });
    });

    it.each([-240, 240])('signs in while its own clock is %s seconds off (XE27)', async (seconds) => {
      const org = await anOrg({ frozenAt: Date.now() + seconds * 1000 });

      const salesforce = await connected(org);

      expect(Math.abs(salesforce.now() - org.clock.now())).toBeLessThan(5_000);
    });

    it('waits for a host that is away', async () => {
      const org = await startSandboxOrg();
      await org.close();
      const salesforce = makePort(org, DEFAULTS);

      await expect(salesforce.connect(FOREVER)).rejects.toMatchObject({ recovery: 'wait' });
    });
  });

  describe('reading', () => {
    it('pages 10,001 rows to the end, whatever the sizes of the pages (FM 7, FM 10)', async () => {
      const org = await anOrg({ records: leads(10_001), pageSize: [200, 2_000] });
      const salesforce = await connected(org);

      const rows = await readAll(salesforce);

      expect(new Set(rows.map(({ Id }) => Id)).size).toBe(10_001);
      expect(salesforce.calls()).toBe(org.log.count());
    });

    it('reads 5,000 rows of one second once each (XE4)', async () => {
      const stamp = '2026-05-01T07:25:37.000+0000';
      const org = await anOrg({ records: leads(5_000, { SystemModstamp: stamp }) });
      const salesforce = await connected(org);

      const rows = await readAll(salesforce, {
        soql: 'SELECT Id, SystemModstamp FROM Lead WHERE SystemModstamp >= 2026-05-01T07:25:37Z ORDER BY SystemModstamp, Id',
      });

      expect(new Set(rows.map(({ Id }) => Id)).size).toBe(5_000);
      expect(new Set(rows.map(({ SystemModstamp }) => SystemModstamp))).toEqual(new Set([stamp]));
    });

    it('fails with retry when the cursor ends in mid-paging (FM 9)', async () => {
      const org = await anOrg({ records: leads(500), pageSize: 200 });
      const salesforce = await connected(org);
      org.faults.add({ when: { kind: 'query-more' }, skip: 1, times: 1, do: { kind: 'expire-cursors' } });

      await expect(readAll(salesforce)).rejects.toMatchObject({ code: 'INVALID_QUERY_LOCATOR', recovery: 'retry' });
      await expect(readAll(salesforce)).resolves.toHaveLength(500);
    });

    it('fails with retry when a row vanishes between two pages', async () => {
      const org = await anOrg({ records: leads(500), pageSize: 200 });
      const salesforce = await connected(org);
      const { rows: firstPage } = await firstOf(salesforce.query(LEADS, FOREVER));
      const seen = new Set(firstPage.map(({ Id }) => Id));
      const [unseen] = org.org.all('Lead', ({ Id }) => !seen.has(String(Id)));
      org.hooks.onRequest = ({ kind }) => {
        if (kind === 'query-more' && org.org.record(String(unseen?.['Id'])) !== undefined)
          org.org.admin.delete(String(unseen?.['Id']));
      };

      await expect(readAll(salesforce)).rejects.toMatchObject({ code: 'incomplete-result', recovery: 'retry' });
    });

    it('answers several queries in one call, each to its end and in order', async () => {
      const org = await anOrg({ records: leads(450), pageSize: 200 });
      const salesforce = await connected(org);
      const users: Query = { soql: "SELECT Id, Username FROM User WHERE Username = 'svc-rolecall@northwind.example'" };
      const before = salesforce.calls();

      const [leadRows, userRows] = await salesforce.queryTogether([LEADS, users], FOREVER);

      expect(leadRows).toHaveLength(450);
      expect(userRows).toEqual([{ Id: org.userId, Username: org.username }]);
      expect(salesforce.calls() - before).toBe(3);
    });

    it('says of a field that is hidden that access is missing (XE9)', async () => {
      const org = await anOrg({ records: leads(1) });
      const salesforce = await connected(org);
      org.org.hideField('Lead', 'Company');

      await expect(readAll(salesforce, { soql: 'SELECT Id, Company FROM Lead' })).rejects.toMatchObject({
        code: 'INVALID_FIELD',
        recovery: 'fix-config',
        message: expect.stringContaining('Company'),
      });
    });

    it('reads a query that is longer than an address may be', async () => {
      const org = await anOrg({ records: leads(1_000) });
      const salesforce = await connected(org);
      const ids = org.org.all('Lead').map(({ Id }) => String(Id));

      const rows = await readAll(salesforce, { soql: `SELECT Id FROM Lead WHERE Id IN ('${ids.join("','")}')` });

      expect(rows).toHaveLength(1_000);
    });

    it('has parents by their path, and null for one that is absent', async () => {
      const [account, withAccount, without] = [
        to18('001bX0000000001'),
        to18('003bX0000000001'),
        to18('003bX0000000002'),
      ];
      const org = await anOrg({
        records: [
          { object: 'Account', fields: { Id: account, Name: 'Acme' } },
          { object: 'Contact', fields: { Id: withAccount, LastName: 'Ann', AccountId: account } },
          { object: 'Contact', fields: { Id: without, LastName: 'Bob' } },
        ],
      });
      const salesforce = await connected(org);

      const rows = await readAll(salesforce, { soql: 'SELECT Id, Account.Name FROM Contact ORDER BY LastName' });

      expect(rows).toEqual([
        { Id: withAccount, 'Account.Name': 'Acme' },
        { Id: without, Account: null },
      ]);
    });

    it('describes fields, picklists and references', async () => {
      const org = await anOrg();
      const salesforce = await connected(org);

      const { name, fields } = await salesforce.describe('lead', FOREVER);

      expect(name).toBe('Lead');
      expect(fields.get('OwnerId')).toMatchObject({
        type: 'reference',
        referenceTo: expect.arrayContaining(['Group', 'User']),
      });
      expect(fields.get('Status')?.picklistValues).toContainEqual({ value: 'Open - Not Contacted', isActive: true });
    });

    it('learns of a contact role that was removed directly (F26)', async () => {
      const role = to18('00KbX0000000001');
      const [opportunity, contact] = [to18('006bX0000000001'), to18('003bX0000000001')];
      const org = await anOrg({
        records: [
          { object: 'Contact', fields: { Id: contact, LastName: 'Ann' } },
          {
            object: 'Opportunity',
            fields: { Id: opportunity, Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-06-30' },
          },
          { object: 'OpportunityContactRole', fields: { Id: role, OpportunityId: opportunity, ContactId: contact } },
        ],
      });
      const salesforce = await connected(org);
      org.org.admin.delete(role);
      org.clock.advance(180);

      const deleted = await salesforce.deleted('OpportunityContactRole', NOON - 600_000, org.clock.now(), FOREVER);

      expect(deleted.rows).toEqual([{ id: role, deletedAt: NOON }]);
      expect(deleted.latestCovered).toBeGreaterThan(NOON);
    });
  });

  describe('a session that ends', () => {
    it('in mid-paging of twenty queries at once costs one new token and no row (XE21)', async () => {
      const org = await anOrg({ records: leads(600), pageSize: 200 });
      const salesforce = await connected(org);
      const before = org.log.count('token');
      org.faults.add({ when: { kind: 'query-more' }, skip: 3, times: 1, do: { kind: 'expire-session' } });

      const results = await Promise.all(Array.from({ length: 20 }, () => readAll(salesforce)));

      expect(results.map((rows) => rows.length)).toEqual(Array.from({ length: 20 }, () => 600));
      expect(org.log.count('token') - before).toBe(1);
    });

    it('at once, again and again, ends in a few calls (I25)', async () => {
      const org = await anOrg({ records: leads(1) });
      const salesforce = await connected(org);
      const before = org.log.count('token');
      const body = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
      const headers = { 'content-type': 'application/json' };
      org.faults.add({ when: { kind: 'query' }, do: { kind: 'answer', status: 401, body, headers } });

      for (let round = 0; round < 10; round++) {
        const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => readAll(salesforce)));
        expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
      }

      expect(org.log.count('token') - before).toBe(0);
      expect(org.log.count('query')).toBeLessThanOrEqual(5);
    });
  });

  describe('an answer that is none (XE24)', () => {
    it.each<[string, FaultAction]>([
      ['never comes', { kind: 'hang', at: 'before-commit' }],
      ['stalls in the body', { kind: 'stall', bytes: 40 }],
      ['is cut off', { kind: 'truncate', bytes: 40 }],
      ['is a reset', { kind: 'reset', at: 'before-commit' }],
      ['is a maintenance page', maintenancePage(503)],
      ['is a maintenance page with 200', maintenancePage(200)],
      ['is empty', { kind: 'answer', status: 200, body: '', headers: { 'content-type': 'application/json' } }],
    ])('because it %s lets the read wait, and the next one succeed', async (_, fault) => {
      const org = await anOrg({ records: leads(3) });
      const salesforce = await connected(org, { deadlineMs: 1_000 });
      org.faults.add({ when: { kind: 'query' }, times: 1, do: fault });

      await expect(readAll(salesforce)).rejects.toMatchObject({ recovery: 'wait' });
      await expect(readAll(salesforce)).resolves.toHaveLength(3);
      expect(org.log.count('query')).toBe(2);
    });

    it('waits at the daily limit, and tells the usage', async () => {
      const org = await anOrg({ records: leads(1), dailyLimit: 15_000 });
      const salesforce = await connected(org);
      await readAll(salesforce);
      org.faults.add({ when: { kind: 'query' }, times: 1, do: { kind: 'daily-limit' } });

      await expect(readAll(salesforce)).rejects.toMatchObject({ code: 'REQUEST_LIMIT_EXCEEDED', recovery: 'wait' });
      expect(salesforce.usage()?.limit).toBe(15_000);
    });

    it('waits at the limit of concurrent calls, which is none of the day', async () => {
      const org = await anOrg({ records: leads(1) });
      const salesforce = await connected(org);
      org.faults.add({ when: { kind: 'query' }, times: 1, do: { kind: 'concurrent-limit' } });

      await expect(readAll(salesforce)).rejects.toMatchObject({ code: 'concurrent-limit', recovery: 'wait' });
    });
  });

  describe('writing', () => {
    it('writes 1,000 records in one call, fates in order, and leaves the rules of the org asleep (F31, XE12)', async () => {
      const org = await anOrg({ records: leads(1_000) });
      const salesforce = await connected(org);
      org.org.setup.leadAssignment = () => org.org.admin.userId;
      const owned = org.org.all('Lead').map(({ Id, OwnerId }) => ({ id: String(Id), owner: OwnerId }));
      const before = salesforce.calls();

      const fates = await salesforce.update(
        'Lead',
        owned.map(({ id }) => ({ id, fields: { Company: 'Acme' } })),
        FOREVER,
      );

      expect(fates).toEqual(owned.map(({ id }) => ({ kind: 'applied', id })));
      expect(org.org.all('Lead', ({ Company }) => Company === 'Acme')).toHaveLength(1_000);
      expect(owned.every(({ id, owner }) => org.org.record(id)?.['OwnerId'] === owner)).toBe(true);
      expect(salesforce.calls() - before).toBe(1);
    });

    it('tells of each record what became of it (XE20)', async () => {
      const org = await anOrg({ records: leads(200) });
      const salesforce = await connected(org);
      const ids = org.org.all('Lead').map(({ Id }) => String(Id));
      org.faults.add({
        when: { kind: 'collection' },
        times: 1,
        do: {
          kind: 'refuse-rows',
          code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          message: 'no',
          where: (_, index) => index === 57,
        },
      });
      const letGo = org.org.hold(ids[120] ?? '');

      const fates = await salesforce.update(
        'Lead',
        ids.map((id) => ({ id, fields: { Company: 'Acme' } })),
        FOREVER,
      );
      letGo();

      expect(fates.filter(({ kind }) => kind === 'applied')).toHaveLength(198);
      expect(fates[57]).toMatchObject({
        kind: 'refused',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        recovery: 'dead-letter',
      });
      expect(fates[120]).toMatchObject({ kind: 'refused', code: 'UNABLE_TO_LOCK_ROW', recovery: 'retry' });
    });

    it('is told by the unique key that a task exists (F38a)', async () => {
      const org = await anOrg();
      const salesforce = await connected(org);
      const task = { fields: { Subject: 'Hand over', Rolecall_Key__c: 'handoff:1' } };

      const [first] = await salesforce.create('Task', [task], FOREVER);
      const [second] = await salesforce.create('Task', [task], FOREVER);

      expect(first).toMatchObject({ kind: 'applied' });
      expect(second).toMatchObject({ kind: 'refused', code: 'DUPLICATE_VALUE' });
    });

    it.each<[string, FaultAction, number]>([
      ['a reset before the commit', { kind: 'reset', at: 'before-commit' }, 0],
      ['a reset after the commit', { kind: 'reset', at: 'after-commit' }, 1],
      ['silence after the commit', { kind: 'hang', at: 'after-commit' }, 1],
      ['a body that is cut off', { kind: 'truncate', bytes: 10 }, 1],
      ['a body that stalls', { kind: 'stall', bytes: 10 }, 1],
      ['a maintenance page', maintenancePage(503), 0],
      ['a short list', shortResults(0), 1],
      ['another answer after the commit', { kind: 'answer-after-commit', status: 502, body: '' }, 1],
    ])('does not know after %s whether the task was made, and sends it once (XE19, I24)', async (_, fault, made) => {
      const org = await anOrg();
      const salesforce = await connected(org, { deadlineMs: 1_000 });
      org.faults.add({ when: { kind: 'collection' }, times: 1, do: fault });

      const fates = await salesforce.create('Task', [{ fields: { Subject: 'Hand over' } }], FOREVER);

      expect(fates.map(({ kind }) => kind)).toEqual(['unknown']);
      expect(org.org.all('Task')).toHaveLength(made);
      expect(org.log.count('collection')).toBe(1);
    });

    it('does not know of one collection of five when its list is short', async () => {
      const org = await anOrg({ records: leads(1_000) });
      const salesforce = await connected(org);
      org.faults.add({ when: { kind: 'composite' }, times: 1, do: { kind: 'edit', edit: shortenSecond } });
      const ids = org.org.all('Lead').map(({ Id }) => String(Id));

      const fates = await salesforce.update(
        'Lead',
        ids.map((id) => ({ id, fields: { Company: 'Acme' } })),
        FOREVER,
      );

      const kinds = fates.map(({ kind }) => kind);
      expect(count(kinds.slice(200, 400), 'unknown')).toBe(200);
      expect(count(kinds, 'applied')).toBe(800);
    });

    it('knows that nothing was written when the org was never reached', async () => {
      const org = await startSandboxOrg();
      const salesforce = await connected(org);
      await org.close();
      // The first call may still go out on a connection that stood.
      await expect(readAll(salesforce)).rejects.toMatchObject({ recovery: 'wait' });

      await expect(salesforce.create('Task', [{ fields: { Subject: 'Hand over' } }], FOREVER)).rejects.toMatchObject({
        recovery: 'wait',
      });
    });
  });
}

function leads(
  count: number,
  fields: Readonly<Record<string, string>> = {},
): NonNullable<SandboxOrgOptions['records']> {
  return Array.from({ length: count }, (_, index) => ({
    object: 'Lead',
    fields: { LastName: `Lead ${index}`, Company: 'Northwind', ...fields },
  }));
}

async function readAll(salesforce: Salesforce, query: Query = LEADS): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of salesforce.query(query, FOREVER)) rows.push(...page.rows);
  return rows;
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('there is none');
}

function count(kinds: readonly RowFate['kind'][], kind: RowFate['kind']): number {
  return kinds.filter((one) => one === kind).length;
}

type CompositeAnswer = { readonly compositeResponse: readonly { readonly body: readonly unknown[] }[] };

function shortenSecond(answer: unknown): unknown {
  const { compositeResponse } = answer as CompositeAnswer;
  return {
    compositeResponse: compositeResponse.map((sub, at) => (at === 1 ? { ...sub, body: sub.body.slice(1) } : sub)),
  };
}
