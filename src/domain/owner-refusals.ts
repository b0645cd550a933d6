/** Refusals that are about the new owner, not about the lead: another member is tried (RE3, RE4). */
export const OWNER_REFUSALS: ReadonlySet<string> = new Set([
  'INACTIVE_OWNER_OR_USER',
  'OPERATION_WITH_INACTIVE_USER',
  'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  'TRANSFER_REQUIRES_READ',
]);
