import type { EventName, Events, Subscriber } from '../observe/events.ts';
import type { SandboxOrg } from '../sandbox/sandbox-org.ts';

/** Counts what the log says, for the summary, and lets the scenes wait for an answer. */
export type Tally = {
  readonly subscriber: Subscriber;
  /** The next event of this name that fits, from now on. */
  next<E extends EventName>(event: E, fits?: (fields: Events[E]) => boolean): Promise<Events[E]>;
  summary(): string;
};

type Waiting = {
  readonly isIt: (event: EventName, fields: unknown) => boolean;
  readonly tell: (fields: never) => void;
};

export function createTally(sandbox: SandboxOrg): Tally {
  const committees = new Map<string, { readonly status: string; readonly missing: readonly string[] }>();
  const outcomes = new Map<string, string>();
  const routes = new Map<string, { readonly territory: string; readonly owner: string }>();
  const written = new Map<string, number>();
  const waiting = new Set<Waiting>();
  const begun = performance.now();

  return {
    subscriber(event, fields) {
      if (event === 'decision') countDecision(fields as Events['decision']);
      if (event === 'write.completed') countWrite(fields as Events['write.completed']);
      for (const each of waiting) {
        if (!each.isIt(event, fields)) continue;
        waiting.delete(each);
        each.tell(fields as never);
      }
    },
    next: (event, fits = () => true) =>
      new Promise((resolve) => {
        waiting.add({ isIt: (name, fields) => name === event && fits(fields as never), tell: resolve });
      }),
    summary,
  };

  function countDecision(decision: Events['decision']): void {
    const { module, record_id: id, result } = decision;
    if (module === 'contact_roles') {
      committees.set(id, { status: result, missing: (decision['missing'] as readonly string[] | undefined) ?? [] });
    }
    if (module === 'qualification' && result !== 'out_of_scope') outcomes.set(id, result);
    if (module === 'routing' && result === 'assigned') {
      routes.set(id, {
        territory: (decision['territory'] as string | null) ?? 'no territory',
        owner: nameOf(String(decision['owner_id'])),
      });
    }
    if (module === 'routing' && result === 'waiting') outcomes.set(id, 'waiting for opening hours');
  }

  function countWrite({ object, action, records, failed }: Events['write.completed']): void {
    const key = `${action} ${object}`;
    written.set(key, (written.get(key) ?? 0) + records - failed);
  }

  function nameOf(id: string): string {
    const record = sandbox.org.record(id);
    return String(record?.['DeveloperName'] ?? record?.['Name'] ?? id);
  }

  function summary(): string {
    const judged = [...committees.values()];
    const lacking = judged.filter(({ missing }) => missing.length > 0);
    const calls = sandbox.log.count();
    return [
      '',
      '─── What rolecall did ────────────────────────────────────────────────',
      '',
      `Buying committees     ${judged.length} opportunities looked at, ${lacking.length} lack people`,
      `                        ${lacking.filter(({ missing }) => missing.some(isNobody)).length} have nobody at all`,
      ...table(countBy(judged.map(({ status }) => status))),
      `Most often missing`,
      ...table(
        countBy(lacking.flatMap(({ missing }) => missing.map((item) => item.replace(/ \d+\/\d+$/, '')))).slice(0, 6),
      ),
      `Leads                 ${outcomes.size} judged, ${routes.size} given to somebody`,
      ...table(countBy([...outcomes.values()])),
      `By territory`,
      ...table(countBy([...routes.values()].map(({ territory }) => territory))),
      `By owner`,
      ...table(countBy([...routes.values()].map(({ owner }) => owner))),
      `Written               ${written.get('update Opportunity') ?? 0} opportunities flagged, ${written.get('update Lead') ?? 0} leads updated,`,
      `                      ${written.get('create Task') ?? 0} tasks made, ${written.get('update Task') ?? 0} changed or closed`,
      `API calls             ${calls} in ${Math.round((performance.now() - begun) / 1000)} s`,
      '',
    ].join('\n');
  }
}

/** `contacts 0/2`: not one person. */
function isNobody(missing: string): boolean {
  return missing.startsWith('contacts 0/');
}

function countBy(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function table(rows: readonly (readonly [string, number])[]): readonly string[] {
  return rows.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
}
