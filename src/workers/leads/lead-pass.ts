import type { Instant } from '../../domain/instant.ts';
import type { TurnWorld } from './turns.ts';
import type { Frame, WorkWorld } from '../work-world.ts';

/** One batch: the frame that it keeps and the instant of its decisions. */
export type LeadPass = WorkWorld & {
  readonly taken: Frame;
  readonly turns: TurnWorld;
  readonly at: Instant;
  /** Of the monotonic timer. */
  readonly begun: number;
  readonly signal: AbortSignal;
};
