import { describe, expect, it } from 'vitest';
import { createCrowding } from '../../../src/adapters/salesforce/crowding.ts';

function setUp() {
  let at = 0;
  const crowding = createCrowding(() => at);
  return { crowding, pass: (seconds: number) => void (at += seconds * 1_000) };
}

describe('places in flight when the org has too many long calls (I22)', () => {
  it('are halved once for all calls that were refused together, and again for a later refusal', () => {
    const { crowding, pass } = setUp();

    const before = crowding.limit(5);
    for (let call = 0; call < 5; call++) crowding.refused();
    const halved = crowding.limit(5);
    pass(2);
    crowding.refused();

    expect([before, halved, crowding.limit(5)]).toEqual([5, 2, 1]);
  });

  it('come back one halving in 15 seconds', () => {
    const { crowding, pass } = setUp();
    crowding.refused();
    pass(2);
    crowding.refused();

    const places = [14, 1, 15].map((seconds) => {
      pass(seconds);
      return crowding.limit(5);
    });

    expect(places).toEqual([1, 2, 5]);
  });

  it('are one at least, but none where there was none', () => {
    const { crowding } = setUp();
    crowding.refused();

    expect([crowding.limit(1), crowding.limit(0)]).toEqual([1, 0]);
  });
});
