import type { StepName } from '../schema.ts';
import { matchedAccount } from './matched-account.ts';
import { namedAccount } from './named-account.ts';
import { recordOverride } from './record-override.ts';
import type { Step } from './step.ts';
import { stickyDuplicate } from './sticky-duplicate.ts';
import { territory } from './territory.ts';

/** The steps of the precedence by their names in the YAML. */
export const steps: Readonly<Record<StepName, Step>> = {
  record_override: recordOverride,
  sticky_duplicate: stickyDuplicate,
  named_account: namedAccount,
  matched_account: matchedAccount,
  territory,
};
