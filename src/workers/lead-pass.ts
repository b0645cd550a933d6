import type { Instant } from '../domain/instant.ts';
import type { TurnWorld } from './turns.ts';
import type { Frame, WorkWorld } from './work-world.ts';

/** The epoch of a lead's first routing (R20). */
export const INITIAL = 1;

/** One batch: the frame that it keeps and the instant of its decisions. */
export type LeadPass = WorkWorld & {
  readonly taken: Frame;
  readonly turns: TurnWorld;
  readonly at: Instant;
  /** Of the monotonic timer. */
  readonly begun: number;
  readonly signal: AbortSignal;
};

/** Under which an assignment is kept: one per lead and epoch (D9). */
export function assignmentKey(leadId: string): string {
  return `${leadId}:${INITIAL}`;
}
