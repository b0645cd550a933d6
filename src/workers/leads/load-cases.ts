import { readLead } from '../../rules/qualification/read-lead.ts';
import { readAssignment } from '../../rules/routing/assignment.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import type { LeadCase } from './decide-leads.ts';
import { assignmentKey, readEpochs, type LeadEpoch } from './lead-epochs.ts';
import type { LeadPass } from './lead-pass.ts';
import { loadLeadHistory } from './load-lead-history.ts';
import { loadLeads } from './load-leads.ts';
import { loadStatusChanges } from './load-status-changes.ts';
import { hasNewStatus, personSetStatusAt } from './person-status.ts';
import { findRevert } from './reverts.ts';

/** Everything that is known of the leads of a batch, those that waited longest first, then the oldest (R11). */
export async function loadCases(ids: readonly string[], pass: LeadPass): Promise<readonly LeadCase[]> {
  const { taken, state, turns, observer, salesforce, signal } = pass;
  const records = await loadLeads(ids, taken.columns.lead, taken.rulebook.source.write.task_key, salesforce, signal);
  const stored = await state.memories('lead', ids);
  const memories = new Map(ids.map((id, index) => [id, stored[index] ?? null]));

  const gone = ids.filter((id) => !records.has(id) && memories.get(id) !== null);
  await state.remember('lead', new Map(gone.map((id) => [id, null])));
  await state.setTimers('lead', new Map(gone.map((id) => [id, null])));
  await state.removeDeadLetters(gone);
  for (const id of gone) observer.emit('gone', { object: 'Lead', record_id: id });

  const present = [...records].map(([id, { fields, handoffKeys }]) => {
    const { OwnerId: owner } = fields;
    return { id, ownerId: typeof owner === 'string' ? owner : null, handoffKeys };
  });
  const epochs = await readEpochs(present, state, turns.scope);
  const assignments = await loadAssignments(epochs, pass);
  const changes = await loadStatusChanges(idsOfNewStatus(), pass);
  const histories = await loadLeadHistory(
    present.map(({ id, ownerId }) => {
      const assignment = assignments.get(assignmentKey(id, epochs.get(id)!.number));
      return { id, ownerId, assignedAt: assignment?.isConfirmed === true ? assignment.at : null };
    }),
    pass,
  );
  const rules = (taken.rulebook.qualification ?? taken.rulebook.routing)!.rules;
  const cases = present.map(({ id }): LeadCase => {
    const record = records.get(id)!;
    const memory = memories.get(id) ?? null;
    const epoch = epochs.get(id)!;
    const earlier = assignmentsBefore(id, epoch, assignments);
    const assignment = assignments.get(assignmentKey(id, epoch.number)) ?? null;
    const ownUser = salesforce.userId();
    return {
      id,
      record,
      reading: readLead(rules, { ...record.fields, ...histories.get(id) }),
      memory,
      epoch,
      assignment,
      revert: findRevert(record.fields, memory, assignment, taken, ownUser, pass.at),
      // Redis may have lost who had it: whoever owned it when the epoch began had it last.
      previousAssignees: earlier.length > 0 || epoch.from === null ? earlier : [epoch.from],
      personSetStatusAt: personSetStatusAt(record.fields, memory, changes.get(id), taken, ownUser),
      isHandRaise: false,
    };
  });
  return cases.toSorted((left, right) => waitingSince(left) - waitingSince(right) || 0);

  /** Who set the Status matters only to qualification, and only while a person's change stands (Q7). */
  function idsOfNewStatus(): readonly string[] {
    if (taken.rulebook.qualification?.rules.humanChangeWinsFor == null) return [];
    const news = [...records].filter(([id, { fields }]) => hasNewStatus(fields, memories.get(id) ?? null, taken));
    return news.map(([id]) => id);
  }

  function waitingSince({ memory }: LeadCase): number {
    const since = memory?.['waiting_since'];
    return typeof since === 'number' ? since : pass.at;
  }
}

/** How many epochs back it is looked who had a lead; no rule excludes more than these (R18). */
const EPOCHS_BACK = 5;

async function loadAssignments(
  epochs: ReadonlyMap<string, LeadEpoch>,
  { state, turns }: LeadPass,
): Promise<ReadonlyMap<string, Assignment>> {
  const keys = [...epochs].flatMap(([id, { number }]) => keysBack(id, number));
  const stored = await state.assignments(keys.map((key) => turns.scope + key));
  const assignments = new Map<string, Assignment>();
  for (const [index, key] of keys.entries()) {
    const assignment = readAssignment(stored[index]);
    if (assignment !== null) assignments.set(key, assignment);
  }
  return assignments;
}

function assignmentsBefore(
  id: string,
  { number }: LeadEpoch,
  assignments: ReadonlyMap<string, Assignment>,
): readonly string[] {
  return keysBack(id, number)
    .slice(1)
    .flatMap((key) => assignments.get(key)?.ownerId ?? []);
}

function keysBack(id: string, number: number): readonly string[] {
  const epochs = Array.from({ length: Math.min(number, EPOCHS_BACK + 1) }, (_, back) => number - back);
  return epochs.map((epoch) => assignmentKey(id, epoch));
}
