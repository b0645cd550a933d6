import { afterEach, describe, expect, it } from 'vitest';
import type { Page, Query, Salesforce } from '../../../src/ports.ts';
import { anAdapter, startOddOrg, type OddAnswer, type OddOrg, type OddRequest } from './odd-org.ts';

const FOREVER = new AbortController().signal;
const LEADS: Query = { soql: 'SELECT Id FROM Lead' };

let org: OddOrg | null = null;
afterEach(async () => {
  await org?.close();
  org = null;
});

async function anOrg(answer: (request: OddRequest, serial: number) => OddAnswer): Promise<Salesforce> {
  org = await startOddOrg(answer);
  return anAdapter(org.url);
}

async function readAll(salesforce: Salesforce, query = LEADS): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of salesforce.query(query, FOREVER)) pages.push(page);
  return pages;
}

function aRecord(fields: object): object {
  return { attributes: { type: 'Lead', url: '/services/data/v66.0/sobjects/Lead/00Q' }, ...fields };
}

function records(count: number): object[] {
  return Array.from({ length: count }, (_, index) => aRecord({ Name: `row ${index}` }));
}

const NEXT = '/services/data/v66.0/query/0r8xx-2';

function at(time: string): number {
  return Date.parse(`2026-11-21T${time}Z`);
}

describe('paging a query (F24)', () => {
  it('follows the links to the page that says done, whatever the sizes', async () => {
    const salesforce = await anOrg(({ path }) =>
      path === NEXT
        ? { json: { totalSize: 3, done: true, records: records(1) } }
        : { json: { totalSize: 3, done: false, nextRecordsUrl: NEXT, records: records(2) } },
    );

    const pages = await readAll(salesforce);

    expect(pages.map(({ rows, totalSize, isLast }) => [rows.length, totalSize, isLast])).toEqual([
      [2, 3, false],
      [1, 3, true],
    ]);
  });

  it('asks queryAll for what is in the recycle bin too', async () => {
    const salesforce = await anOrg(() => ({ json: { totalSize: 0, done: true, records: [] } }));

    await readAll(salesforce, { soql: "SELECT Id FROM Lead WHERE Name = 'A+B & C'", scanAll: true });

    const sent = new URL(org?.requests[0]?.path ?? '', org?.url);
    expect(sent.pathname).toBe('/services/data/v66.0/queryAll');
    expect(sent.searchParams.get('q')).toBe("SELECT Id FROM Lead WHERE Name = 'A+B & C'");
    expect(org?.requests[0]?.path).toContain('A%2BB%20%26%20C');
  });

  it('sends what is too long for an address in the body of a composite call', async () => {
    const soql = `SELECT Id FROM Lead WHERE Id IN ('${Array.from({ length: 2_000 }, (_, n) => `00Q${n}`).join("','")}')`;
    const salesforce = await anOrg(() => ({
      json: composite([200, { totalSize: 2, done: true, records: records(2) }]),
    }));

    const pages = await readAll(salesforce, { soql });

    const { compositeRequest } = JSON.parse(org?.requests[0]?.body ?? '') as { compositeRequest: { url: string }[] };
    expect(org?.requests.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/services/data/v66.0/composite'],
    ]);
    expect(compositeRequest[0]?.url).toBe(`/services/data/v66.0/query?q=${encodeURIComponent(soql)}`);
    expect(pages[0]?.rows).toHaveLength(2);
  });

  it.each<[string, (request: OddRequest) => OddAnswer, object]>([
    [
      'no link, yet not done (FM 8)',
      () => ({ json: { totalSize: 5, done: false, records: records(2) } }),
      { code: 'incomplete-result' },
    ],
    [
      'fewer rows than were found (FM 8)',
      () => ({ json: { totalSize: 5, done: true, records: records(2) } }),
      { code: 'incomplete-result' },
    ],
    [
      'pages in a circle',
      () => ({ json: { totalSize: 5, done: false, nextRecordsUrl: NEXT, records: records(1) } }),
      { code: 'incomplete-result' },
    ],
    [
      'a cursor that ran out (FM 9)',
      ({ path }) =>
        path === NEXT
          ? { status: 400, json: [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }] }
          : { json: { totalSize: 3, done: false, nextRecordsUrl: NEXT, records: records(2) } },
      { code: 'INVALID_QUERY_LOCATOR' },
    ],
  ])('fails with retry on %s, and does not call the rest the last page', async (_, answer, expected) => {
    const salesforce = await anOrg(answer);
    const pages: Page[] = [];

    const reading = (async () => {
      for await (const page of salesforce.query(LEADS, FOREVER)) pages.push(page);
    })();

    await expect(reading).rejects.toMatchObject({ recovery: 'retry', ...expected });
    expect(pages.some(({ isLast }) => isLast)).toBe(false);
    expect(org?.requests.length).toBeLessThanOrEqual(6);
  });

  it('takes the figure of a count from the size, for there are no rows', async () => {
    const salesforce = await anOrg(() => ({ json: { totalSize: 80_000, done: true, records: [] } }));

    const pages = await readAll(salesforce, { soql: 'SELECT COUNT() FROM Lead' });

    expect(pages).toEqual([{ rows: [], totalSize: 80_000, isLast: true }]);
  });
});

