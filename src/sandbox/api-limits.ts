import type { OrgClock } from './org-clock.ts';
import { SandboxError } from './types.ts';

const HOUR = 3_600_000;

/** The org's allocation of API calls: rolling 24 hours, shared with every other client of the org. */
export class ApiLimits {
  readonly #clock: OrgClock;
  readonly #random: () => number;
  readonly #hours = new Map<number, number>();
  #long = 0;

  /** Calls in 24 hours. */
  daily: number;
  /** Requests that may run longer than `longRequestMillis` at the same time. */
  concurrent = 25;
  /** After this long (real ms) a request counts as long. */
  longRequestMillis = 20_000;

  constructor(clock: OrgClock, random: () => number, daily: number) {
    this.#clock = clock;
    this.#random = random;
    this.daily = daily;
  }

  used(): number {
    const oldest = this.#hour() - 24;
    let used = 0;
    for (const [hour, calls] of this.#hours) {
      if (hour <= oldest) this.#hours.delete(hour);
      else used += calls;
    }
    return used;
  }

  /** Counts calls, also those of other apps in the org. */
  spend(calls: number): void {
    this.#hours.set(this.#hour(), (this.#hours.get(this.#hour()) ?? 0) + calls);
  }

  /** Sets how much is used up, all of it in this hour. */
  setUsed(calls: number): void {
    this.#hours.clear();
    this.spend(calls);
  }

  /** @throws SandboxError 403 REQUEST_LIMIT_EXCEEDED, for the day or for long requests at the same time */
  demandCall(): void {
    if (this.used() >= this.daily) throw dailyLimit();
    if (this.#long >= this.concurrent) throw concurrentLimit();
  }

  /** Watches one request; it counts among the long ones from `longRequestMillis` until the answer is called. */
  watch(): () => void {
    let isLong = false;
    const timer = setTimeout(() => {
      isLong = true;
      this.#long++;
    }, this.longRequestMillis);
    timer.unref();
    return () => {
      clearTimeout(timer);
      if (isLong) this.#long--;
    };
  }

  /** `sforce-limit-info` as one of many servers knows it: a little behind, and not rising from answer to answer. */
  header(): string {
    const lag = Math.floor(this.#random() * 5);
    return `api-usage=${Math.max(1, this.used() - lag)}/${this.daily}`;
  }

  #hour(): number {
    return Math.floor(this.#clock.now() / HOUR);
  }
}

/** The refusal that lasts until calls of the last 24 hours run out. */
export function dailyLimit(): SandboxError {
  return new SandboxError('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403);
}

/** The refusal that lasts until one of the long requests ends. */
export function concurrentLimit(): SandboxError {
  const text = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.';
  return new SandboxError('REQUEST_LIMIT_EXCEEDED', text, 403);
}
