/** The org's own time: real by default, and in the hands of a test when it wishes. All in ms since 1970, UTC. */
export class OrgClock {
  #offset = 0;
  #frozenAt: number | null = null;

  /** Seconds by which the `Date` header of the answers differs from the time of the stamps. */
  headerSkewSeconds = 0;

  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offset;
  }

  /** Sets the time; a running clock runs on from there, a stopped one stays. */
  set(at: number): void {
    if (this.#frozenAt === null) this.#offset = at - Date.now();
    else this.#frozenAt = at;
  }

  advance(seconds: number): void {
    this.set(this.now() + seconds * 1000);
  }

  /** Takes the clock on; one that stands still goes on by whole seconds, so that every run agrees. */
  skip(ms: number): void {
    if (this.#frozenAt === null) this.#offset += ms;
    else this.#frozenAt += Math.ceil(ms / 1000) * 1000;
  }

  freeze(at: number = this.now()): void {
    this.#frozenAt = at;
  }

  resume(): void {
    const at = this.now();
    this.#frozenAt = null;
    this.#offset = at - Date.now();
  }
}

/** As Salesforce writes a stamp: whole seconds, milliseconds always zero, an offset without a colon. */
export function writeStamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}.000+0000`;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Reads a date/time with its offset, in ms; null when it is none. */
export function readStamp(text: string): number | null {
  if (!DATE_TIME.test(text)) return null;
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? null : at;
}

/** The UTC day of an instant, `2026-05-01`. */
export function writeDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
