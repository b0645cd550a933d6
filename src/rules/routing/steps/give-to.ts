import type { User } from '../../../domain/record.ts';
import { findUser } from '../users.ts';
import { pass } from './step.ts';
import type { StepRuling, StepView } from './step.ts';

/**
 * Gives the lead to a user, or passes with the reason against it.
 * @param reason  why this user, or in which place the user is named
 * @param inactive  the finding when the user is not active
 */
export function giveTo(user: User | null, reason: string, inactive: string, view: StepView): StepRuling {
  const against = reasonAgainstUser(user, view);
  if (user !== null && against === null) return { kind: 'user', user, reason };
  return pass(`${against ?? 'inactive_user'}:${reason}`, ...(against === 'inactive_user' ? [inactive] : []));
}

/**
 * Why a step may not give the lead to a user: nobody active, one whose leads are routed on (R22), one who had it
 * already (R18), or one whom the org refuses (R14). Null when it may.
 */
export function reasonAgainstUser(user: User | null, { rules, input }: StepView): string | null {
  if (user?.isActive !== true) return 'inactive_user';
  const isIntake = rules.intake?.some(
    (owner) => owner.kind === 'user' && findUser(input.world.users, owner.user)?.id === user.id,
  );
  if (isIntake === true) return 'intake_user';
  if (input.previousAssignees.slice(0, rules.excludePrevious).includes(user.id)) return 'excluded_previous';
  return input.refused.includes(user.id) ? 'refused_by_org' : null;
}
