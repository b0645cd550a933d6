import type { Instant } from '../../../domain/instant.ts';
import type { Fields, FieldValue } from '../../../domain/record.ts';
import { weekdays } from '../../calendars/add-open.ts';
import type { ContactRoleRules } from '../../contact-roles/compile-contact-roles.ts';
import { decideContactRoles } from '../../contact-roles/decide-contact-roles.ts';
import { findingCodes } from '../../contact-roles/finding.ts';
import type { OpportunityView, RoleRow } from '../../contact-roles/opportunity-view.ts';
import { pickOwnerCalendar } from '../../contact-roles/pick-owner-calendar.ts';
import { scopeDefaults } from '../../contact-roles/scope-defaults.ts';
import type { Rulebook } from '../../rulebook.ts';
import { withoutSection } from '../subject.ts';
import type { Answer, TestOf } from '../subject.ts';

/**
 * Whether an opportunity has the people its stage needs. What the test leaves out of the scope's plain entries is as the
 * scope wants it, and live contacts are as `member.when` wants them.
 */
export function askOpportunity(test: TestOf<'opportunity'>, rulebook: Rulebook, now: Instant): Answer {
  const { contactRoles } = rulebook;
  if (contactRoles === null) return withoutSection('contact_roles');
  const ruling = decideContactRoles(contactRoles.rules, viewOf(test, contactRoles.rules, rulebook, now), now);
  // Engagement has a key of its own here; in the text of {missing} it stands among the others.
  const asksForAll = test.expect.missing?.some((item) => item.startsWith(NOT_ENGAGED)) ?? false;
  return {
    values: {
      status: ruling.status,
      coverage: ruling.coverage,
      missing: ruling.missing.filter((item) => asksForAll || !item.startsWith(NOT_ENGAGED)),
      not_engaged: ruling.notEngaged,
      findings: findingCodes(ruling.findings),
      required_by: ruling.requiredBy,
    },
  };
}

const NOT_ENGAGED = 'not engaged: ';

function viewOf(
  { opportunity: { roles, ...given } }: TestOf<'opportunity'>,
  rules: ContactRoleRules,
  rulebook: Rulebook,
  now: Instant,
): OpportunityView {
  const fields: Fields = { ...scopeDefaults(rules.source.scope), ...given };
  const owner = {
    username: text(fields['Owner.Username'] ?? fields['OwnerId']),
    timeZone: text(fields['Owner.TimeZoneSidKey']),
  };
  const calendar = pickOwnerCalendar(rules.source.grace?.calendar ?? 'owner', owner, rulebook.calendarSources);
  return {
    id: text(fields['Id']),
    fields,
    stageHistoryAt: null,
    roles: roles.map((role, index): RoleRow => {
      return {
        id: `role ${index + 1}`,
        contactId: role.contact,
        role: role.role,
        isPrimary: role.primary,
        createdById: null,
        createdAt: null,
        fields: {},
        contact: role.live ? liveContact(rules, fields) : null,
      };
    }),
    engagedContacts: new Map(roles.filter(({ engaged }) => engaged).map(({ contact }) => [contact, now])),
    plannedEngagements: new Map(),
    calendar: rulebook.calendars.get(calendar) ?? weekdays,
    managerId: null,
    users: new Map(),
    tasks: [],
    candidates: [],
    fieldLengths: new Map(),
    memory: null,
  };
}

function liveContact(rules: ContactRoleRules, opportunity: Fields): Fields {
  const wanted = Object.entries(scopeDefaults(rules.source.member.when ?? {}));
  const own = wanted.map(([name, value]) => [name.replace(/^Contact\./, ''), value] as const);
  return { ...Object.fromEntries(own), AccountId: opportunity['AccountId'] ?? null };
}

function text(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
