import { z } from 'zod';

import type { RouteCause } from '../../rules/routing/route-input.ts';
import { handoffEpoch } from '../../rules/routing/plan-handoff.ts';
import type { State } from '../../ports.ts';

/**
 * Where a lead stands in its life (R20). Each routing belongs to one epoch, and an epoch routes once.
 * `isWanted`: somebody asked for this epoch and nobody was chosen in it yet.
 */
export type LeadEpoch = {
  /** From 1, the first routing. */
  readonly number: number;
  readonly cause: RouteCause;
  /** Who owned the lead when the epoch began; null in the first, which begins with whoever is in `intake`. */
  readonly from: string | null;
  readonly isWanted: boolean;
};

/** Why a lead is to be routed anew, and who asked for it. */
export type EpochRequest = { readonly cause: Exclude<RouteCause, 'initial'>; readonly by: string };

const Wished = z.enum(['sla_reassign', 'rejected', 'recycle_re_entry', 'owner_deactivated', 'manual']);

/** Why a lead is routed. */
export const Cause = z.enum(['initial', ...Wished.options]);

const StoredEpoch = z.object({ epoch: z.int(), cause: Wished, from: z.string().nullable() });

const StoredRequest = z.object({ cause: Wished, by: z.string() });

/** Under which an assignment is kept: one per lead and epoch (D9). */
export function assignmentKey(leadId: string, epoch: number): string {
  return `${leadId}:${epoch}`;
}

/** Under which the latest epoch of a lead is kept, next to its assignments so that both change at once. */
export function epochKey(leadId: string): string {
  return `${leadId}:epoch`;
}

/** Under which a wish for a new epoch is kept until somebody is chosen in it. */
export function requestKey(leadId: string): string {
  return `${leadId}:wanted`;
}

/** How the latest epoch is stored. */
export function storeEpoch({ number, cause, from }: LeadEpoch): Readonly<Record<string, unknown>> {
  return { epoch: number, cause, from };
}

/**
 * The epochs of leads that are there.
 * @param leads  each with its present owner, and the keys of our tasks about it: they outlive Redis
 * @param scope  put before every key
 */
export async function readEpochs(
  leads: readonly { readonly id: string; readonly ownerId: string | null; readonly handoffKeys: ReadonlySet<string> }[],
  state: State,
  scope: string,
): Promise<ReadonlyMap<string, LeadEpoch>> {
  const keys = leads.flatMap(({ id }) => [scope + epochKey(id), scope + requestKey(id)]);
  const stored = await state.assignments(keys);
  return new Map(
    leads.map(({ id, ownerId, handoffKeys }, index): [string, LeadEpoch] => {
      const known = StoredEpoch.safeParse(stored[2 * index]).data ?? null;
      const wanted = StoredRequest.safeParse(stored[2 * index + 1]).data ?? null;
      const number = Math.max(known?.epoch ?? 1, ...[...handoffKeys].map(handoffEpoch));
      if (wanted !== null) return [id, { number: number + 1, cause: wanted.cause, from: ownerId, isWanted: true }];
      return [id, { number, cause: known?.cause ?? 'initial', from: known?.from ?? null, isWanted: false }];
    }),
  );
}

/** Asks for a new epoch of each lead; the next look at the lead begins it. */
export async function requestEpochs(leadIds: readonly string[], request: EpochRequest, state: State): Promise<void> {
  await state.commitTurns({
    expected: new Map(),
    states: new Map(),
    assignments: new Map(leadIds.map((id) => [requestKey(id), request])),
  });
}
