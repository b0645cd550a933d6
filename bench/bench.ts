/** One measured figure. */
export type Figure = {
  /** In words, `API calls per 200 records`. */
  readonly name: string;
  readonly value: number;
  /** What it may be at most; null where it is only told. */
  readonly atMost: number | null;
};

/** What a bench runs on: a Redis that nobody else uses meanwhile. */
export type BenchWorld = { readonly redisUrl: string };

/**
 * A file `bench/NAME.bench.ts` exports one of these as `bench`; `run.ts` finds it.
 * Figures that are compared with others belong into one run: two machines, or two days, do not compare.
 */
export type Bench = {
  readonly name: string;
  readonly run: (world: BenchWorld) => Promise<readonly Figure[]>;
};
