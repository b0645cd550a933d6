/** Fewer calls at a time after the org said that too many run side by side (I22). */
export type Crowding = {
  refused(): void;
  /** How many of these places may be used now; 1 at least where there is one. */
  limit(places: number): number;
};

/** The calls that were under way together are refused together, and halve only once. */
const ONE_BURST = 1_000;
/** How long a halving lasts: long calls of others end in seconds. */
const LASTS = 15_000;

/** Each refusal halves the places; each quiet quarter of a minute takes one halving back. */
export function createCrowding(monotonic: () => number): Crowding {
  let halvings = 0;
  let since = Number.NEGATIVE_INFINITY;

  return {
    refused() {
      if (monotonic() - since < ONE_BURST) return;
      halvings = Math.min(halvings + 1, 5);
      since = monotonic();
    },
    limit(places) {
      while (halvings > 0 && monotonic() - since >= LASTS) {
        halvings -= 1;
        since += LASTS;
      }
      return places === 0 ? 0 : Math.max(1, Math.floor(places / 2 ** halvings));
    },
  };
}