describe('a row of a query', () => {
  it('has parents by their path, ids of 18 characters, and dates as they came', async () => {
    const record = aRecord({
      Id: '00QdM00000Mw7Vt',
      SystemModstamp: '2026-05-01T07:25:37.000+0000',
      Amount: 15_000.5,
      IsConverted: false,
      Email: null,
      Owner: {
        attributes: { type: 'User' },
        Email: 'rep@acme.example',
        Profile: { attributes: { type: 'Profile' }, Name: 'Sales' },
      },
      RecordType: null,
    });
    const salesforce = await anOrg(() => ({ json: { totalSize: 1, done: true, records: [record] } }));

    const [page] = await readAll(salesforce);

    expect(page?.rows).toEqual([
      {
        Id: '00QdM00000Mw7VtUAJ',
        SystemModstamp: '2026-05-01T07:25:37.000+0000',
        Amount: 15_000.5,
        IsConverted: false,
        Email: null,
        'Owner.Email': 'rep@acme.example',
        'Owner.Profile.Name': 'Sales',
        RecordType: null,
      },
    ]);
  });

  it('is not made of a list, which no field of ours can hold', async () => {
    const salesforce = await anOrg(() => ({ json: { totalSize: 1, done: true, records: [aRecord({ Tags: ['a'] })] } }));

    await expect(readAll(salesforce)).rejects.toMatchObject({ code: 'malformed-answer' });
  });
});

describe('several queries in one call', () => {
  it('answers in the order asked for, each paged to its end', async () => {
    const salesforce = await anOrg(({ path }) =>
      path === NEXT
        ? { json: { totalSize: 3, done: true, records: records(1) } }
        : {
            json: composite(
              [200, { totalSize: 3, done: false, nextRecordsUrl: NEXT, records: records(2) }],
              [200, { totalSize: 1, done: true, records: records(1) }],
            ),
          },
    );

    const results = await salesforce.queryTogether([LEADS, { soql: 'SELECT Id FROM Task', scanAll: true }], FOREVER);

    expect(results.map((rows) => rows.length)).toEqual([3, 1]);
    expect(org?.requests).toHaveLength(2);
    expect(org?.requests[0]?.body).toContain('/services/data/v66.0/queryAll?q=SELECT%20Id%20FROM%20Task');
  });

  it('matches answers by their reference, whatever their order', async () => {
    const { compositeResponse } = composite(
      [200, { totalSize: 1, done: true, records: records(1) }],
      [200, { totalSize: 2, done: true, records: records(2) }],
    );
    const salesforce = await anOrg(() => ({ json: { compositeResponse: compositeResponse.toReversed() } }));

    const results = await salesforce.queryTogether([LEADS, LEADS], FOREVER);

    expect(results.map((rows) => rows.length)).toEqual([1, 2]);
  });

  it('fails with the code of the query that failed', async () => {
    const error = [
      { errorCode: 'INVALID_FIELD', message: "\nSELECT Foo__c\n ^\nERROR at Row:1:Column:8\nNo such column 'Foo__c'" },
    ];
    const salesforce = await anOrg(() => ({
      json: composite([200, { totalSize: 0, done: true, records: [] }], [400, error]),
    }));

    await expect(salesforce.queryTogether([LEADS, LEADS], FOREVER)).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      recovery: 'fix-config',
      message: "the org refused: HTTP 400 INVALID_FIELD: No such column 'Foo__c'",
    });
  });

  it('fails with retry when an answer is missing', async () => {
    const salesforce = await anOrg(() => ({ json: composite([200, { totalSize: 0, done: true, records: [] }]) }));

    await expect(salesforce.queryTogether([LEADS, LEADS], FOREVER)).rejects.toMatchObject({
      code: 'malformed-answer',
      recovery: 'retry',
    });
  });

  it('sends nothing for no query, and refuses more than five', async () => {
    const salesforce = await anOrg(() => ({}));

    await expect(salesforce.queryTogether([], FOREVER)).resolves.toEqual([]);
    await expect(
      salesforce.queryTogether(
        Array.from({ length: 6 }, () => LEADS),
        FOREVER,
      ),
    ).rejects.toMatchObject({
      code: 'too-many-queries',
    });
    expect(org?.requests).toEqual([]);
  });
});

