import type { Alert } from '../ports.ts';
import type { Users } from '../rules/routing/users.ts';

/** As much as Slack takes of a text with room to spare, characters. */
const LONGEST = 30_000;

/** What people read of the alerts of one message: a line for each, as far as it takes them. */
export function tellAlerts(alerts: readonly Alert[], users: Users): string {
  const [only, ...others] = alerts.map((alert) => tellAlert(alert, users));
  if (only === undefined || others.length === 0) return only ?? '';
  const lines = [`${alerts.length} alerts:`];
  let length = 0;
  for (const line of [only, ...others]) {
    length += line.length;
    if (length > LONGEST) {
      lines.push(`… and ${alerts.length + 1 - lines.length} more: see the log`);
      break;
    }
    lines.push(`• ${line}`);
  }
  return lines.join('\n');
}

/** What people read of an alert: one line. Users are named here, since alerts wait in Redis with ids only. */
function tellAlert({ facts }: Alert, users: Users): string {
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
