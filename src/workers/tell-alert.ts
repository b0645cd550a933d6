import type { Alert } from '../ports.ts';
import type { Users } from '../rules/routing/users.ts';

/** What people read of an alert: one line. Users are named here, since alerts wait in Redis with ids only. */
export function tellAlert({ facts }: Alert, users: Users): string {
  const { event, lead_id: lead, owner_id: owner, reason, points, territory } = facts;
  const { object, record_id: record, fields, module, code, message } = facts;
  if (event === 'lead_assigned') {
    const who = nameOf(owner, users);
    const why = points === null ? String(reason ?? 'qualified') : `${String(reason)}, ${String(points)} points`;
    return `New qualified lead ${String(lead)} for ${who}: ${why}, ${String(territory ?? 'no territory')}`;
  }
  if (event === 'fight') {
    const other = nameOf(facts['other_user_id'], users);
    return `${String(fields)} of ${String(object)} ${String(record)} is changed back each time, last by ${other}: it is left alone for a day`;
  }
  if (event === 'module_paused') {
    return `${String(module)} has paused: ${String(message)}. The rest is held; rolecall resume ${String(module)} goes on`;
  }
  if (event === 'reconcile_gap') {
    return `Reconciliation has found records that the polls had missed, twice in a row, now ${String(facts['gaps'])}: see reconcile.gap in the log`;
  }
  return `The org refuses what is written to ${String(object)} ${String(record)} and maybe others: ${String(code)}: ${String(message)}`;
}

function nameOf(userId: string | number | null | undefined, users: Users): string {
  return users.byId.get(String(userId))?.username ?? String(userId);
}
