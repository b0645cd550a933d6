import { makeRandom } from '../../src/sandbox/random.ts';
import type { Pick } from './people.ts';

/** One moment of a storm: somebody does something, and something may befall the daemons. */
export type Tick = {
  /** From 0. */
  readonly place: number;
  /** What the doing of this tick draws from, and nothing else does. */
  readonly pick: Pick;
  readonly befalls: 'nothing' | 'mishap' | 'edit';
  /** What the mishap, or the edit, of this tick draws from. */
  readonly pickMishap: Pick;
  /** Real time until the next one, ms. */
  readonly pauseMs: number;
};

/** The configuration is edited every so often, and after that nothing befalls the daemons for a while, ms. */
const EDIT_EVERY = 45_000;
const CALM = 12_000;
const FIRST_EDIT = 5_000;

/**
 * Draws a whole storm from its seed. Every tick has generators of its own, so that nothing which is drawn in answer to
 * what the daemons do shifts what comes after it.
 * @param seconds  how long its pauses last, together
 */
export function planStorm(seed: number, seconds: number): readonly Tick[] {
  const random = makeRandom(seed);
  const ticks: Tick[] = [];
  let at = 0;
  let nextEdit = FIRST_EDIT;
  let calmUntil = 0;
  while (at < seconds * 1_000) {
    const isEdit = at >= nextEdit;
    if (isEdit) {
      nextEdit += EDIT_EVERY;
      calmUntil = at + CALM;
    }
    const [isMishap, pauseMs] = [random() < 0.25, 50 + random() * 450];
    ticks.push({
      place: ticks.length,
      pick: pickBy(makeRandom(random() * 2 ** 32)),
      pickMishap: pickBy(makeRandom(random() * 2 ** 32)),
      befalls: isEdit ? 'edit' : isMishap && at >= calmUntil ? 'mishap' : 'nothing',
      pauseMs,
    });
    at += pauseMs;
  }
  return ticks;
}

export function pickBy(random: () => number): Pick {
  return (choices) => choices[Math.floor(random() * choices.length)]!;
}
