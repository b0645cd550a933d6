import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import type { LeadRuling } from './decide-leads.ts';
import type { StatusChange } from './load-status-changes.ts';
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
 * Whether somebody has set the Status since our last look, so that it matters who did. A lead that we see for the first
 * time counts when its Status is not the one that new leads have and it is not as it was created.
 */
export function hasNewStatus(fields: Fields, memory: Memory | null, { rulebook }: Frame): boolean {
  const { Status: status, LastModifiedDate: at, LastModifiedById: by } = fields;
  if (typeof status !== 'string') return false;
  const seen = memory?.['status'];
  if (typeof seen === 'string') return fold(seen) !== fold(status);
  const isAsCreated = at === fields['CreatedDate'] && by === fields['CreatedById'];
  return !isAsCreated && !isStatusOfNewLeads(status, rulebook.source.qualification?.scope['Status']);
}

/**
 * When a person set the Status that the lead has now; null when nobody did (Q7). The org's field history knows who it
 * was; where it keeps none, it is whoever changed the lead last. Our own user and the users of `intake` are programs,
 * not persons.
 * @param change  the newest change of the Status in the history; undefined when it tells nothing
 */
export function personSetStatusAt(
  fields: Fields,
  memory: Memory | null,
  change: StatusChange | undefined,
  frame: Frame,
  ownUserId: string,
): Instant | null {
  if (!hasNewStatus(fields, memory, frame)) {
    const since = memory?.['status_by_person_at'];
    return typeof since === 'number' ? since : null;
  }
  const { Status: status, LastModifiedById: by, LastModifiedDate: at } = fields;
  if (change !== undefined && fold(change.status) === fold(String(status))) {
    return isProgram(change.by, frame, ownUserId) ? null : change.at;
  }
  if (typeof by !== 'string' || typeof at !== 'string') return null;
  return isProgram(by, frame, ownUserId) ? null : readInstant(at);
}

function isProgram(userId: string, { rulebook, directory }: Frame, ownUserId: string): boolean {
  if (userId === ownUserId) return true;
  const rules = rulebook.routing?.rules;
  return rules?.intake != null && isIntake(rules, { kind: 'user', id: userId }, directory.users);
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
