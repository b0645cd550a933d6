import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Condition } from '../conditions/schema.ts';
import { hasReadableRoles, reportRoleProblems } from './role-problems.ts';
import { SetEntries, checkTemplate } from './set-entries.ts';
import { TitlePattern } from './title-pattern.ts';

const Name = z.string().trim().min(1);
const Count = z.int().min(0);

const Role = z.strictObject({ values: z.array(Name).min(1), titles: TitlePattern.optional() });

const Exempt = z.strictObject({
  field: Name.optional(),
  until: Name.optional(),
  types: z.array(Name).default([]),
});

const Engaged = z.strictObject({
  within: Duration,
  by: z.array(z.enum(['Task', 'Event', 'CampaignMember'])).min(1),
});

const Member = z.strictObject({
  when: Condition.optional(),
  same_account: z.enum(['ignore', 'prefer', 'require']).default('ignore'),
  engaged: Engaged.optional(),
});

const Stage = z.strictObject({
  stage: Name,
  min_contacts: Count.optional(),
  primary: z.boolean().optional(),
  require: z.array(Name).optional(),
  any_of: z.array(z.array(Name).min(1)).optional(),
  engaged: z.array(Name).optional(),
  distinct_people: z.boolean().optional(),
});

const Tier = z.strictObject({
  id: Name,
  when: Condition,
  drop: z.array(Name).default([]),
  max_min_contacts: Count.optional(),
});

const OverAssociation = z.strictObject({
  max_contacts: Count.optional(),
  bulk: z.strictObject({ same_creator: z.int().min(2), within: Duration }).optional(),
});

const TaskText = z.string().trim().min(1).superRefine(checkTemplate);

const CommitteeTask = z.strictObject({
  /** `owner`, `manager`, or a user as F42 names one. */
  to: Name.default('owner'),
  subject: TaskText,
  due: Duration.optional(),
  max_open_per_owner: z.int().min(1).optional(),
});

const Escalation = z.strictObject({ after: Duration, to: Name });

const Score = z.number().min(0).default(0);

/** What a suggestion may rest on and what it is worth; each counts once (C20). */
const Points = z.strictObject({
  meeting_on_opportunity: Score,
  email_on_opportunity: Score,
  campaign_response_90d: Score,
  account_activity_30d: Score,
  title_hint: Score,
  converted_lead: Score,
});
export type SuggestionSource = keyof z.output<typeof Points>;

const Suggest = z.strictObject({
  max: z.int().min(1),
  points: Points,
  min_score: z.number(),
  exclude: Condition.optional(),
  auto_add: z.strictObject({ enabled: z.boolean(), min_score: z.number() }).optional(),
});

/** `contact_roles:`, the buying committee by stage (C1 to C21). Durations are parsed; names are not yet resolved. */
export const ContactRoles = z
  .strictObject({
    mode: z.enum(['off', 'observe', 'enforce']),
    scope: Condition.default({}),
    effective_from: z.iso.date().optional(),
    exempt: Exempt.optional(),
    roles: z.record(Name, Role),
    ignore_roles: z.array(Name).default([]),
    member: Member.prefault({}),
    stages: z.array(Stage).min(1),
    tiers: z.array(Tier).default([]),
    over_association: OverAssociation.optional(),
    grace: z.strictObject({ after_stage_entry: Duration, calendar: Name.default('owner') }).optional(),
    pre_close: z.strictObject({ days: z.int().min(1), treat_as: Name }).optional(),
    set: SetEntries.default({}),
    task: CommitteeTask.optional(),
    escalate: z.array(Escalation).default([]),
    suggest: Suggest.optional(),
  })
  .superRefine(reportRoleProblems, { when: ({ value }) => hasReadableRoles(value) });
export type ContactRoles = z.output<typeof ContactRoles>;
