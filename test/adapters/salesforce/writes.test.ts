import { afterEach, describe, expect, it } from 'vitest';
import { to18 } from '../../../src/domain/record-id.ts';
import type { RecordWrite, Salesforce } from '../../../src/ports.ts';
import { anAdapter, startOddOrg, type OddAnswer, type OddOrg, type OddRequest } from './odd-org.ts';

const FOREVER = new AbortController().signal;
const id = (serial: number): string => to18(`00Q${String(serial).padStart(12, '0')}`);

let org: OddOrg | null = null;
afterEach(async () => {
  await org?.close();
  org = null;
});

async function anOrg(answer: (request: OddRequest) => OddAnswer): Promise<Salesforce> {
  org = await startOddOrg(answer);
  return anAdapter(org.url);
}

function leads(count: number): RecordWrite[] {
  return Array.from({ length: count }, (_, index) => ({ id: id(index), fields: { Status: 'Open' } }));
}

type Collection = { readonly records: readonly { readonly id?: string }[] };
type Composite = {
  readonly allOrNone: boolean;
  readonly compositeRequest: readonly {
    readonly method: string;
    readonly url: string;
    readonly referenceId: string;
    readonly httpHeaders: Readonly<Record<string, string>>;
    readonly body: Collection;
  }[];
};

function applied({ records }: Collection): object[] {
  return records.map((record, index) => ({ id: record.id ?? id(index), success: true, errors: [] }));
}

/** Applies every record of a composite call but what the test changes, by the number of the chunk. */
function answerComposite(
  request: OddRequest,
  change: (chunk: number, results: object[]) => readonly [number, unknown],
): OddAnswer {
  const { compositeRequest } = JSON.parse(request.body) as Composite;
  return {
    json: {
      compositeResponse: compositeRequest.map((sub, chunk) => {
        const [httpStatusCode, body] = change(chunk, applied(sub.body));
        return { body, httpHeaders: {}, httpStatusCode, referenceId: sub.referenceId };
      }),
    },
  };
}

function failed(error: object): object {
  return { success: false, errors: [error] };
}

