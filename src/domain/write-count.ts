/** Writes whose outcome is final, and how many of them the org has refused for good. */
export type WriteCount = { readonly writes: number; readonly refused: number };
