import type { WorkKind } from './work.ts';

/** What a call to the org is for, the most urgent first: when calls run short, the later lanes wait (F43). */
export const LANES = ['routing', 'sla', 'contact_roles', 'recycling', 'reports', 'backfill'] as const;

export type Lane = (typeof LANES)[number];

/** The lane in which each kind of work calls. */
export const LANE_OF = { lead: 'routing', opportunity: 'contact_roles' } as const satisfies Record<WorkKind, Lane>;