describe('a write', () => {
  it('of up to 200 records is one collection with the headers that keep rules off (F31)', async () => {
    const salesforce = await anOrg(({ body }) => ({ json: applied(JSON.parse(body) as Collection) }));

    await salesforce.update(
      'Lead',
      [{ id: '00Q000000000001', fields: { OwnerId: '005000000000001AAA', Email: null } }],
      FOREVER,
    );

    const [sent] = org?.requests ?? [];
    expect([sent?.method, sent?.path]).toEqual(['PATCH', '/services/data/v66.0/composite/sobjects']);
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      allOrNone: false,
      records: [{ attributes: { type: 'Lead' }, id: id(1), OwnerId: '005000000000001AAA', Email: null }],
    });
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/json',
      'sforce-auto-assign': 'FALSE',
      'sforce-duplicate-rule-header': 'allowSave=false; includeRecordDetails=false',
      'sforce-call-options': 'client=rolecall',
      'user-agent': 'rolecall',
    });
  });

  it('of more is one composite call of collections, headers inside and out, fates in order', async () => {
    const salesforce = await anOrg((request) => answerComposite(request, (_, results) => [200, results]));

    const fates = await salesforce.update('Lead', leads(450), FOREVER);

    const [sent] = org?.requests ?? [];
    const body = JSON.parse(sent?.body ?? '') as Composite;
    expect(org?.requests).toHaveLength(1);
    expect([sent?.method, sent?.path, body.allOrNone]).toEqual(['POST', '/services/data/v66.0/composite', false]);
    expect(sent?.headers['sforce-auto-assign']).toBe('FALSE');
    expect(body.compositeRequest.map((sub) => [sub.method, sub.url, sub.body.records.length])).toEqual([
      ['PATCH', '/services/data/v66.0/composite/sobjects', 200],
      ['PATCH', '/services/data/v66.0/composite/sobjects', 200],
      ['PATCH', '/services/data/v66.0/composite/sobjects', 50],
    ]);
    expect(body.compositeRequest.every(({ httpHeaders }) => httpHeaders['Sforce-Auto-Assign'] === 'FALSE')).toBe(true);
    expect(fates).toEqual(leads(450).map((lead) => ({ kind: 'applied', id: lead.id })));
  });

  it('of a thousand records takes one call, of one more none', async () => {
    const salesforce = await anOrg((request) => answerComposite(request, (_, results) => [200, results]));

    await expect(salesforce.update('Lead', leads(1_000), FOREVER)).resolves.toHaveLength(1_000);
    await expect(salesforce.update('Lead', leads(1_001), FOREVER)).rejects.toMatchObject({ code: 'too-many-records' });

    expect(org?.requests).toHaveLength(1);
  });

  it('carries letters beyond ASCII whole', async () => {
    const salesforce = await anOrg(({ body }) => ({ json: applied(JSON.parse(body) as Collection) }));

    await salesforce.update('Lead', [{ id: id(1), fields: { Company: 'Żółw & 東京 GmbH' } }], FOREVER);

    expect(org?.requests[0]?.body).toContain('Żółw & 東京 GmbH');
  });

  it('of nothing makes no call (F32)', async () => {
    const salesforce = await anOrg(() => ({}));

    await expect(salesforce.update('Lead', [], FOREVER)).resolves.toEqual([]);
    expect(org?.requests).toEqual([]);
  });

  it('that creates posts without ids and learns them', async () => {
    const salesforce = await anOrg(() => ({ json: [{ id: '00T000000000009', success: true, errors: [] }] }));

    const fates = await salesforce.create(
      'Task',
      [{ fields: { Subject: 'Call', Rolecall_Key__c: 'handoff:1' } }],
      FOREVER,
    );

    expect(org?.requests[0]?.method).toBe('POST');
    expect(JSON.parse(org?.requests[0]?.body ?? '')).toEqual({
      allOrNone: false,
      records: [{ attributes: { type: 'Task' }, Subject: 'Call', Rolecall_Key__c: 'handoff:1' }],
    });
    expect(fates).toEqual([{ kind: 'applied', id: to18('00T000000000009') }]);
  });

  it('refuses a record that comes twice or has no id, and sends the others (F35)', async () => {
    const salesforce = await anOrg(({ body }) => ({ json: applied(JSON.parse(body) as Collection) }));
    const records = [
      { id: id(1), fields: { Status: 'a' } },
      { id: id(1).slice(0, 15), fields: { Status: 'b' } },
      { fields: { Status: 'c' } },
      { id: 'nonsense', fields: { Status: 'd' } },
      { id: id(2), fields: { Status: 'e' } },
    ];

    const fates = await salesforce.update('Lead', records, FOREVER);

    expect(fates).toMatchObject([
      { kind: 'applied', id: id(1) },
      { kind: 'refused', code: 'duplicate-id', recovery: 'retry' },
      { kind: 'refused', code: 'bad-id', recovery: 'dead-letter' },
      { kind: 'refused', code: 'bad-id', recovery: 'dead-letter' },
      { kind: 'applied', id: id(2) },
    ]);
  });
});

