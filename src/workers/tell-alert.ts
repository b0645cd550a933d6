import type { Alert } from '../domain/alert.ts';
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
  const { event, lead_id: lead, owner_id: owner, points, territory, object, module, code, message } = facts;
  const reason = facts['reason'] ?? 'qualified';
  const record = `${object} ${facts['record_id']}`;
  switch (event) {
    case 'lead_assigned': {
      const why = points === null ? reason : `${reason}, ${points} points`;
      return `New qualified lead ${lead} for ${nameOf(owner, users)}: ${why}, ${territory ?? 'no territory'}`;
    }
    case 'fight': {
      const other = nameOf(facts['other_user_id'], users);
      return `${facts['fields']} of ${record} is changed back each time, last by ${other}: it is left alone for a day`;
    }
    case 'refused':
      return `The org refuses what is written to ${record} and maybe others: ${code}: ${message}`;
    case 'reconcile_gap':
      return `Reconciliation has found records that the polls had missed, twice in a row, now ${facts['gaps']}: see reconcile.gap in the log`;
    case 'module_paused':
      return `${module} has paused: ${message}. The rest is held; rolecall resume ${module} goes on`;
    case 'module_stands_still':
      return `${module} has paused: ${code}: ${message}. It goes on by itself once that is mended; nothing is lost meanwhile`;
    case 'module_resumed':
      return `${module} goes on`;
    case 'org_unreachable':
      return `Salesforce cannot be called: ${code}: ${message}. ${instruction(facts['mend'])}What comes meanwhile is read afterwards`;
    case 'org_reachable':
      return 'Salesforce can be called again';
    case 'config_rejected':
      return `The configuration is refused, ${facts['instead']}. Problems: ${facts['problems']}, the first: ${message}`;
    case 'config_accepted':
      return `The configuration is good again: ${facts['config_hash']}`;
    case 'redis_unreachable':
      return 'Redis does not answer or takes no writes: nothing is read or written until it does';
    case 'redis_reachable':
      return 'Redis answers again, the work goes on';
    default:
      return `${event}: ${message}`;
  }
}

function instruction(mend: string | number | null | undefined): string {
  return typeof mend === 'string' ? `To do: ${mend}. ` : '';
}

function nameOf(userId: string | number | null | undefined, users: Users): string {
  return users.byId.get(String(userId))?.username ?? String(userId);
}
