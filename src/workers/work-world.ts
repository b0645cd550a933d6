import type { Decision } from '../domain/decision.ts';
import type { Alerts } from '../ports.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import type { Columns } from './columns.ts';
import type { Directory } from './read-org.ts';
import type { SettleWorld } from './settle.ts';
import type { WriteWorld } from './write-back.ts';

/** One consistent set of rules and facts: a batch takes it once and keeps it to its end (F41). */
export type Frame = {
  readonly configHash: string;
  readonly rulebook: Rulebook;
  readonly columns: Columns;
  readonly directory: Directory;
  /** Modules that cannot work at present, because the org does not show what their rules need (XE9). */
  readonly suspended: ReadonlySet<string>;
  /** Where those who run the daemon are told what no rule names a channel for: the first of `alerts:`; null without any. */
  readonly alertChannel: string | null;
};

/** What the workers of all kinds stand on. */
export type WorkWorld = SettleWorld &
  WriteWorld & {
    readonly frame: () => Frame;
    readonly alerts: Alerts;
    /** Tasks of open gaps that are planned and not in the org yet, by owner; only a plan has any (C18). */
    readonly plannedTasks?: ReadonlyMap<string, number>;
    /** Keeps decisions for `explain` and `replay` (F39). */
    readonly record: (decisions: readonly Decision[], tookMs: number) => void;
    /** Milliseconds of a monotonic timer. */
    readonly monotonic: () => number;
  };
