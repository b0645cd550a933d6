import { afterEach, describe, expect, it } from 'vitest';
import type { CallReport } from '../../../src/adapters/salesforce/settings.ts';
import type { AppError } from '../../../src/domain/error.ts';
import { to18 } from '../../../src/domain/record-id.ts';
import { anAdapter, startOddOrg, type OddAnswer, type OddOrg } from './odd-org.ts';

const FOREVER = new AbortController().signal;
const LEAD = 'Lead';
const id = (serial: number): string => to18(`00Q${String(serial).padStart(12, '0')}`);
const oneLead = [{ id: id(1), fields: { Status: 'Open' } }];

let org: OddOrg | null = null;
afterEach(async () => {
  await org?.close();
  org = null;
});

async function anOrg(answer: OddAnswer, adapter: Parameters<typeof anAdapter>[1] = {}) {
  org = await startOddOrg(() => answer);
  return anAdapter(org.url, adapter);
}

const DAILY = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
const BUSY = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Server too busy' }];

/** Every odd answer, what it makes of a read, and of a write. */
const ODD: readonly (readonly [string, OddAnswer, Partial<AppError>, 'unknown' | 'nothing written'])[] = [
  ['a reset before the headers', { fault: 'reset' }, { code: 'connection-lost', recovery: 'wait' }, 'unknown'],
  ['no answer at all', { fault: 'hang' }, { code: 'org-timeout', recovery: 'wait' }, 'unknown'],
  [
    'a body that stalls',
    { json: [], fault: 'stall in the body' },
    { code: 'org-timeout', recovery: 'wait' },
    'unknown',
  ],
  [
    'a body that is cut off',
    { json: [], fault: 'cut in the body' },
    { code: 'connection-lost', recovery: 'wait' },
    'unknown',
  ],
  ['JSON that ends early', { text: '{"totalSize":1,"do' }, { code: 'malformed-answer', recovery: 'wait' }, 'unknown'],
  ['an empty body', { text: '' }, { code: 'malformed-answer', recovery: 'wait' }, 'unknown'],
  ['a bare string', { text: '"ok"' }, { code: 'malformed-answer', recovery: 'wait' }, 'unknown'],
  ['another shape', { json: { ok: true } }, { code: 'malformed-answer', recovery: 'retry' }, 'unknown'],
  ['204 without a body', { status: 204 }, { code: 'malformed-answer', recovery: 'wait' }, 'unknown'],
  ['200 with HTML', html(200), { code: 'org-unavailable', recovery: 'wait' }, 'unknown'],
  ['a maintenance page', html(503), { code: 'org-unavailable', recovery: 'wait' }, 'unknown'],
  ['an edge without a route', html(420), { code: 'org-unavailable', recovery: 'wait' }, 'unknown'],
  ['a bad gateway without a body', { status: 502, text: '' }, { code: 'org-unavailable', recovery: 'wait' }, 'unknown'],
  [
    'a redirect',
    { status: 302, headers: { location: '/login' } },
    { code: 'org-unavailable', recovery: 'wait' },
    'unknown',
  ],
  ['a busy server', { status: 503, json: BUSY }, { code: 'org-unavailable', recovery: 'wait' }, 'unknown'],
  [
    'the daily limit',
    { status: 403, json: DAILY },
    { code: 'REQUEST_LIMIT_EXCEEDED', recovery: 'wait' },
    'nothing written',
  ],
  ['429', { status: 429, text: '' }, { code: 'REQUEST_LIMIT_EXCEEDED', recovery: 'wait' }, 'nothing written'],
  ['a request too long', { status: 414, text: '' }, { code: 'request-too-long', recovery: 'stop' }, 'nothing written'],
];

function html(status: number): OddAnswer {
  return { status, headers: { 'content-type': 'text/html;charset=UTF-8' }, text: '<html>Down for maintenance</html>' };
}

