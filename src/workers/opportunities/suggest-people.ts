import { AppError } from '../../domain/error.ts';
import type { ContactRoleRules } from '../../rules/contact-roles/compile-contact-roles.ts';
import type { Candidate, OpportunityView } from '../../rules/contact-roles/opportunity-view.ts';
import { loadCandidates } from './load-candidates.ts';
import type { JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';

/**
 * Adds suggestions (C20) where somebody sees them: to opportunities that get a task or whose task has a new gap to
 * follow, and with `auto_add` to every gap. At most two calls for a batch.
 * @param judge  judges a view again, now with candidates
 */
export async function suggestPeople(
  judged: readonly JudgedCommittee[],
  rules: ContactRoleRules,
  pass: OpportunityPass,
  judge: (view: OpportunityView) => JudgedCommittee,
): Promise<readonly JudgedCommittee[]> {
  const { suggest } = rules.source;
  if (suggest === undefined) return judged;
  const adds = suggest.auto_add?.enabled === true;
  const seekers = judged.filter(
    ({ ruling, plan }) =>
      ruling.missing.length > 0 && (adds || plan.createTask !== null || plan.updateTasks.length > 0),
  );
  const candidates = await readCandidates(
    seekers.map(({ view }) => view),
    pass,
  );
  return judged.map((each) => {
    const own = candidates.get(each.id) ?? [];
    if (own.length === 0) return each;
    const again = judge({ ...each.view, candidates: own });
    if (!each.waits) return again;
    return { ...again, waits: true, plan: { ...again.plan, createTask: null, wakeAt: each.plan.wakeAt } };
  });
}

async function readCandidates(
  views: readonly OpportunityView[],
  { taken, salesforce, observer, signal }: OpportunityPass,
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  const seekers = views.map(({ id, fields: { AccountId: account } }) => {
    return { id, accountId: typeof account === 'string' ? account : null };
  });
  try {
    return await loadCandidates(seekers, contactFieldsOf(taken.columns.role), salesforce, signal);
  } catch (error) {
    // A suggestion is a courtesy: where the integration user may not read what it rests on, the task comes without.
    if (!(error instanceof AppError) || !UNREADABLE.has(error.code)) throw error;
    observer.emit('config.warning', { problem: `contact_roles.suggest: ${error.message}` });
    return new Map();
  }
}

const UNREADABLE = new Set(['INVALID_FIELD', 'INVALID_TYPE']);

/** The contact's fields among those of a role, without their prefix. */
export function contactFieldsOf(roleFields: readonly string[]): readonly string[] {
  return roleFields.filter((field) => field.startsWith('Contact.')).map((field) => field.slice('Contact.'.length));
}
