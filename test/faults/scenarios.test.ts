import { expect, it } from 'vitest';

import { readSourceTree, readTexts } from '../support/source-tree.ts';

/** The edge cases of the foundations, and the failure modes seen in the wild. */
const SCENARIOS: readonly string[] = [
  ...Array.from({ length: 27 }, (_, index) => `XE${index + 1}`),
  ...Array.from({ length: 58 }, (_, index) => `FM ${index + 1}`),
];

/** What cannot happen here, and why; the second test holds us to it. */
const IMPOSSIBLE: ReadonlyMap<string, string> = new Map([
  ['FM 49', 'no job gets an id of ours, so that none can get another than it was given'],
  ['FM 50', 'timers are a sorted set of our own: no job is repeated or scheduled by BullMQ'],
]);

it('every edge case and every failure mode is named by a test that brings it about', () => {
  const named = new Set(
    readSourceTree('test')
      .filter(({ file }) => file !== 'test/faults/scenarios.test.ts')
      .flatMap(readTexts)
      // Only sentences are titles.
      .filter((text) => text.length > 20)
      .flatMap((text) => text.match(/\bXE\d+\b|\bFM \d+\b/g) ?? []),
  );

  expect(SCENARIOS.filter((name) => !named.has(name) && !IMPOSSIBLE.has(name))).toEqual([]);
  expect([...IMPOSSIBLE.keys()].filter((name) => named.has(name))).toEqual([]);
});

it('nothing of BullMQ is used that fails in these ways: ids of jobs, deduplication, schedulers', () => {
  const using = readSourceTree('src').filter(({ code }) =>
    /\b(jobId|deduplication|debounce|repeat)\s*:|\bupsertJobScheduler\b/.test(code),
  );

  expect(using.map(({ file }) => file)).toEqual([]);
});
