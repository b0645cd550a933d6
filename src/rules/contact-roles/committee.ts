import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { addElapsed } from '../calendars/add-open.ts';
import { fold } from '../text/fold.ts';
import { isBlanket, pickBulkRows } from './blanket-association.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { Finding, FindingCode } from './finding.ts';
import type { OpportunityView, RoleRow } from './opportunity-view.ts';

/** A role row that counts, and what is known of its contact. */
export type Member = {
  readonly row: RoleRow;
  /** The canonical role; null when the value is blank or unmapped. */
  readonly role: string | null;
  /** Until when the contact counts as engaged; null when they do not now. */
  readonly engagedUntil: Instant | null;
};

export type Committee = {
  /** The live members that count. */
  readonly members: readonly Member[];
  /** All live contacts, each once, those of a bulk add included. */
  readonly liveContacts: readonly string[];
  readonly findings: readonly Finding[];
  /** Rows were added in bulk: they count only while their contact is engaged. */
  readonly hasBulkRows: boolean;
  /** When the next engagement that counts now runs out; null when none does. */
  readonly engagementEnds: Instant | null;
  /** When the next event that is planned with one of them ends; null when none is. */
  readonly engagementBegins: Instant | null;
};

/** Who is on the deal: the live members (C5), without the rows of a bulk add whose contact is not engaged (C19). */
export function readCommittee(rules: ContactRoleRules, view: OpportunityView, now: Instant): Committee {
  const rows = view.roles.filter((row) => row.role === null || !rules.isIgnored(row.role));
  const stale = new Map(rows.map((row) => [row.id, staleCause(rules, view, row, now)]));
  const live = rows
    .filter((row) => stale.get(row.id) === null)
    .map((row) => ({ row, role: roleOf(rules, row), engagedUntil: engagedUntil(rules, view, row.contactId, now) }));
  const bulkRows = pickBulkRows(rules, view.roles);
  const liveContacts = [...new Set(live.map((member) => member.row.contactId))];
  const findings = rows.flatMap((row) => findingsOfRow(rules, row, stale.get(row.id) ?? null));
  const blanket = isBlanket(rules, liveContacts.length, bulkRows) ? [finding('blanket_association')] : [];
  const ends = live.map((member) => member.engagedUntil).filter((until) => until !== null);
  const begins = liveContacts.flatMap((contact) => view.plannedEngagements.get(contact) ?? []);
  return {
    members: live.filter((member) => !bulkRows.has(member.row.id) || member.engagedUntil !== null),
    liveContacts,
    findings: [...findings, ...duplicates(live), ...blanket],
    hasBulkRows: bulkRows.size > 0,
    engagementEnds: ends.length === 0 ? null : Math.min(...ends),
    engagementBegins: begins.length === 0 ? null : Math.min(...begins),
  };
}

/** A contact's fields under the names that conditions use for them. */
export function asContactFields(contact: Fields): Fields {
  return Object.fromEntries(Object.entries(contact).map(([name, value]) => [`Contact.${name}`, value]));
}

type StaleCause = 'no_access' | 'deleted' | 'not_a_member' | 'other_account';

function staleCause(rules: ContactRoleRules, view: OpportunityView, row: RoleRow, now: Instant): StaleCause | null {
  if (row.contact === null) return 'no_access';
  if (row.contact['IsDeleted'] === true) return 'deleted';
  const fields = { ...row.fields, Role: row.role, IsPrimary: row.isPrimary, ...asContactFields(row.contact) };
  if (!rules.member.holds(fields, now)) return 'not_a_member';
  const isElsewhere = (row.contact['AccountId'] ?? null) !== (view.fields['AccountId'] ?? null);
  return isElsewhere && rules.source.member.same_account === 'require' ? 'other_account' : null;
}

function roleOf(rules: ContactRoleRules, row: RoleRow): string | null {
  return row.role === null ? null : rules.roleOf(row.role);
}

function engagedUntil(rules: ContactRoleRules, view: OpportunityView, contactId: string, now: Instant): Instant | null {
  const latest = view.engagedContacts.get(contactId);
  if (latest === undefined || latest > now) return null;
  const within = rules.source.member.engaged?.within;
  const until = within === undefined ? Number.MAX_SAFE_INTEGER : addElapsed(latest, within);
  return until < now ? null : until;
}

function findingsOfRow(rules: ContactRoleRules, row: RoleRow, stale: StaleCause | null): readonly Finding[] {
  // Somebody at another account is no error of the row; it only does not count.
  if (stale === 'other_account') return [];
  if (stale !== null) return [finding('stale_member', row.id, stale)];
  if (row.role === null || row.role.trim() === '') return [finding('role_blank', row.id)];
  return rules.roleOf(row.role) === null ? [finding('role_unmapped', row.id)] : [];
}

/** Rows of a contact after their first; Salesforce advises against a second one even with another role. */
function duplicates(live: readonly Member[]): readonly Finding[] {
  const rolesByContact = new Map<string, Set<string>>();
  return live.flatMap(({ row }) => {
    const value = fold(row.role ?? '');
    const roles = rolesByContact.get(row.contactId);
    rolesByContact.set(row.contactId, new Set([...(roles ?? []), value]));
    if (roles === undefined) return [];
    return [finding('duplicate_row', row.id, roles.has(value) ? 'same_role' : 'other_role')];
  });
}

function finding(code: FindingCode, roleId: string | null = null, cause: string | null = null): Finding {
  return { code, roleId, cause };
}
