import type { ApiBudget as Configured } from '../config/schema.ts';
import { sumOf, type ApiBudget, type BudgetStanding } from '../domain/api-budget.ts';
import type { Observer } from '../observe/events.ts';

/** `api_budget:` as the rules of lanes take it. */
export function boundsOf({ daily_calls: dailyCalls, keep_free: keepFree }: Configured): ApiBudget {
  return { dailyCalls, keepFree };
}

/** Tells which lanes wait for calls from now on, with the figures that hold them back, or that none does any more. */
export function tellBudget({ held, budget, byLane, org }: BudgetStanding, observer: Observer): void {
  if (held.length === 0) {
    observer.emit('budget.restored', { used: org?.used ?? sumOf(byLane), limit: org?.limit ?? budget.dailyCalls ?? 0 });
    return;
  }
  const spent = sumOf(byLane);
  const isOwn = budget.dailyCalls !== null && spent >= budget.dailyCalls - Math.ceil(budget.dailyCalls / 10);
  observer.emit('budget.low', {
    lanes: held,
    reason: isOwn ? 'daily_calls' : 'keep_free',
    used: isOwn ? spent : (org?.used ?? 0),
    limit: (isOwn ? budget.dailyCalls : org?.limit) ?? 0,
  });
}
