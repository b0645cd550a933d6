import type { Memory } from '../../ports.ts';
import type { FieldValue } from '../../domain/record.ts';
import type { WorkWorld } from '../work-world.ts';
import type { FieldUndo } from './plan-undo.ts';

/**
 * Sees to it that the daemon does not simply do again what is taken back: a lead whose owner is restored is settled, like
 * one that a person has given back; a restored Status counts as a person's (Q7); and flags are left alone for as long as
 * they would be what they were. Before the write, so that whoever sees the write knows.
 */
export async function markUndone(undos: readonly FieldUndo[], world: WorkWorld): Promise<void> {
  const restoring = undos.filter(({ kind }) => kind === 'restore');
  await change('lead', 'Lead', restoring, markLead, world);
  await change('opportunity', 'Opportunity', restoring, markOpportunity, world);
}

async function change(
  kind: 'lead' | 'opportunity',
  object: string,
  restoring: readonly FieldUndo[],
  mark: (memory: Memory, undos: readonly FieldUndo[], world: WorkWorld) => Memory,
  world: WorkWorld,
): Promise<void> {
  const byRecord = Map.groupBy(
    restoring.filter((undo) => undo.object === object),
    ({ recordId }) => recordId,
  );
  if (byRecord.size === 0) return;
  const ids = [...byRecord.keys()];
  const memories = await world.state.memories(kind, ids);
  const marked = ids.flatMap((id, index): readonly (readonly [string, Memory])[] => {
    const memory = memories[index] ?? null;
    // A lead of which nothing is remembered is settled by the marks that the org itself bears (F40).
    if (memory === null && kind === 'lead') return [];
    return [[id, mark(memory ?? {}, byRecord.get(id)!, world)]];
  });
  await world.state.remember(kind, new Map(marked));
}

function markLead(memory: Memory, undos: readonly FieldUndo[], { now }: WorkWorld): Memory {
  const isOwner = undos.some(({ module, field }) => module === 'routing' && field === 'OwnerId');
  const status = undos.findLast(({ field }) => field === 'Status');
  return {
    ...memory,
    ...(isOwner ? { is_settled: true } : {}),
    ...(status === undefined ? {} : { status: status.before, status_by_person_at: now() }),
  };
}

function markOpportunity(memory: Memory, undos: readonly FieldUndo[]): Memory {
  const takenBack: Record<string, { wrote: FieldValue; restored: FieldValue }> = {};
  for (const { field, after, before } of undos) {
    takenBack[field] = { wrote: takenBack[field]?.wrote ?? after, restored: before };
  }
  return { ...memory, takenBack };
}
