import { AppError } from './error.ts';

/** The codes of a wait that is not for the org to end: the budget (F43), crowding, a clock that was never asked. */
const NO_OUTAGES: ReadonlySet<string> = new Set(['budget-low', 'concurrent-limit', 'org-clock-unknown']);

/** The org does not let us in: nothing can be called until somebody has mended the credentials or their rights. */
export function isSignInRefused(error: unknown): error is AppError {
  return error instanceof AppError && error.code.startsWith('oauth-') && error.recovery === 'fix-config';
}

/** Whether nothing can be called for a while: the org is away, its daily limit is reached, or it does not let us in. */
export function isOutage(error: unknown): error is AppError {
  if (isSignInRefused(error)) return true;
  return (
    error instanceof AppError &&
    error.recovery === 'wait' &&
    !error.code.startsWith('redis-') &&
    !NO_OUTAGES.has(error.code)
  );
}
