import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import type { LeadRuling } from './decide-leads.ts';
import { isIntake } from '../../rules/routing/is-intake.ts';
import { fold } from '../../rules/text/fold.ts';
import type { Frame } from '../work-world.ts';

/** What is remembered of a lead's Status: what it was, and when a person set it so. */
export type StatusMemory = {
  readonly status: string | null;
  readonly status_by_person_at: Instant | null;
  /** So that a new source is seen as a new response (QE8). */
  readonly lead_source: FieldValue;
};

/**
 * When a person set the Status that the lead has now; null when nobody did (Q7). Not every org keeps a history of
 * fields, so this rests on what we saw: a Status that is neither what it was at our last look nor what we wrote was set
 * by whoever changed the lead last. Our own user and the users of `intake` are programs, not persons. A lead that we see
 * for the first time has a person's Status when it is not the one that new leads have and a person changed the lead last.
 */
export function personSetStatusAt(
  fields: Fields,
  memory: Memory | null,
  { rulebook, directory }: Frame,
  ownUserId: string,
): Instant | null {
  const { Status: status, LastModifiedById: by, LastModifiedDate: at } = fields;
  if (typeof status !== 'string' || typeof by !== 'string' || typeof at !== 'string') return null;
  const seen = memory?.['status'];
  if (typeof seen === 'string' && fold(seen) === fold(status)) {
    const since = memory?.['status_by_person_at'];
    return typeof since === 'number' ? since : null;
  }
  const isFirstLook = typeof seen !== 'string';
  const isAsCreated = at === fields['CreatedDate'] && by === fields['CreatedById'];
  if (isFirstLook && (isAsCreated || isStatusOfNewLeads(status, rulebook.source.qualification?.scope['Status']))) {
    return null;
  }
  const rules = rulebook.routing?.rules;
  const isProgram =
    by === ownUserId || (rules?.intake != null && isIntake(rules, { kind: 'user', id: by }, directory.users));
  return isProgram ? null : readInstant(at);
}

/** The Status that the lead has after a ruling that stands. What we write is not a person's. */
export function rememberStatus({ lead, kind, qualification }: LeadRuling): StatusMemory {
  const { Status: shown, LeadSource: source = null } = lead.record.fields;
  const isWritten = kind === 'judged' || kind === 'given';
  const written = isWritten && qualification?.isRepeat === false ? qualification.set['Status'] : undefined;
  return {
    status: typeof written === 'string' ? written : typeof shown === 'string' ? shown : null,
    status_by_person_at: typeof written === 'string' ? null : lead.personSetStatusAt,
    lead_source: source,
  };
}

/** As in `rolecall test`, new leads have the first status of the scope. */
function isStatusOfNewLeads(status: string, scope: unknown): boolean {
  const first: unknown = Array.isArray(scope) ? scope[0] : scope;
  return typeof first !== 'string' || fold(first) === fold(status);
}
