import { findUser } from '../users.ts';
import { giveTo } from './give-to.ts';
import { pass } from './step.ts';
import type { Step } from './step.ts';

/** The target of the territory that the lead belongs to (R6). */
export const territory: Step = (view) => {
  const { path, assign, matchedPath } = view.territory;
  if (path === null || assign === null)
    return pass(matchedPath === null ? 'no_territory' : `unassigned:${matchedPath}`);
  if (assign.kind !== 'user') return { ...assign, reason: path };
  return giveTo(findUser(view.input.world.users, assign.user), path, 'user_inactive', view);
};
