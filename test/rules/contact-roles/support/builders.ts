import { parse } from 'yaml';

import type { Instant } from '../../../../src/domain/instant.ts';
import { readInstant } from '../../../../src/domain/instant.ts';
import type { Fields } from '../../../../src/domain/record.ts';
import { compileCalendar } from '../../../../src/rules/calendars/calendar.ts';
import { compileContactRoles } from '../../../../src/rules/contact-roles/compile-contact-roles.ts';
import type { ContactRoleRules } from '../../../../src/rules/contact-roles/compile-contact-roles.ts';
import type { OpportunityView, RoleRow } from '../../../../src/rules/contact-roles/opportunity-view.ts';
import { ContactRoles } from '../../../../src/rules/contact-roles/schema.ts';
import type { OrgStage } from '../../../../src/rules/contact-roles/stage-order.ts';

/** Monday in London, open time. */
export const NOW = readInstant('2026-11-23T10:00:00Z');

export const DAY = 86_400_000;

/** The section `contact_roles` of the specification's example, without what single tests add. */
const NORTHWIND = `
mode: enforce
scope:
  IsClosed: false
  RecordType.DeveloperName: [New_Business, Expansion]
  Amount: { gte: 10000, if_blank: true }
effective_from: 2026-10-01
exempt: { field: OCR_Exempt__c, until: OCR_Exempt_Until__c, types: [Renewal - Auto] }
roles:
  economic_buyer: { values: [Economic Buyer, Economic Decision Maker, Decision Maker], titles: '\\b(ceo|cfo|coo|chief|president|owner|managing director|vp finance)\\b' }
  champion:       { values: [Champion, Influencer], titles: '\\b(head of|director|manager)\\b' }
  technical:      { values: [Technical Buyer, Evaluator], titles: '\\b(engineer|architect|cto|it director)\\b' }
  procurement:    { values: [Procurement, Legal], titles: '\\b(procurement|purchasing|sourcing|legal|counsel)\\b' }
  exec_sponsor:   { values: [Executive Sponsor], titles: '\\b(svp|evp|c.o)\\b' }
  user:           { values: [Business User, Other] }
ignore_roles: [Partner, Reseller]
member:
  when: { Contact.No_Longer_At_Company__c: { not: true }, Contact.EmailBouncedDate: { blank: true } }
  same_account: prefer
  engaged: { within: 60d, by: [Task, Event, CampaignMember] }
stages:
  - { stage: Qualification,        min_contacts: 1, primary: true }
  - { stage: Needs Analysis,       min_contacts: 2, require: [champion] }
  - { stage: Value Proposition,    min_contacts: 3, require: [technical] }
  - { stage: Proposal/Price Quote, require: [economic_buyer], distinct_people: true }
  - { stage: Negotiation/Review,   min_contacts: 4, require: [procurement], any_of: [[exec_sponsor, user]], engaged: [economic_buyer, champion] }
tiers:
  - { id: small_deal, when: { Amount: { lt: 25000 } }, drop: [procurement], max_min_contacts: 2 }
over_association: { max_contacts: 12, bulk: { same_creator: 8, within: 10m } }
grace: { after_stage_entry: 2bd, calendar: owner }
pre_close: { days: 14, treat_as: Negotiation/Review }
set: { Contact_Role_Status__c: '{status}', Contact_Role_Coverage__c: '{coverage}', Missing_Contact_Roles__c: '{missing}' }
task: { to: owner, subject: 'Add to the buying committee: {missing}', due: 2bd, max_open_per_owner: 5 }
escalate: [{ after: 3bd, to: manager }, { after: 7bd, to: revops@northwind.example }]
suggest:
  max: 3
  points: { meeting_on_opportunity: 40, email_on_opportunity: 25, campaign_response_90d: 15, account_activity_30d: 10, title_hint: 30, converted_lead: 50 }
  min_score: 30
  exclude: { any: [{ Contact.HasOptedOutOfEmail: true }, { Contact.Do_Not_Associate__c: true }] }
  auto_add: { enabled: false, min_score: 80 }
`;

/** The stages of the worked vectors, in the org's order. */
export const STAGES: readonly OrgStage[] = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
].map((apiName, sortOrder) => ({ apiName, sortOrder }));

export const london = compileCalendar({
  timezone: 'Europe/London',
  open: { 'mon-fri': ['09:00-17:30'] },
  holidays: ['2026-12-25', '2026-12-28'],
});

/** The example's section as the YAML has it, with some keys replaced; undefined takes a key away. */
export function aSection(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const section = { ...(parse(NORTHWIND) as Record<string, unknown>), ...changes };
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}

/** The example's rules, with some keys of the section replaced. */
export function someRules(
  changes: Readonly<Record<string, unknown>> = {},
  stages: readonly OrgStage[] | null = STAGES,
): ContactRoleRules {
  return compileContactRoles(ContactRoles.parse(aSection(changes)), new Map(), stages, {
    timeZone: 'Europe/London',
    taskKeyField: 'Rolecall_Key__c',
    episodeField: 'Rolecall_Episode__c',
  });
}

export type RoleSketch = Partial<RoleRow> & { readonly isEngaged?: boolean };

let rowCount = 0;

/** A row of a contact who works at the account and was never engaged. */
export function aRole(contactId: string, role: string | null, changes: Partial<RoleRow> = {}): RoleRow {
  return {
    id: `00K-${contactId}-${String((rowCount += 1))}`,
    contactId,
    role,
    isPrimary: false,
    createdById: null,
    createdAt: null,
    fields: {},
    contact: { AccountId: '001-acme' },
    ...changes,
  };
}

/**
 * Roles as the specification writes them: `a*: Champion; b: blank`, where `*` is the primary.
 * Everybody is live; `engage` tells who is engaged.
 */
export function roles(text: string): readonly RoleRow[] {
  if (text === '') return [];
  return text.split('; ').map((entry) => {
    const [who = '', role = ''] = entry.split(': ');
    return aRole(who.replace('*', ''), role === 'blank' ? null : role, { isPrimary: who.endsWith('*') });
  });
}

export type OpportunitySketch = Partial<Omit<OpportunityView, 'fields'>> & { readonly fields?: Fields };

/** An opportunity in scope, 50,000, three weeks in its stage; everybody on it was engaged yesterday unless said. */
export function anOpportunity({ fields = {}, ...rest }: OpportunitySketch = {}): OpportunityView {
  const rows = rest.roles ?? [];
  return {
    id: '006000000000001AAA',
    stageHistoryAt: null,
    roles: rows,
    engagedContacts: engaged(rows, NOW - DAY),
    plannedEngagements: new Map(),
    calendar: london,
    managerId: '005-manager',
    users: new Map([['revops@northwind.example', '005-revops']]),
    tasks: [],
    candidates: [],
    fieldLengths: new Map(),
    memory: null,
    ...rest,
    fields: {
      IsClosed: false,
      'RecordType.DeveloperName': 'New_Business',
      StageName: 'Qualification',
      Amount: 50_000,
      AccountId: '001-acme',
      OwnerId: '005-owner',
      CloseDate: '2027-06-30',
      CreatedDate: '2026-10-05T09:00:00.000+0000',
      LastStageChangeDate: '2026-11-02T09:00:00.000+0000',
      ...fields,
    },
  };
}

/** Everybody on these rows, last engaged at this instant. */
export function engaged(rows: readonly RoleRow[], at: Instant): ReadonlyMap<string, Instant> {
  return new Map(rows.map((row) => [row.contactId, at]));
}
