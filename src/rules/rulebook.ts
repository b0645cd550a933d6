import { compileCalendar, type Calendar } from './calendars/calendar.ts';
import type { Calendars } from './calendars/schema.ts';
import { compileCondition } from './conditions/compile-condition.ts';
import type { Predicate } from './conditions/compile-condition.ts';
import { hiddenFields } from './conditions/hidden-tests.ts';
import type { Lists } from './conditions/operator.ts';
import { compileContactRoles, type ContactRoleRules } from './contact-roles/compile-contact-roles.ts';
import type { CalendarSources } from './contact-roles/pick-owner-calendar.ts';
import type { ContactRoles } from './contact-roles/schema.ts';
import type { OrgStage } from './contact-roles/stage-order.ts';
import {
  compileOpportunityCriteria,
  type OpportunityCriteriaRules,
} from './opportunity-criteria/decide-opportunity-criteria.ts';
import type { OpportunityCriteria } from './opportunity-criteria/schema.ts';
import type { Recycle } from './recycle/schema.ts';
import { compileQualification } from './qualification/compile-qualification.ts';
import type { QualificationRules } from './qualification/qualification-rules.ts';
import type { Qualification } from './qualification/schema.ts';
import { compileRouting } from './routing/compile-routing.ts';
import type { RoutingRules } from './routing/routing-rules.ts';
import type { Routing } from './routing/schema.ts';
import { compileSla, type SlaRules } from './sla/compile-sla.ts';
import { compileFirstTouchDue, type FirstTouchDue } from './sla/first-touch-due.ts';
import type { Sla } from './sla/schema.ts';
import { fold } from './text/fold.ts';

/** `off` does not look, `observe` decides and writes nothing, `enforce` writes (F38). */
export type Mode = 'off' | 'observe' | 'enforce';

/** The sections of a configuration that rules are made of, as their schemas leave them. */
export type RuleSource = {
  readonly org: { readonly timezone: string; readonly default_calendar: string };
  readonly write: {
    readonly task_key: string | null;
    readonly turn_key: string | null;
    readonly episode: string | null;
  };
  readonly log: { readonly redact: readonly string[] };
  readonly calendars: Calendars;
  readonly lists: Readonly<
    Record<string, { readonly values: readonly string[]; readonly rows: readonly Readonly<Record<string, string>>[] }>
  >;
  readonly qualification: Qualification | null;
  readonly routing: Routing | null;
  readonly contact_roles: ContactRoles | null;
  readonly opportunity_criteria: OpportunityCriteria | null;
  readonly sla: Sla | null;
  readonly recycle: Recycle | null;
};

/** A configuration, compiled: everything that decides. Swapped as a whole on reload (F41). A module that is off is null. */
export type Rulebook = {
  readonly source: RuleSource;
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** Fields whose values the decision log hides. */
  readonly hidden: ReadonlySet<string>;
  readonly qualification: { readonly mode: Mode; readonly rules: QualificationRules } | null;
  readonly routing: { readonly mode: Mode; readonly rules: RoutingRules } | null;
  readonly contactRoles: { readonly mode: Mode; readonly rules: ContactRoleRules } | null;
  readonly opportunityCriteria: { readonly mode: Mode; readonly rules: OpportunityCriteriaRules } | null;
  readonly sla: { readonly mode: Mode; readonly rules: SlaRules } | null;
  readonly firstTouchDue: FirstTouchDue;
  /** What brings a lead back (Y7): a hand-raise counts also against a person's Status (QE8). Null when nothing does. */
  readonly reEntry: Predicate | null;
  /** Where the calendar of an opportunity's owner comes from (C13). */
  readonly calendarSources: CalendarSources;
};

/**
 * Compiles a valid configuration.
 * @param stages  of the org; null offline, then the configured order and Salesforce's standard stages stand in (C2)
 */
export function compileRulebook(source: RuleSource, stages: readonly OrgStage[] | null): Rulebook {
  const lists: Lists = new Map(
    Object.entries(source.lists).map(([name, { values }]) => [name, new Set(values.map(fold))]),
  );
  const rows = new Map(Object.entries(source.lists).map(([name, list]) => [name, list.rows]));
  const calendars = new Map(
    Object.entries(source.calendars).map(([name, calendar]) => [name, compileCalendar(calendar)]),
  );
  const {
    qualification,
    routing,
    contact_roles: contactRoles,
    opportunity_criteria: criteria,
    org,
    write,
    recycle,
  } = source;
  const sla = compileModule(source.sla, (own) => compileSla(own, lists, calendars));
  return {
    source,
    calendars,
    hidden: hiddenFields(source.log.redact),
    qualification: compileModule(qualification, (own) => compileQualification(own, lists, routing?.segments ?? {})),
    routing: compileModule(routing, (own) =>
      compileRouting(own, {
        lists,
        rows,
        calendars,
        defaultCalendar: org.default_calendar,
        ...(qualification === null ? {} : { geo: qualification.geo }),
      }),
    ),
    contactRoles: compileModule(contactRoles, (own) =>
      compileContactRoles(own, lists, stages, {
        timeZone: org.timezone,
        taskKeyField: write.task_key,
        episodeField: write.episode,
      }),
    ),
    opportunityCriteria: compileModule(criteria, (own) => compileOpportunityCriteria(own, lists, stages)),
    sla,
    firstTouchDue: compileFirstTouchDue(sla?.rules ?? null),
    reEntry: recycle?.re_entry === undefined ? null : compileCondition(recycle.re_entry.when, lists),
    calendarSources: {
      pools: Object.values(routing?.pools ?? {}).map(({ calendar, members }) => ({
        calendar: calendar ?? null,
        members: members.map(({ user }) => user),
      })),
      calendars,
      defaultCalendar: org.default_calendar,
    },
  };
}

function compileModule<Source extends { readonly mode: Mode }, Rules>(
  source: Source | null,
  compile: (source: Source) => Rules,
): { readonly mode: Mode; readonly rules: Rules } | null {
  return source === null || source.mode === 'off' ? null : { mode: source.mode, rules: compile(source) };
}
