import { z } from 'zod';

import { readInstant } from '../domain/instant.ts';
import { elapsedMs } from '../rules/calendars/duration.ts';
import { CalendarSource, Calendars, Duration } from '../rules/calendars/schema.ts';
import { ContactRoles } from '../rules/contact-roles/schema.ts';
import { RuleTests } from '../rules/expectations/schema.ts';
import { OpportunityCriteria } from '../rules/opportunity-criteria/schema.ts';
import { Qualification } from '../rules/qualification/schema.ts';
import { Recycle } from '../rules/recycle/schema.ts';
import { Cron } from '../rules/reports/cron.ts';
import { Reports } from '../rules/reports/schema.ts';
import { Routing } from '../rules/routing/schema.ts';
import { Sla } from '../rules/sla/schema.ts';

const Name = z.string().min(1);

/** A duration without a clock, in milliseconds (F22); business days have none. */
function elapsed(least: 0 | 1) {
  return Duration.transform(({ amount, unit }, context): number => {
    if (unit !== 'bd' && amount >= least) return elapsedMs(amount, unit);
    const message = `"${amount}${unit}" is not a length of elapsed time; write ${least} or more of s, m, h or d`;
    context.addIssue({ code: 'custom', message, params: { code: 'E_DURATION' } });
    return z.NEVER;
  });
}

const Elapsed = elapsed(1);

const At = z.string().transform((text, context): number => {
  try {
    return readInstant(text);
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" is not an instant, write 2026-10-01T00:00:00Z` });
    return z.NEVER;
  }
});

/** `org:`, what the whole program needs to know of the company. */
export const Org = z.strictObject({
  /** For report windows and cron lines. */
  timezone: CalendarSource.shape.timezone,
  /** For an owner whom no pool and no calendar names (C13). */
  default_calendar: Name,
});
export type Org = z.output<typeof Org>;

/** `extract:`, how the org is polled (F24, F25). Durations are milliseconds, `start_at` an instant. */
export const Extract = z.strictObject({
  poll: z
    .strictObject({
      Lead: Elapsed.prefault('30s'),
      Opportunity: Elapsed.prefault('30s'),
      OpportunityContactRole: Elapsed.prefault('30s'),
      Task: Elapsed.prefault('60s'),
      Event: Elapsed.prefault('60s'),
      CampaignMember: Elapsed.prefault('60s'),
      /** As often as roles, unless it says otherwise. */
      Contact: Elapsed.optional(),
      User: Elapsed.prefault('10m'),
    })
    .prefault({}),
  overlap: Elapsed.prefault('15m'),
  safety_lag: elapsed(0).prefault('5s'),
  start_at: At,
  reconcile: Cron.prefault('15 2 * * *'),
});
export type Extract = z.output<typeof Extract>;

/** At most so many planned writes in a sliding window (F36). */
const Breaker = z.strictObject({ max: z.int().min(1), per: Elapsed });

/** `write:`, our fields and the limits of what is written. `per` is milliseconds; a field not named is null. */
export const Write = z.strictObject({
  task_key: Name.nullable().default(null),
  turn_key: Name.nullable().default(null),
  episode: Name.nullable().default(null),
  guard: z.array(Name).default(['OwnerId', 'Status', 'IsConverted', 'StageName', 'IsClosed']),
  blast_radius: z
    .strictObject({
      owner_changes: Breaker.prefault({ max: 300, per: '10m' }),
      status_changes: Breaker.prefault({ max: 1000, per: '10m' }),
      flag_changes: Breaker.prefault({ max: 2000, per: '10m' }),
      tasks_created: Breaker.prefault({ max: 500, per: '1h' }),
    })
    .prefault({}),
});
export type Write = z.output<typeof Write>;

const Percentage = z.string().transform((text, context): number => {
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent) / 100;
  context.addIssue({ code: 'custom', message: `"${text}" is not a share, write 0% to 100%` });
  return z.NEVER;
});

