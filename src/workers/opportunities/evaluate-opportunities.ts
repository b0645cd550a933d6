import type { Memory } from '../../ports.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { announceOpportunities } from './announce-opportunities.ts';
import { heedFights } from './heed-fights.ts';
import { judgeCommittees } from './judge-committees.ts';
import { judgeCriteria } from './judge-criteria.ts';
import { loadOpportunities, type OpportunityColumns } from './load-opportunities.ts';
import type { OpportunityPass } from './opportunity-pass.ts';
import { confirmedWrites } from '../confirmed-writes.ts';
import type { Frame, WorkWorld } from '../work-world.ts';
import { writeOpportunities } from './write-opportunities.ts';

/**
 * Evaluates up to 1,000 opportunities as the org has them now, their committees and what must be true of the deals,
 * writes what differs, and remembers when to look again. Safe to repeat at any point: what is done already plans nothing.
 * @throws AppError `E_STAGE_UNKNOWN` (fix-config) when the org no longer has a stage that the configuration names (CE24)
 */
export async function evaluateOpportunities(
  ids: readonly string[],
  world: WorkWorld,
  signal: AbortSignal,
): Promise<void> {
  const taken = world.frame();
  const { contactRoles, opportunityCriteria } = taken.rulebook;
  if (contactRoles === null && opportunityCriteria === null) return;
  const unique = [...new Set(ids)];
  const pass = await beginOpportunityPass(unique, world, signal);
  const { records, begun } = pass;

  await forgetGone(
    unique.filter((id) => !records.has(id)),
    pass,
  );
  // A role that is deleted later tells only its own id (F26).
  const roles = [...records].flatMap(([id, record]) => record.roles.map((role) => [role.id, id] as const));
  await world.state.rememberRoleParents(new Map(roles));
  const judging = {
    committees: contactRoles === null ? [] : await judgeCommittees(contactRoles.rules, pass),
    criteria: opportunityCriteria === null ? [] : await judgeCriteria(opportunityCriteria.rules, pass),
  };
  const heeded = heedFights(judging, pass);
  const announced = [...announceOpportunities(heeded.judged, pass), ...heeded.decisions];
  const tookMs = pass.monotonic() - begun;
  const writesOf = confirmedWrites(await writeOpportunities(heeded, pass), pass.isWithheld);
  pass.record(
    announced.map((decision) => ({ ...decision, writes: writesOf(decision.module, decision.recordId) })),
    tookMs,
  );
}

/** The opportunities as the org has them now, and what is remembered of them. */
export async function beginOpportunityPass(
  ids: readonly string[],
  world: WorkWorld,
  signal: AbortSignal,
): Promise<OpportunityPass> {
  const taken = world.frame();
  const begun = world.monotonic();
  const records = await loadOpportunities(ids, columnsOf(taken), world.salesforce, signal);
  const memories = await memoriesOf(ids, world);
  return { ...world, taken, records, memories, at: world.now(), begun, signal };
}

function columnsOf({ rulebook, columns }: Frame): OpportunityColumns {
  return {
    opportunity: columns.opportunity,
    role: rulebook.contactRoles === null ? null : columns.role,
    taskKey: taskKeyOf(rulebook),
  };
}

function taskKeyOf({ contactRoles }: Rulebook): string | null {
  return contactRoles?.rules.settings.taskKeyField ?? null;
}

async function memoriesOf(ids: readonly string[], { state }: WorkWorld): Promise<ReadonlyMap<string, Memory | null>> {
  const memories = await state.memories('opportunity', ids);
  return new Map(ids.map((id, index) => [id, memories[index] ?? null]));
}

/** Deleted or invisible: its timer and what we remember of it go; nobody is left to write to. */
async function forgetGone(
  ids: readonly string[],
  { memories, state, observer }: Pick<OpportunityPass, 'memories' | 'state' | 'observer'>,
): Promise<void> {
  const known = ids.filter((id) => (memories.get(id) ?? null) !== null);
  await state.remember('opportunity', new Map(known.map((id) => [id, null])));
  await state.setTimers('opportunity', new Map(known.map((id) => [id, null])));
  await state.removeDeadLetters(known);
  for (const id of known) observer.emit('gone', { object: 'Opportunity', record_id: id });
}
