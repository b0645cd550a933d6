import { matchAccount } from '../match-account.ts';
import { findUser } from '../users.ts';
import { giveTo } from './give-to.ts';
import { pass } from './step.ts';
import type { Step } from './step.ts';

/** The owner of the account that the lead belongs to. If it cannot be the owner, the next account is not asked (R5). */
export const matchedAccount: Step = (view) => {
  const { rules, input, fields, now } = view;
  const match = rules.accounts === null ? null : matchAccount(rules.accounts, fields, input.accounts, now);
  if (match === null) return pass('no_account');
  const user = findUser(input.world.users, match.account.ownerId);
  return giveTo(user, `matched_account:${match.account.id}`, 'account_owner_inactive', view);
};
