import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { planCalls, type SharedRow } from '../../src/write-back/plan-calls.ts';

function rows(count: number, row: Partial<SharedRow> = {}): readonly SharedRow[] {
  return Array.from({ length: count }, () => ({ parent: null, tries: 0, ...row }));
}

function sizesOf(calls: ReturnType<typeof planCalls>): readonly (readonly number[])[] {
  return calls.map((chunks) => chunks.map(({ length }) => length));
}

describe('rows to write are shared out among transactions (XE20, D8, FM 24)', () => {
  it('a thousand that nobody refused go out in one call, in their order', () => {
    const calls = planCalls(rows(1_000));

    expect(sizesOf(calls)).toEqual([[200, 200, 200, 200, 200]]);
    expect(calls.flat(2)).toEqual(Array.from({ length: 1_000 }, (_, place) => place));
  });

  it.each([
    [1, [[50, 50, 50, 50, 50], [10]]],
    [2, Array.from({ length: 6 }, (_, call) => Array.from({ length: call < 5 ? 5 : 1 }, () => 10))],
    [3, Array.from({ length: 52 }, () => [1, 1, 1, 1, 1])],
    [5, Array.from({ length: 260 }, () => [1])],
  ])('refused %i times they go out in smaller ones', (tries, sizes) => {
    expect(sizesOf(planCalls(rows(260, { tries })))).toEqual(sizes);
  });

  it('rows of one account stand together, wherever they stood', () => {
    const parents = ['a', 'b', 'a', 'c', 'b'];

    expect(planCalls(parents.map((parent) => ({ parent, tries: 0 })))).toEqual([[[0, 2, 1, 4, 3]]]);
  });

  it('an account is not spread over two transactions where there is room', () => {
    const mixed = [...rows(150), ...rows(100, { parent: 'a' }), ...rows(50)];

    expect(planCalls(mixed)[0]!.map(({ length }) => length)).toEqual([150, 150]);
  });

  it('every row is sent once, and never in more transactions than it takes', () => {
    const row = record({ parent: integer({ min: 0, max: 40 }).map(String), tries: integer({ min: 0, max: 2 }) });
    assert(
      property(array(row, { maxLength: 600 }), (some) => {
        const chunks = planCalls(some).flat();
        expect(chunks.flat().toSorted((a, b) => a - b)).toEqual(some.map((_, place) => place));
        for (const [tries, size] of [200, 50, 10].entries()) {
          const own = chunks.filter(([place]) => some[place!]!.tries === tries);
          expect(own.length).toBe(Math.ceil(some.filter((each) => each.tries === tries).length / size));
          expect(own.every(({ length }) => length <= size)).toBe(true);
        }
      }),
    );
  });
});
