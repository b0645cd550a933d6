import type { Instant } from '../../domain/instant.ts';

/** A task that a plan wants to make. */
export type TaskWish = {
  readonly opportunityId: string;
  /** Whose task it would be. */
  readonly ownerId: string;
  readonly amount: number | null;
  /** `2026-12-31` */
  readonly closeDate: string | null;
};

/**
 * The opportunities that get their task now, so that nobody has more than `most` open ones of ours: largest Amount
 * first, then earliest CloseDate, then Id (C18). The others keep their flags and wait for a slot.
 * @param openByOwner  open tasks of ours by the user who has them
 */
export function pickTaskSlots(
  wishes: readonly TaskWish[],
  openByOwner: ReadonlyMap<string, number>,
  most: number,
): ReadonlySet<string> {
  const taken = new Map(openByOwner);
  const granted = wishes.toSorted(compareWishes).filter(({ ownerId }) => {
    const open = taken.get(ownerId) ?? 0;
    if (open >= most) return false;
    taken.set(ownerId, open + 1);
    return true;
  });
  return new Set(granted.map((wish) => wish.opportunityId));
}

function compareWishes(left: TaskWish, right: TaskWish): number {
  return (
    (right.amount ?? Number.NEGATIVE_INFINITY) - (left.amount ?? Number.NEGATIVE_INFINITY) ||
    closeOf(left) - closeOf(right) ||
    (left.opportunityId < right.opportunityId ? -1 : 1)
  );
}

function closeOf({ closeDate }: TaskWish): Instant {
  return closeDate === null ? Number.MAX_SAFE_INTEGER : Date.parse(closeDate);
}
