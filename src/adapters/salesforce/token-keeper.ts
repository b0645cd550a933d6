import { AppError } from '../../domain/error.ts';
import { isOutage } from './transport-failure.ts';

/** A session of the integration user, as the token endpoint granted it. */
export type Token = {
  readonly accessToken: string;
  /** Base of every API call, never the login host; may change from one token to the next. */
  readonly instanceUrl: string;
  /** 18 characters. */
  readonly userId: string;
};

export type TokenKeeper = {
  /** The token in hand, or a new one. @throws AppError, without asking, while refusals are held off. */
  current(): Promise<Token>;
  isCurrent(token: Token): boolean;
  /** The token that was granted last, also when it has run out since: the user stays who it is. Null before the first. */
  latest(): Token | null;
  /** A call with this token was answered: when it is refused later, it has run out. */
  prove(token: Token): void;
  /**
   * A call with this token got 401. Whoever comes first gives it up; the others find its successor.
   * Answers with the refusal when the token was young and never worked, for then a next one would not either,
   * and when it replaced another within the same minute (D11).
   */
  giveUp(token: Token): AppError | null;
  /** A person may have mended what only a person can: the next call asks again. */
  forgive(): void;
};

const YOUNG_MS = 60_000;
const FIRST_HOLD_MS = 60_000;
const LONGEST_HOLD_MS = 15 * 60_000;

/**
 * One token for the whole process. Callers that come while one is asked for share the answer, so twenty 401s make one
 * new token, and one a minute at most. After a refusal nobody asks for 1, 2, 4, 8, then 15 minutes: repeated sign-ins lock
 * the user out. What only a person can mend is asked again when somebody says so, or a quarter of an hour later.
 * Tokens carry no lifetime; a 401 is the only sign of their end.
 */
export function createTokenKeeper(requestToken: () => Promise<Token>, monotonicNow: () => number): TokenKeeper {
  let held: { readonly token: Token; readonly since: number; readonly isRenewal: boolean; isProven: boolean } | null =
    null;
  let latest: Token | null = null;
  let hasExpired = false;
  let asking: Promise<Token> | null = null;
  let hold: { readonly refusal: AppError; readonly until: number } | null = null;
  let refusals = 0;

  function current(): Promise<Token> {
    if (held !== null) return Promise.resolve(held.token);
    if (asking !== null) return asking;
    if (hold !== null && monotonicNow() < hold.until) return Promise.reject(hold.refusal);
    asking = ask();
    return asking;
  }

  async function ask(): Promise<Token> {
    try {
      const token = await requestToken();
      held = { token, since: monotonicNow(), isRenewal: hasExpired, isProven: false };
      latest = token;
      return token;
    } catch (error) {
      if (error instanceof AppError && !isOutage(error)) holdOff(error);
      throw error;
    } finally {
      asking = null;
    }
  }

  function holdOff(refusal: AppError): void {
    const pause = refusal.recovery === 'fix-config' ? LONGEST_HOLD_MS : FIRST_HOLD_MS * 2 ** refusals;
    hold = { refusal, until: monotonicNow() + Math.min(pause, LONGEST_HOLD_MS) };
    refusals += 1;
  }

  function prove(token: Token): void {
    if (held?.token !== token || held.isProven) return;
    held.isProven = true;
    hold = null;
    refusals = 0;
  }

  function giveUp(token: Token): AppError | null {
    if (held?.token !== token) return null;
    const { since, isProven, isRenewal } = held;
    const isYoung = monotonicNow() - since < YOUNG_MS;
    held = null;
    hasExpired = true;
    if (!isYoung || (isProven && !isRenewal)) return null;
    const refusal = newTokenRefused();
    if (isProven) hold = { refusal, until: since + YOUNG_MS };
    else holdOff(refusal);
    return refusal;
  }

  function forgive(): void {
    if (hold?.refusal.recovery === 'fix-config') hold = null;
  }

  return {
    current,
    prove,
    giveUp,
    forgive,
    isCurrent: (token) => held?.token === token,
    latest: () => latest,
  };
}

function newTokenRefused(): AppError {
  return new AppError({
    code: 'session-refused',
    recovery: 'wait',
    message: 'the org grants tokens but refuses them at once or within a minute (HTTP 401)',
    mend: 'check the OAuth scope "api" of the app, its IP restrictions, and the login hours and IP ranges of the integration user',
  });
}
