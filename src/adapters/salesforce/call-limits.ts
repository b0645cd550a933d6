import { AppError } from '../../domain/error.ts';
import type { Lane } from '../../domain/lane.ts';

/** How soon whoever may not call asks again, ms. */
export const LIMIT_PATIENCE = 15_000;

/** A lane that must leave the calls to others for now (F43). */
export function budgetLow(lane: Lane): AppError {
  return new AppError({
    code: 'budget-low',
    recovery: 'wait',
    message: `no calls are left for ${lane}: \`daily_calls\` are used up, or the org has less than \`keep_free\` left`,
    mend: 'wait until calls of the last 24 hours run out, raise `api_budget`, or find what else calls the org',
    retryAfterMs: LIMIT_PATIENCE,
  });
}

/** The org's daily limit holds. @param refusal  the org's own words; null when it was not asked */
export function limitHolds(retryAfterMs: number, refusal: AppError | null = null): AppError {
  return new AppError({
    code: 'REQUEST_LIMIT_EXCEEDED',
    recovery: 'wait',
    message: refusal?.message ?? "the org's daily limit of calls holds; nothing is sent but one call every 5 minutes",
    mend: 'wait until the daily allocation frees up, or find what else calls the org',
    retryAfterMs,
    cause: refusal ?? undefined,
  });
}
