import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Geography } from '../geography/resolve-geography.ts';
import type { OwnerTarget } from '../routing/target.ts';
import type { LeadMatches } from './match-lead.ts';
import type { LeadReading } from './read-lead.ts';
import type { Outcome } from './qualification-rules.ts';

/** A lead, and what is remembered about it in this epoch. */
export type QualificationInput = {
  /** API names, and what the lead's history gives (`sla.touches`); what is derived (F13) is added here. */
  readonly fields: Fields;
  /** How the fields were read before; left out: they are read here. */
  readonly reading?: LeadReading;
  /** The last outcome; `group` null stands for whichever group qualified it. Null before the first. */
  readonly previousOutcome: { readonly outcome: Outcome; readonly group: string | null } | null;
  /** The first hold of the epoch, kept also after the hold is over (Q4); null when it was never held. */
  readonly heldSince: Instant | null;
  /** When a person last changed the Status; null or left out when nobody did. */
  readonly statusChangedByPersonAt?: Instant | null;
  /** Whether the lead raises a hand again, by the rules of re-entry: it overrides a person's Status (QE8). */
  readonly isHandRaise?: boolean;
  /** Whether it was given to somebody in this epoch; left out: when its last outcome was qualified (Q6). */
  readonly isRouted?: boolean;
};

/** What a lead is found to be, why, and what to write. */
export type QualificationRuling = {
  readonly outcome: Outcome;
  /** The id of the deciding rule or group, `missing:…`, `geo_conflict`, `otherwise`; null when out of scope. */
  readonly reason: string | null;
  /** Of the disqualifying rule. */
  readonly bucket: string | null;
  /** The deciding group's score, else the first score group's; null when there is none or nothing was scored. */
  readonly points: number | null;
  /** The group that qualified it. */
  readonly group: string | null;
  /** Whether the same outcome stood already in this epoch: then nothing is written (Q9). */
  readonly isRepeat: boolean;
  /** What to write, rendered; empty where a protection holds it back (Q3, Q6, Q7). */
  readonly set: Fields;
  /** Keys of `set` that hold the time of the decision. They alone are no reason to write. */
  readonly stamps: readonly string[];
  readonly owner: OwnerTarget | null;
  readonly heldBack: 'human_change' | 'protected_status' | null;
  /** Whether its Status is one of `protect.statuses`. */
  readonly isProtected: boolean;
  /** When a person's change no longer stands in the way; null when none does. */
  readonly heldBackUntil: Instant | null;
  /** To be remembered for the epoch. */
  readonly heldSince: Instant | null;
  /** When a lead on hold gets `hold.then`; null when it is not on hold, or for as long as it takes. */
  readonly holdUntil: Instant | null;
  readonly findings: readonly string[];
  readonly geo: Geography;
  /** The fields that the rules saw, derived ones among them. */
  readonly fields: Fields;
  /** Every rule that matched, decisive or not (Q1). */
  readonly matches: LeadMatches;
};

/** The outcome before protections. */
export type Verdict = Pick<
  QualificationRuling,
  'outcome' | 'reason' | 'bucket' | 'points' | 'group' | 'heldSince' | 'holdUntil'
>;
