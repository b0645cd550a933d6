import { turnKey, type Assignment } from '../../rules/routing/assignment.ts';
import type { DeadLetter } from '../../domain/dead-letter.ts';
import type { Instant } from '../../domain/instant.ts';
import { OWNER_REFUSALS } from '../../domain/owner-refusals.ts';
import type { Fields } from '../../domain/record.ts';
import type { OwnerTarget } from '../../rules/routing/target.ts';
import { routeValues } from '../../rules/routing/route-values.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import type { StepName } from '../../rules/routing/schema.ts';
import { renderSet } from '../../rules/template.ts';
import { differingFields } from '../../write-back/differing-fields.ts';
import { refusedBy, type LeadRuling } from './decide-leads.ts';
import { assignmentKey } from './lead-epochs.ts';
import type { LeadPass } from './lead-pass.ts';
import { addLetters, isFinal, tellRejected, triesOf, writeLetter } from '../settle.ts';
import { giveBack, resetPools } from './turns.ts';
import type { Frame } from '../work-world.ts';
import type { Fate, Update } from '../write-back.ts';

/** What each module has to write to a lead so that the org shows the ruling; empty when it does (F32). */
export function updatesOf(ruling: LeadRuling, { taken, at }: LeadPass): readonly Update[] {
  const { lead, kind, qualification, assignment } = ruling;
  if (kind === 'owned' || kind === 'ours' || kind === 'settled') return [];
  const { fields: shown } = lead.record;
  const guard = Object.fromEntries(taken.columns.guard.Lead.map((field) => [field, shown[field] ?? null]));
  const updates: Update[] = [];
  const add = (module: string, fields: Fields): void => {
    if (Object.keys(fields).length === 0) return;
    const before = Object.fromEntries(Object.keys(fields).map((field) => [field, shown[field] ?? null]));
    const sharing = { parent: null, tries: triesOf(lead.memory) };
    updates.push({ module, about: lead.id, id: lead.id, fields, before, seen: guard, ...sharing });
  };
  if (qualification !== null && !qualification.isRepeat) {
    const owner = kind === 'judged' ? qualification.owner : null;
    const wanted = { ...qualification.set, ...ownerField(owner, taken) };
    add('qualification', differingFields(wanted, shown, qualification.stamps));
  }
  const rules = taken.rulebook.routing?.rules;
  if (kind === 'given' && assignment !== null && rules !== undefined) {
    const { set, stamps } = routeSet(assignment, ruling, rules, at);
    const field = taken.rulebook.source.write.turn_key;
    const turn = field === null || assignment.turn === null ? {} : { [field]: turnKey(assignment.turn) };
    add('routing', differingFields({ ...set, ...turn, OwnerId: assignment.ownerId }, shown, stamps));
  }
  return updates;
}

function routeSet(assignment: Assignment, { lead, qualification }: LeadRuling, rules: RoutingRules, at: Instant) {
  const facts = { ...assignment, route: assignment.route as StepName | 'fallback' };
  return renderSet(rules.set, routeValues(facts, qualification, lead.record.fields, at));
}

function ownerField(owner: OwnerTarget | null, { directory }: Frame): Fields {
  if (owner === null) return {};
  const id =
    owner.kind === 'queue'
      ? directory.queuesByName.get(owner.queue.toLowerCase())?.id
      : directory.users.byUsername.get(owner.user.toLowerCase())?.id;
  return id === undefined ? {} : { OwnerId: id };
}

/** Whether the lead's letter says whom the org refused as its owner: it stays until a person changes the lead. */
export function keepsLetter({ lead }: LeadRuling, fate: Fate | undefined, ownUserId: string): boolean {
  const isOurs = fate?.kind === 'applied' || lead.record.fields['LastModifiedById'] === ownUserId;
  return isOurs && (refusedBy(lead.memory).length > 0 || lead.memory?.['keeps_letter'] === true);
}

/**
 * Gives turns back whose writes were refused or overtaken. Whom the org lets own no leads is told in a dead letter, which
 * stays though the next member gets the lead (RE4).
 * @returns the leads that are to get another owner, with whom the org refused
 */
export async function takeBack(
  rulings: readonly LeadRuling[],
  fates: Map<string, Fate>,
  pass: LeadPass,
): Promise<ReadonlyMap<string, string | null>> {
  const { taken, turns } = pass;
  const letters: DeadLetter[] = [];
  const rules = taken.rulebook.routing?.rules;
  const refunds = new Map<string, Assignment>();
  const retaken = new Map<string, string | null>();
  const takenTwice = new Set<string>();
  for (const { lead, kind, assignment } of rulings) {
    const fate = fates.get(lead.id);
    if (kind !== 'given' || assignment === null || fate === undefined) continue;
    if (fate.kind !== 'stale' && !(fate.kind === 'refused' && isFinal(fate, triesOf(lead.memory) + 1))) continue;
    refunds.set(assignmentKey(lead.id, lead.epoch.number), assignment);
    if (fate.kind !== 'refused') continue;
    const isTurnTaken = fate.code === 'DUPLICATE_VALUE' && assignment.pool !== null;
    if (isTurnTaken) takenTwice.add(assignment.pool);
    if (!isTurnTaken && !OWNER_REFUSALS.has(fate.code)) continue;
    if (!fate.isKnown) tellRejected('lead', lead.id, fate, pass);
    if (!isTurnTaken && !fate.isKnown) letters.push(writeLetter('lead', lead.id, fate, 1, pass));
    retaken.set(lead.id, isTurnTaken ? null : assignment.ownerId);
    fates.set(lead.id, { kind: 'stale' });
  }
  if (rules === undefined) return retaken;
  await addLetters(letters, pass);
  await giveBack(rules, refunds, turns);
  // A turn that another lead has already: Redis was rolled back. The org knows which turns are taken.
  await resetPools(rules, [...takenTwice], turns);
  return retaken;
}
