import { expect, it } from 'vitest';

import { to18 } from '../../src/domain/record-id.ts';
import { sendRows, type RowToSend } from '../../src/workers/send-rows.ts';
import { anAdapter, startOddOrg } from '../adapters/salesforce/odd-org.ts';

const FOREVER = new AbortController().signal;

/** Rows that were refused once: they go out 250 to a call. */
const ROWS: readonly RowToSend[] = Array.from({ length: 600 }, (_, index) => ({
  parent: null,
  tries: 1,
  write: { id: to18(`00Q${String(index).padStart(12, '0')}`), fields: { Status: 'Open' } },
}));

it.each([
  { name: 'the org fails', status: 500, code: 'UNKNOWN_EXCEPTION', isHeld: false },
  { name: 'the org is busy', status: 503, code: 'SERVER_UNAVAILABLE', isHeld: true },
])(
  'when $name nothing is sent behind the first call, and what was not sent is not held against it (D15)',
  async ({ status, code, isHeld }) => {
    const org = await startOddOrg(() => ({ status, json: [{ errorCode: code, message: 'An unexpected error' }] }));
    const salesforce = anAdapter(org.url);

    const { answers, calls } = await sendRows('update', 'Lead', ROWS, salesforce, FOREVER);
    await salesforce.close();
    await org.close();

    expect([calls, org.requests.length]).toEqual([1, 1]);
    const waits = answers.map((answer) => answer.kind === 'unknown' && answer.cause.recovery === 'wait');
    expect(waits).toEqual(ROWS.map((_, index) => index >= 250 || isHeld));
  },
);