describe('the deleted resource (F26)', () => {
  const answer = {
    deletedRecords: [{ id: '00KdM00000Mw7Vt', deletedDate: '2026-11-21T10:02:07.000+0000' }],
    earliestDateAvailable: '2026-11-06T00:00:00.000+0000',
    latestDateCovered: '2026-11-21T10:04:00.000+0000',
  };

  it('is asked for whole minutes and read as instants', async () => {
    const salesforce = await anOrg(() => ({ json: answer }));

    const deleted = await salesforce.deleted('OpportunityContactRole', at('10:00:45'), at('10:05:30'), FOREVER);

    const sent = new URL(org?.requests[0]?.path ?? '', org?.url);
    expect(sent.pathname).toBe('/services/data/v66.0/sobjects/OpportunityContactRole/deleted/');
    expect(Object.fromEntries(sent.searchParams)).toEqual({
      start: '2026-11-21T10:00:00+00:00',
      end: '2026-11-21T10:05:00+00:00',
    });
    expect(deleted).toEqual({
      rows: [{ id: '00KdM00000Mw7VtUAJ', deletedAt: at('10:02:07') }],
      earliestAvailable: Date.parse('2026-11-06T00:00:00Z'),
      latestCovered: at('10:04:00'),
    });
  });

  it.each([
    ['the same minute', '10:00:10', '10:00:50'],
    ['one minute apart after the cut', '10:00:00', '10:01:59'],
  ])('is not asked for %s', async (_, from, to) => {
    const salesforce = await anOrg(() => ({ json: answer }));

    await expect(salesforce.deleted('Lead', at(from), at(to), FOREVER)).rejects.toMatchObject({
      code: 'window-too-short',
      recovery: 'retry',
    });
    expect(org?.requests).toEqual([]);
  });

  it('keeps the code of a window that the org has purged', async () => {
    const salesforce = await anOrg(() => ({
      status: 400,
      json: [{ errorCode: 'INVALID_REPLICATION_DATE', message: 'too old' }],
    }));

    await expect(salesforce.deleted('Lead', at('10:00:00'), at('10:05:00'), FOREVER)).rejects.toMatchObject({
      code: 'INVALID_REPLICATION_DATE',
    });
  });

  it('does not take a broken date for one', async () => {
    const salesforce = await anOrg(() => ({ json: { ...answer, latestDateCovered: 'yesterday' } }));

    await expect(salesforce.deleted('Lead', at('10:00:00'), at('10:05:00'), FOREVER)).rejects.toMatchObject({
      code: 'malformed-answer',
    });
  });
});

/** The answer of a composite call, from status and body of each part. */
function composite(...parts: readonly (readonly [number, unknown])[]) {
  return {
    compositeResponse: parts.map(([httpStatusCode, body], index) => ({
      body,
      httpHeaders: {},
      httpStatusCode,
      referenceId: `part${index}`,
    })),
  };
}