describe('an odd answer (XE24, D7)', () => {
  it.each(ODD)('%s ends a read in time, with one call', async (_, answer, expected) => {
    const salesforce = await anOrg(answer);

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject(expected);
    expect(org?.requests).toHaveLength(1);
  });

  it.each(ODD)('%s tells of a write what is known, with one call', async (_, answer, expected, outcome) => {
    const salesforce = await anOrg(answer);

    const told = await salesforce.update(LEAD, oneLead, FOREVER).then(
      ([fate]) => [fate?.kind, fate?.kind === 'unknown' ? fate.cause : null],
      (error: unknown) => ['nothing written', error],
    );

    expect(told).toMatchObject([outcome, expected]);
    expect(org?.requests).toHaveLength(1);
  });

  it('names the host, and no query, when nobody listens there', async () => {
    const gone = await startOddOrg(() => ({}));
    await gone.close();
    const salesforce = anAdapter(gone.url);

    const failure = salesforce.query({ soql: "SELECT Id FROM Lead WHERE Email = 'ann@example.com'" }, FOREVER);

    await expect(failure[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'org-unreachable',
      recovery: 'wait',
      message: `${new URL(gone.url).host} cannot be reached: ECONNREFUSED`,
      mend: expect.stringContaining('SF_LOGIN_URL'),
    });
  });

  it('says of a host without a name that it cannot be found', async () => {
    const salesforce = anAdapter('http://nowhere.invalid');

    await expect(salesforce.connect(FOREVER)).rejects.toMatchObject({
      code: 'org-unreachable',
      recovery: 'wait',
      message: expect.stringMatching(/^nowhere\.invalid cannot be reached: (ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it('leaves the values of records out of the text of a parser error', async () => {
    const message =
      "\nSELECT Id FROM Lead WHERE Email = 'ann@example.com'\n ^\nERROR at Row:1:Column:27\nunexpected token: 'ann@example.com'";
    const salesforce = await anOrg({ status: 400, json: [{ errorCode: 'MALFORMED_QUERY', message }] });

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({
      code: 'MALFORMED_QUERY',
      recovery: 'stop',
      message: "the org refused: HTTP 400 MALFORMED_QUERY: unexpected token: '…'",
    });
  });
});

describe('what an answer tells besides', () => {
  it.each([
    ['in seconds', { 'retry-after': '30' }, 30_000],
    [
      "as a date by the org's clock",
      { 'retry-after': 'Wed, 25 Nov 2026 10:02:00 GMT', date: 'Wed, 25 Nov 2026 10:00:00 GMT' },
      120_000,
    ],
    ['not at all', {}, null],
    ['in words', { 'retry-after': 'soon' }, null],
  ])('how long to wait, %s (I23)', async (_, headers, retryAfterMs) => {
    const salesforce = await anOrg({ status: 503, json: BUSY, headers });

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({ code: 'org-unavailable', retryAfterMs });
  });

  it.each([
    ['the daily limit', 'TotalRequests Limit exceeded.', 'REQUEST_LIMIT_EXCEEDED'],
    ['too many at a time', 'ConcurrentPerOrgLongTxn Limit exceeded.', 'concurrent-limit'],
    ['too many at a time', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.', 'concurrent-limit'],
  ])('%s, though the code is the same (FM 35): %s', async (_, message, code) => {
    const json = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message }];
    const salesforce = await anOrg({ status: 403, json });

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({ code, recovery: 'wait' });
  });

  const describedLead = { name: LEAD, createable: true, updateable: true, fields: [] };

  it('reads a compressed body', async () => {
    const salesforce = await anOrg({ json: describedLead, isGzip: true });

    await expect(salesforce.describe(LEAD, FOREVER)).resolves.toMatchObject({ name: LEAD });
    expect(org?.requests[0]?.headers['accept-encoding']).toBe('gzip');
  });

  it("follows the org's clock, not the machine's (F24)", async () => {
    const salesforce = await anOrg({ json: describedLead, headers: { date: 'Mon, 02 Mar 2026 10:00:00 GMT' } });

    await salesforce.describe(LEAD, FOREVER);

    expect(salesforce.now() - Date.parse('2026-03-02T10:00:00Z')).toBeLessThan(5_000);
    expect(salesforce.now()).toBeGreaterThanOrEqual(Date.parse('2026-03-02T10:00:00Z'));
  });

  it('knows no time and no user before the first answer', async () => {
    const salesforce = await anOrg({ json: describedLead });

    expect(() => salesforce.now()).toThrow(expect.objectContaining({ code: 'org-clock-unknown' }));
    expect(() => salesforce.userId()).toThrow(expect.objectContaining({ code: 'not-connected' }));
    expect(salesforce.usage()).toBeNull();
  });

  it('reads the usage of the org beside figures of bursts and apps (F43)', async () => {
    const limits = 'api-bursts=1/750; api-usage=891/15000; per-app-api-usage=17/250(appName=sample)';
    const salesforce = await anOrg({ json: describedLead, headers: { 'sforce-limit-info': limits } });

    await salesforce.describe(LEAD, FOREVER);

    expect(salesforce.usage()).toEqual({ used: 891, limit: 15_000 });
  });

  it('counts calls, token requests apart, and reports each to the observer', async () => {
    const reports: CallReport[] = [];
    const onCall = (report: CallReport): void => {
      reports.push(report);
    };
    const headers = { 'x-sfdc-request-id': '0123456789abcdef' };
    const salesforce = await anOrg({ status: 503, json: BUSY, headers }, { onCall });

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({ code: 'org-unavailable' });

    expect(salesforce.calls()).toBe(1);
    expect(reports.map(({ kind, status }) => [kind, status])).toEqual([
      ['token', 200],
      ['describe', 503],
    ]);
    expect(reports[1]).toMatchObject({ requestId: '0123456789abcdef', usage: null });
  });
});

describe('stopping', () => {
  it('ends a read at once', async () => {
    const stop = new AbortController();
    org = await startOddOrg(() => {
      stop.abort();
      return { fault: 'hang' };
    });
    const salesforce = anAdapter(org.url);

    await expect(salesforce.describe(LEAD, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('lets a write that was sent come to its end', async () => {
    const stop = new AbortController();
    org = await startOddOrg(() => {
      stop.abort();
      return { json: [{ id: id(1), success: true, errors: [] }] };
    });
    const salesforce = anAdapter(org.url);

    await expect(salesforce.update(LEAD, oneLead, stop.signal)).resolves.toEqual([{ kind: 'applied', id: id(1) }]);
  });

  it('sends no write after the signal', async () => {
    const salesforce = await anOrg({ json: [] });

    await expect(salesforce.update(LEAD, oneLead, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    expect(org?.requests).toEqual([]);
  });

  it('closes after what is in flight, and sends nothing more', async () => {
    const salesforce = await anOrg({ json: { name: LEAD, createable: true, updateable: true, fields: [] } });
    const inFlight = salesforce.describe(LEAD, FOREVER);
    await inFlight;

    await salesforce.close();

    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a session that runs out (XE21, I25)', () => {
  const EXPIRED = { status: 401, json: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };
  const described = { json: { name: LEAD, createable: true, updateable: true, fields: [] } };

  it('sends a write again with the new token: a 401 comes before anything is done', async () => {
    org = await startOddOrg(({ method, headers }) => {
      if (method === 'GET') return described;
      if (headers.authorization?.endsWith('token-1')) return EXPIRED;
      return { json: [{ id: id(1), success: true, errors: [] }] };
    });
    const salesforce = anAdapter(org.url);
    await salesforce.describe(LEAD, FOREVER);

    const fates = await salesforce.update(LEAD, oneLead, FOREVER);

    expect(fates).toEqual([{ kind: 'applied', id: id(1) }]);
    expect(org.tokensGranted()).toBe(2);
  });

  it('makes one new token for twenty calls, five in flight, none with the dead token afterwards', async () => {
    org = await startOddOrg(({ headers }, serial) =>
      serial > 1 && headers.authorization?.endsWith('token-1') ? EXPIRED : described,
    );
    const salesforce = anAdapter(org.url);
    await salesforce.describe(LEAD, FOREVER);

    await Promise.all(Array.from({ length: 20 }, () => salesforce.describe(LEAD, FOREVER)));

    const withDeadToken = org.requests.slice(1).filter(({ headers }) => headers.authorization?.endsWith('token-1'));
    expect(org.tokensGranted()).toBe(2);
    expect(withDeadToken.length).toBeLessThanOrEqual(5);
    expect(org.mostInFlight()).toBeGreaterThan(1);
    expect(org.mostInFlight()).toBeLessThanOrEqual(5);
  });

  it('gives up after one new token when the org says 401 for ever, and stays quiet (FM 37)', async () => {
    const salesforce = await anOrg(EXPIRED);

    const calls = Array.from({ length: 20 }, () => salesforce.describe(LEAD, FOREVER));
    const outcomes = await Promise.allSettled(calls);
    await expect(salesforce.describe(LEAD, FOREVER)).rejects.toMatchObject({
      code: 'session-refused',
      recovery: 'wait',
    });

    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(org?.tokensGranted()).toBe(1);
    expect(org?.requests.length).toBeLessThanOrEqual(5);
  });

  it('follows the org to another instance', async () => {
    const moved = await startOddOrg(() => described);
    const movedToken = {
      access_token: '00D!2',
      instance_url: moved.url,
      id: `${moved.url}/id/00D000000000001/005000000000001`,
    };
    org = await startOddOrg(
      (_, serial) => (serial === 1 ? described : EXPIRED),
      (serial) => (serial === 1 ? {} : { json: movedToken }),
    );
    const salesforce = anAdapter(org.url);
    await salesforce.describe(LEAD, FOREVER);

    await salesforce.describe(LEAD, FOREVER);

    expect(moved.requests.map(({ path }) => path)).toEqual(['/services/data/v66.0/sobjects/Lead/describe']);
    await moved.close();
  });
});
