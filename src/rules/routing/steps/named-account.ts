import { findNamedAccount } from '../named-accounts.ts';
import { findUser } from '../users.ts';
import { giveTo } from './give-to.ts';
import { pass } from './step.ts';
import type { Step } from './step.ts';

/** Whom the list of named accounts gives the lead's domain to; a blank owner is the account's (R4). */
export const namedAccount: Step = (view) => {
  const { rules, input, fields } = view;
  const named = rules.namedAccounts === null ? null : findNamedAccount(rules.namedAccounts, fields);
  if (named === null) return pass('no_named_account');
  const reference = named.owner ?? input.accounts.find(({ id }) => id === named.accountId)?.ownerId;
  if (reference === undefined) return pass('named_account_without_owner');
  return giveTo(
    findUser(input.world.users, reference),
    `named_account:${named.domain}`,
    'account_owner_inactive',
    view,
  );
};
