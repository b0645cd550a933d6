import type { Instant } from '../../domain/instant.ts';
import { asContactFields } from './committee.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { Candidate, Evidence, OpportunityView } from './opportunity-view.ts';
import type { SuggestionSource } from './schema.ts';

/** A contact who may fill a gap, with what speaks for it. */
export type Suggestion = {
  readonly contactId: string;
  /** A canonical role that is missing, or `unspecified`. */
  readonly role: string;
  readonly score: number;
  /** One entry per source that counted, newest first; `title_hint` has no date and comes last. */
  readonly evidence: readonly { readonly source: SuggestionSource; readonly at: Instant | null }[];
};

const DAY_MS = 86_400_000;

// How old evidence of a source may be; the others have no limit.
const OLDEST_MS: Partial<Record<SuggestionSource, number>> = {
  campaign_response_90d: 90 * DAY_MS,
  account_activity_30d: 30 * DAY_MS,
};

/** Who could be added, best first; nobody when nothing is missing (C20). */
export function suggestContacts(
  rules: ContactRoleRules,
  view: OpportunityView,
  ruling: ContactRoleRuling,
  now: Instant,
): readonly Suggestion[] {
  const suggest = rules.source.suggest;
  if (suggest === undefined || ruling.missing.length === 0) return [];
  return view.candidates
    .filter((candidate) => isSuggestible(rules, view, candidate, now))
    .map((candidate) => ({ candidate, suggestion: scoreCandidate(rules, candidate, ruling.missingRoles, now) }))
    .filter(({ suggestion }) => suggestion.score >= suggest.min_score)
    .toSorted((left, right) => compareSuggestions(rules, view, left, right))
    .slice(0, suggest.max)
    .map(({ suggestion }) => suggestion);
}

/** Whoever would not count as a member is not suggested either. */
function isSuggestible(
  rules: ContactRoleRules,
  view: OpportunityView,
  { contactId, contact }: Candidate,
  now: Instant,
): boolean {
  if (view.roles.some((row) => row.contactId === contactId) || contact['IsDeleted'] === true) return false;
  if (rules.source.member.same_account === 'require' && !isOfAccount(view, contact['AccountId'])) return false;
  const fields = asContactFields(contact);
  return !rules.isExcluded.holds(fields, now) && rules.member.holds(fields, now);
}

function scoreCandidate(
  rules: ContactRoleRules,
  { contactId, contact, evidence }: Candidate,
  missingRoles: readonly string[],
  now: Instant,
): Suggestion {
  const title = contact['Title'];
  const role = typeof title === 'string' ? missingRoles.find((role) => rules.isTitleOf(title, role)) : undefined;
  const newest = newestPerSource(evidence, now);
  const counted = [...newest, ...(role === undefined ? [] : [{ source: 'title_hint' as const, at: null }])];
  const points = rules.source.suggest?.points;
  const score = counted.reduce((sum, { source }) => sum + (points?.[source] ?? 0), 0);
  return { contactId, role: role ?? 'unspecified', score, evidence: counted };
}

function newestPerSource(evidence: readonly Evidence[], now: Instant): readonly Evidence[] {
  const bySource = new Map<SuggestionSource, Evidence>();
  for (const entry of evidence) {
    const age = now - entry.at;
    if (age < 0 || age > (OLDEST_MS[entry.source] ?? Number.POSITIVE_INFINITY)) continue;
    if (entry.at > (bySource.get(entry.source)?.at ?? Number.NEGATIVE_INFINITY)) bySource.set(entry.source, entry);
  }
  return Array.from(bySource.values()).toSorted(
    (left, right) => right.at - left.at || (left.source < right.source ? -1 : 1),
  );
}

type Scored = { readonly candidate: Candidate; readonly suggestion: Suggestion };

/** By score, newest evidence, then with `prefer` the account's own people, then the lowest id (CE22). */
function compareSuggestions(rules: ContactRoleRules, view: OpportunityView, left: Scored, right: Scored): number {
  const age = newestOf(right.suggestion) - newestOf(left.suggestion);
  const isPreferring = rules.source.member.same_account === 'prefer';
  const atHome = (scored: Scored): number => Number(isOfAccount(view, scored.candidate.contact['AccountId']));
  return (
    right.suggestion.score - left.suggestion.score ||
    age ||
    (isPreferring ? atHome(right) - atHome(left) : 0) ||
    (left.suggestion.contactId < right.suggestion.contactId ? -1 : 1)
  );
}

function newestOf({ evidence }: Suggestion): number {
  return evidence[0]?.at ?? 0;
}

function isOfAccount(view: OpportunityView, accountId: unknown): boolean {
  return (accountId ?? null) === (view.fields['AccountId'] ?? null);
}
