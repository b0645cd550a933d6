import { describe, expect, it } from 'vitest';

import { planStorm, type Tick } from './storm-plan.ts';

const NUMBERS = Array.from({ length: 1_000 }, (_, at) => at);

/** What a tick does that draws so often. */
function draw({ place, befalls, pauseMs, pick, pickMishap }: Tick, times: number): unknown {
  return [place, befalls, pauseMs, pickMishap(NUMBERS), Array.from({ length: times }, () => pick(NUMBERS))[0]];
}

describe('the plan of a storm', () => {
  it('is drawn from its seed alone, however often what happens in a tick draws', () => {
    const [once, again] = [planStorm(7, 60), planStorm(7, 60)];

    expect(again.map((tick) => draw(tick, 3))).toEqual(once.map((tick) => draw(tick, 1)));
    expect(planStorm(8, 60).map((tick) => draw(tick, 1))).not.toEqual(planStorm(7, 60).map((tick) => draw(tick, 1)));
  });

  it('leaves the daemons ten seconds after an edit in which nothing befalls them (I31)', () => {
    const ticks = planStorm(7, 600);
    const at = ticks.map((_, index) => ticks.slice(0, index).reduce((sum, { pauseMs }) => sum + pauseMs, 0));
    const edits = ticks.flatMap(({ befalls }, index) => (befalls === 'edit' ? [at[index]!] : []));
    const mishaps = ticks.flatMap(({ befalls }, index) => (befalls === 'mishap' ? [at[index]!] : []));

    expect(edits).toHaveLength(14);
    expect(edits.flatMap((edit) => mishaps.filter((mishap) => mishap > edit && mishap < edit + 10_000))).toEqual([]);
    expect(mishaps.length).toBeGreaterThan(300);
  });
});
