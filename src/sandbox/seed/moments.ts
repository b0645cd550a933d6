import type { Dice } from './dice.ts';
import { DAY, HOUR } from './seed-book.ts';

/** A moment in whole seconds between two others, ms. Half of them are the moment of a bulk load, shared by many records. */
export type Moments = (from: number, until: number) => number;

export function makeMoments(dice: Dice, now: number): Moments {
  const loads = Array.from({ length: BULK_LOADS }, () => now - HOUR - dice.between(0, 49 * DAY_SECONDS) * 1000);
  return (from, until) => {
    const fitting = dice.chance(0.5) ? loads.filter((load) => load >= from && load <= until) : [];
    if (fitting.length > 0) return dice.pick(fitting);
    return from + dice.between(0, Math.max(0, Math.floor((until - from) / 1000))) * 1000;
  };
}

const BULK_LOADS = 40;
const DAY_SECONDS = DAY / 1000;
