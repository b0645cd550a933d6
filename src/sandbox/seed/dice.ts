import { makeRandom } from '../random.ts';

/** Choices that come out the same for the same seed. */
export type Dice = {
  /** From `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** One of the values, as often as its weight says. */
  readonly weighted: <T>(choices: readonly (readonly [number, T])[]) => T;
  readonly shuffle: <T>(list: readonly T[]) => T[];
};

export function makeDice(seed: number): Dice {
  const random = makeRandom(seed);
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  return {
    between,
    chance: (probability) => random() < probability,
    pick: (list) => list[between(0, list.length - 1)]!,
    weighted: (choices) => {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0);
      let left = random() * total;
      return (choices.find(([weight]) => (left -= weight) < 0) ?? choices.at(-1)!)[1];
    },
    shuffle: (list) =>
      list
        .map((value) => ({ value, place: random() }))
        .sort((a, b) => a.place - b.place)
        .map(({ value }) => value),
  };
}
