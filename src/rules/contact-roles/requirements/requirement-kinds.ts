import { anyOf } from './any-of.ts';
import { engaged } from './engaged.ts';
import { minContacts } from './min-contacts.ts';
import { primary } from './primary.ts';
import type { RequirementKind } from './requirement-item.ts';
import { role } from './role.ts';

/** All kinds, in requirement order: that of `{missing}` and of the items that `{coverage}` counts (C11). */
export const requirementKinds = { minContacts, primary, role, anyOf, engaged } satisfies Record<
  string,
  RequirementKind
>;
