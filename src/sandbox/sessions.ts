import { randomBytes } from 'node:crypto';

import type { OrgClock } from './org-clock.ts';
import { SandboxError } from './types.ts';

type Session = { readonly userId: string; usedAt: number };

/** Access tokens: opaque, with a life that every use prolongs, and no hint of their end but the 401. */
export class Sessions {
  readonly #clock: OrgClock;
  readonly #organizationId: string;
  readonly #sessions = new Map<string, Session>();

  /** The session time-out of the org, in seconds. */
  timeoutSeconds: number;

  constructor(clock: OrgClock, organizationId: string, timeoutSeconds: number) {
    this.#clock = clock;
    this.#organizationId = organizationId;
    this.timeoutSeconds = timeoutSeconds;
  }

  open(userId: string): string {
    const secret = randomBytes(72).toString('base64').replaceAll('+', '.').replaceAll('/', '_');
    const token = `${this.#organizationId.slice(0, 15)}!AR8AQ${secret}`;
    this.#sessions.set(token, { userId, usedAt: this.#clock.now() });
    return token;
  }

  /** The user of a token, or null when it is unknown or expired. Reading does not prolong it. */
  userOf(token: string): string | null {
    const session = this.#sessions.get(token);
    if (session === undefined) return null;
    if (this.#clock.now() - session.usedAt <= this.timeoutSeconds * 1000) return session.userId;
    this.#sessions.delete(token);
    return null;
  }

  /** When the token will expire if nobody uses it, ms. */
  expiryOf(token: string): number | null {
    const session = this.#sessions.get(token);
    return session === undefined ? null : session.usedAt + this.timeoutSeconds * 1000;
  }

  /** Checks the `Authorization` header and prolongs its session. @throws SandboxError 401 */
  demandUser(authorization: string | undefined): string {
    const [, token] = /^(?:Bearer|OAuth) (\S+)$/i.exec(authorization ?? '') ?? [];
    if (authorization !== undefined && token === undefined) {
      throw new SandboxError('INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE', 401);
    }
    const userId = token === undefined ? null : this.userOf(token);
    if (token === undefined || userId === null) {
      throw new SandboxError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
    }
    this.#sessions.set(token, { userId, usedAt: this.#clock.now() });
    return userId;
  }

  end(token: string): boolean {
    return this.#sessions.delete(token);
  }

  /** Ends all sessions, or those of one user. */
  endAll(userId?: string): void {
    for (const [token, session] of this.#sessions) {
      if (userId === undefined || session.userId === userId) this.#sessions.delete(token);
    }
  }
}
