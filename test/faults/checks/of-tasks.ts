import { readStamp } from '../../../src/sandbox/org-clock.ts';
import type { SandboxOrg } from '../../../src/sandbox/sandbox-org.ts';
import type { StoredRecord } from '../../../src/sandbox/types.ts';
import { reads } from '../request-facts.ts';
import type { Facts } from './facts.ts';

export function tasksPerKey({ effects }: Facts): readonly string[] {
  const made = effects.filter(({ object, before }) => object === 'Task' && before === null);
  const byKey = Map.groupBy(made, ({ after }) => String(after?.['Rolecall_Key__c']));
  return [...byKey].flatMap(([key, tasks]) => {
    if (key === 'undefined') return [`${tasks.length} tasks without a key`];
    return tasks.length === 1 ? [] : [`${tasks.length} tasks of ${key}`];
  });
}

/** How long each committee task was open, in the org's time: `[from, until)`. */
export function overlappingTasks({ sandbox, effects }: Facts): readonly string[] {
  const made = effects.filter(
    ({ object, before, after }) => object === 'Task' && before === null && after?.['WhatId'] !== undefined,
  );
  const byRule = Map.groupBy(made, ({ after }) => ruleOf(after ?? {}));
  return [...byRule].flatMap(([rule, tasks]) => {
    const spans = tasks.map(({ id, receivedAt }) => [receivedAt, openUntil(sandbox, id)] as const);
    const overlapping = spans.some(([from], index) =>
      spans.some(([start, until], other) => other < index && from >= start && from < until),
    );
    return overlapping ? [`two open at once of ${rule}`] : [];
  });
}

/** `contact-roles:006…:2` is the rule `contact-roles:006…` in its second episode. */
function ruleOf(task: StoredRecord): string {
  return String(task['Rolecall_Key__c']).replace(/:\d+$/, '');
}

function openUntil({ org }: SandboxOrg, id: string): number {
  const row = org.row(id);
  const closed = readStamp(String(row?.record['CompletedDateTime'] ?? ''));
  return closed ?? row?.deletedAt ?? Number.POSITIVE_INFINITY;
}

export function tasksAndEpisodes(facts: Facts): readonly string[] {
  const episodes = new Map<string, number>();
  const early: string[] = [];
  for (const { object, id, before, after } of facts.effects) {
    if (object === 'Opportunity') episodes.set(id, Number(after?.['Rolecall_Episode__c'] ?? 0));
    const key = /^contact-roles:(\w+):(\d+)$/.exec(String(after?.['Rolecall_Key__c']));
    if (object !== 'Task' || before !== null || key === null) continue;
    const shown = episodes.get(key[1]!) ?? Number(facts.sandbox.org.record(key[1]!)?.['Rolecall_Episode__c'] ?? 0);
    if (shown < Number(key[2])) early.push(`the task of ${key[0]} came before its episode`);
  }
  return facts.scenario.isSettled ? [...early, ...violationsWithoutTask(facts)] : early;
}

/** An owner with five open tasks has enough of them (C18); a task that a person deleted is not made again. */
function violationsWithoutTask({ sandbox: { org }, effects }: Facts): readonly string[] {
  const made = effects.filter(({ object }) => object === 'Task').map(({ after }) => after ?? {});
  const keys = new Set([...org.all('Task'), ...made].map((task) => task['Rolecall_Key__c']));
  const violations = org.all(
    'Opportunity',
    (deal) => deal['IsClosed'] !== true && deal['Contact_Role_Status__c'] === 'violation',
  );
  return violations.flatMap(({ Id, OwnerId, Rolecall_Episode__c: episode }) => {
    if (keys.has(`contact-roles:${String(Id)}:${String(episode)}`)) return [];
    const open = org.all('Task', (task) => task['OwnerId'] === OwnerId && task['IsClosed'] !== true);
    return open.length >= 5 ? [] : [`${String(Id)} is in violation and has no task`];
  });
}

export function blindRepeats({ entries, attempts }: Facts): readonly string[] {
  // A 401 is told before anything is done: with a new token the same request goes out again (XE21).
  const creates = attempts.filter(({ kind, request }) => kind === 'create' && request.status !== 401);
  return [...Map.groupBy(creates, ({ fields }) => String(fields['Rolecall_Key__c']))].flatMap(([key, tries]) => {
    const about = String(tries[0]?.fields['WhatId'] ?? tries[0]?.fields['WhoId']);
    return tries.slice(1).flatMap(({ at }, index) => {
      const wasRead = entries.slice(tries[index]!.at + 1, at).some((request) => reads(request, about));
      return wasRead ? [] : [`${key} was sent again without a look`];
    });
  });
}
