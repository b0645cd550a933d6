import { findUser } from '../users.ts';
import { pass } from './step.ts';
import type { Step } from './step.ts';

/** The user in a field of the lead, if active (R2). A person's word: neither turns nor earlier owners count. */
export const recordOverride: Step = ({ rules, input }) => {
  const value = rules.recordOverride === null ? null : input.fields[rules.recordOverride.field];
  if (typeof value !== 'string' || value.trim() === '') return pass('no_override');
  const user = findUser(input.world.users, value);
  if (user?.isActive !== true || input.refused.includes(user.id)) return pass('override_inactive', 'override_inactive');
  return { kind: 'user', user, reason: 'record_override' };
};
