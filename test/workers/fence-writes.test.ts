import { expect, it } from 'vitest';

import type { Salesforce } from '../../src/ports.ts';
import { fenceWrites } from '../../src/workers/fence-writes.ts';
import { anAdapter, startOddOrg } from '../adapters/salesforce/odd-org.ts';

it('a fenced write is made of the transactions that were planned for it, and of none when the batch is lost (D8, D14)', async () => {
  const org = await startOddOrg(() => ({ json: [{ success: true, id: '001000000000001AAA' }] }));
  const salesforce: Salesforce = anAdapter(org.url);
  const signal = new AbortController().signal;
  const tasks = Array.from({ length: 3 }, () => ({ fields: { Subject: 'Call' } }));

  await fenceWrites(salesforce, async () => undefined).create('Task', tasks, signal, [1, 2]);
  await expect(fenceWrites(salesforce, lost).create('Task', tasks, signal, [1, 2])).rejects.toThrow('not ours');

  const calls = org.requests.filter(({ body }) => body.includes('Subject'));
  const parts = (JSON.parse(calls[0]?.body ?? '{}') as { compositeRequest: { body: { records: unknown[] } }[] })
    .compositeRequest;
  expect(calls).toHaveLength(1);
  expect(parts.map(({ body }) => body.records.length)).toEqual([1, 2]);
  await salesforce.close();
  await org.close();
});

function lost(): Promise<void> {
  return Promise.reject(new Error('it is not ours any more'));
}
