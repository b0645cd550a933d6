import type { WorkKind } from './work.ts';

/** Why a module does not write: `blast_radius`, `poison_share`, or `operator` when a person paused it. */
export type Pause = { readonly code: string; readonly reason: string };

/** A record that waits until its module writes again. */
export type HeldRecord = { readonly kind: WorkKind; readonly id: string };