describe('the fate of a row (F35, XE20)', () => {
  it('is its own: one refused and one locked hold nobody back', async () => {
    const salesforce = await anOrg(({ body }) => {
      const results = applied(JSON.parse(body) as Collection);
      results[57] = failed({
        statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'Amount is needed',
        fields: ['Amount'],
      });
      results[120] = failed({
        statusCode: 'UNABLE_TO_LOCK_ROW',
        message: 'unable to obtain exclusive access',
        fields: [],
      });
      return { json: results };
    });

    const fates = await salesforce.update('Lead', leads(200), FOREVER);

    expect(fates.filter(({ kind }) => kind === 'applied')).toHaveLength(198);
    expect(fates[57]).toEqual({
      kind: 'refused',
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'Amount is needed',
      fields: ['Amount'],
      recovery: 'dead-letter',
    });
    expect(fates[120]).toMatchObject({ kind: 'refused', code: 'UNABLE_TO_LOCK_ROW', recovery: 'retry' });
  });

  it.each([
    [
      'has its code under statusCode',
      failed({ statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?' }),
      'DUPLICATES_DETECTED',
      'dead-letter',
    ],
    [
      'has its code under errorCode',
      failed({ errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }),
      'ENTITY_IS_DELETED',
      'dead-letter',
    ],
    ['names no error', { success: false, errors: [] }, 'UNKNOWN_EXCEPTION', 'retry'],
    [
      'has a lasting error behind a passing one',
      {
        success: false,
        errors: [
          { statusCode: 'UNABLE_TO_LOCK_ROW', message: '' },
          { statusCode: 'STRING_TOO_LONG', message: '' },
        ],
      },
      'STRING_TOO_LONG',
      'dead-letter',
    ],
  ])('is told when it %s', async (_, result, code, recovery) => {
    const salesforce = await anOrg(() => ({ json: [result] }));

    await expect(salesforce.update('Lead', leads(1), FOREVER)).resolves.toMatchObject([
      { kind: 'refused', code, recovery },
    ]);
  });
});

describe('an unknown outcome (F38a)', () => {
  it.each<[string, unknown]>([
    ['too few results', applied({ records: [{ id: id(0) }] })],
    ['too many results', applied({ records: [{ id: id(0) }, { id: id(1) }, { id: id(2) }] })],
    ['results of other records', applied({ records: [{ id: id(0) }, { id: id(7) }] })],
    [
      'a result without its id',
      [
        { success: true, errors: [] },
        { id: id(1), success: true, errors: [] },
      ],
    ],
    ['a result that is none', [null, { id: id(1), success: true, errors: [] }]],
  ])('is that of every row when there are %s', async (_, results) => {
    const salesforce = await anOrg(() => ({ json: results }));

    const fates = await salesforce.update('Lead', leads(2), FOREVER);

    expect(fates).toMatchObject([
      { kind: 'unknown', cause: { code: 'malformed-answer' } },
      { kind: 'unknown', cause: { code: 'malformed-answer' } },
    ]);
  });

  it.each<[string, readonly [number, unknown], object]>([
    ['whose results are short (FM 26)', [200, []], { kind: 'unknown', cause: { code: 'malformed-answer' } }],
    ['that answers HTML (FM 26)', [200, '<html>'], { kind: 'unknown', cause: { code: 'malformed-answer' } }],
    ['that answers 503 (FM 25)', [503, null], { kind: 'unknown', cause: { code: 'org-unavailable' } }],
    [
      'that was halted (FM 27)',
      [400, [{ errorCode: 'PROCESSING_HALTED', message: 'The transaction was rolled back' }]],
      { kind: 'refused', code: 'PROCESSING_HALTED', recovery: 'retry' },
    ],
    [
      'whose object is not known',
      [400, [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Leed' is not supported" }]],
      { kind: 'refused', code: 'INVALID_TYPE', recovery: 'fix-config' },
    ],
  ])('or a refusal stays with the collection %s', async (_, odd, fate) => {
    const salesforce = await anOrg((request) =>
      answerComposite(request, (chunk, results) => (chunk === 1 ? odd : [200, results])),
    );

    const fates = await salesforce.update('Lead', leads(500), FOREVER);

    expect(fates.slice(0, 200).every(({ kind }) => kind === 'applied')).toBe(true);
    expect(fates[200]).toMatchObject(fate);
    expect(fates[399]).toMatchObject(fate);
    expect(fates.slice(400).every(({ kind }) => kind === 'applied')).toBe(true);
  });

  it('is that of a collection whose answer is missing', async () => {
    const salesforce = await anOrg((request) => {
      const { json } = answerComposite(request, (_, results) => [200, results]);
      return { json: { compositeResponse: (json as { compositeResponse: unknown[] }).compositeResponse.slice(0, 1) } };
    });

    const fates = await salesforce.update('Lead', leads(201), FOREVER);

    expect(fates[0]).toMatchObject({ kind: 'applied' });
    expect(fates[200]).toMatchObject({ kind: 'unknown' });
  });
});