/** `api_budget:` (F43). */
export const ApiBudget = z.strictObject({
  /** Calls in a rolling day; null for no ceiling of our own. */
  daily_calls: z.int().min(1).nullable().default(null),
  /** A share, 0 to 1, of the org's own allocation. */
  keep_free: Percentage.prefault('20%'),
});
export type ApiBudget = z.output<typeof ApiBudget>;

/** `log:`, where decisions go and which fields are stored as keyed hashes (F39). */
export const Log = z.strictObject({
  decisions: Name.default('data/decisions.ndjson'),
  redact: z.array(Name).default(['Email', 'Phone', 'MobilePhone', 'FirstName', 'LastName', 'Name']),
});
export type Log = z.output<typeof Log>;

const ListEntry = z.string({
  error: ({ input }) => `a list holds strings, put quotes around ${JSON.stringify(input) ?? 'it'}`,
});

/** `lists:`, values in place, or the columns of a CSV file relative to the configuration's folder. */
export const ListSources = z.record(
  Name,
  z.union([z.array(ListEntry), z.strictObject({ file: Name, columns: z.array(Name).min(1) })], {
    error: 'expected a list of strings, or { file: FILE, columns: [NAME] }',
  }),
);
export type ListSources = z.output<typeof ListSources>;

// The value may be the URL itself, put here by mistake: it is a secret and never repeated.
const VariableName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, { error: 'expected the name of an environment variable that holds the URL' });

/** `alerts:`, channels by name; each holds the name of the environment variable with its URL. */
export const Alerts = z.record(
  Name,
  z
    .strictObject({ slack: VariableName.optional(), webhook: VariableName.optional() })
    .refine(({ slack, webhook }) => (slack === undefined) !== (webhook === undefined), {
      error: 'an alert is exactly one of { slack: VARIABLE }, { webhook: VARIABLE }',
    }),
);
export type Alerts = z.output<typeof Alerts>;

/** A list as rules use it. */
export type List = {
  /** The entries in place, or the first column of the file. */
  readonly values: readonly string[];
  /** One record per line of the file, by column; of entries in place, by `value`. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** False when the list's file is not there (yet) or cannot be read. */
  readonly isPresent: boolean;
};

/** Every section of the configuration and its schema, in the order of the example. */
export const SECTIONS = {
  org: Org,
  extract: Extract,
  write: Write.prefault({}),
  api_budget: ApiBudget.prefault({}),
  log: Log.prefault({}),
  calendars: Calendars.default({}),
  lists: ListSources.default({}),
  alerts: Alerts.default({}),
  reports: Reports.default({}),
  qualification: Qualification.optional(),
  routing: Routing.optional(),
  sla: Sla.optional(),
  recycle: Recycle.optional(),
  contact_roles: ContactRoles.optional(),
  opportunity_criteria: OpportunityCriteria.optional(),
  tests: RuleTests.default([]),
} as const satisfies Record<string, z.ZodType>;

export type SectionName = keyof typeof SECTIONS;

/** The sections that could be read; one that has an error is missing. */
export type ReadableConfig = { readonly [Name in SectionName]?: Config[Name] };

/** A whole configuration, valid and deeply frozen. A module that is not configured is null. */
export type Config = {
  readonly org: Org;
  readonly extract: Extract;
  readonly write: Write;
  readonly api_budget: ApiBudget;
  readonly log: Log;
  readonly calendars: Calendars;
  readonly lists: Readonly<Record<string, List>>;
  readonly alerts: Alerts;
  readonly reports: Reports;
  readonly qualification: Qualification | null;
  readonly routing: Routing | null;
  readonly sla: Sla | null;
  readonly recycle: Recycle | null;
  readonly contact_roles: ContactRoles | null;
  readonly opportunity_criteria: OpportunityCriteria | null;
  readonly tests: RuleTests;
};
