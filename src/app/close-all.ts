export type Closer = () => Promise<void> | void;

/** Closes what was started, last in first out. One that fails does not keep the others open. */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch {
      // It was to be closed, and whatever it was connected to is gone.
    }
  }
}
