import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { LeadReading } from '../qualification/read-lead.ts';
import type { AccountCandidate } from './match-account.ts';
import type { PoolStates } from './pools/state.ts';
import type { World } from './pools/world.ts';

/** Why a lead is routed: each starts an epoch (R20). */
export type RouteCause = 'initial' | 'sla_reassign' | 'rejected' | 'recycle_re_entry' | 'owner_deactivated' | 'manual';

/** Another record that may be the same person. */
export type DuplicateCandidate = {
  readonly object: 'Lead' | 'Contact';
  /** 18 characters. */
  readonly id: string;
  readonly email: string | null;
  /** The owner that it has, or that a decision of the same batch has just given it (RE5). */
  readonly ownerId: string;
  /** Whether somebody still works on it; always true for a contact. */
  readonly isOpen: boolean;
  readonly createdAt: Instant;
  /** The latest activity, null for none. */
  readonly touchedAt: Instant | null;
};

/** A lead and everything that its route depends on. */
export type RouteInput = {
  /** 18 characters; null for a lead that is in no org. */
  readonly id: string | null;
  /** API names, and what the lead's history gives; what is derived (F13) is added here. */
  readonly fields: Fields;
  /** How the fields were read before; left out: they are read here. */
  readonly reading?: LeadReading;
  /** Who owns it: a user by id, a queue by its DeveloperName; null for nobody. */
  readonly owner: LeadOwner | null;
  readonly cause: RouteCause;
  /** Empty when they were not read. */
  readonly duplicates: readonly DuplicateCandidate[];
  /** Accounts that may be the lead's, the named one's among them; empty when they were not read. */
  readonly accounts: readonly AccountCandidate[];
  /** Ids of the users whom this daemon gave the lead to, the latest first (R18). */
  readonly previousAssignees: readonly string[];
  /** Ids of the users whom the org did not let own it in this epoch (R14). */
  readonly refused: readonly string[];
  readonly states: PoolStates;
  readonly world: World;
  /** Why it is sales-ready, for the texts. */
  readonly qualification: { readonly reason: string | null; readonly points: number | null } | null;
};

export type LeadOwner =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'queue'; readonly queue: string };
