import type { Change } from '../../src/sandbox/store.ts';
import type { CompanyWorld } from '../support/company-world.ts';

/** What tells one state of a record from another, besides what changed. */
const ALWAYS = new Set(['SystemModstamp', 'LastModifiedById']);

/** What changed in the org and which requests came, a line each, by the org's clock: to find out why a storm ended wrong. */
export function tellCourse({ sandbox }: Pick<CompanyWorld, 'sandbox'>): readonly string[] {
  const people = sandbox.org.doings().map(({ at, changes }) => ({ at, lines: changes.map(tellChange) }));
  const requests = sandbox.log.entries.map((entry, index) => ({
    at: entry.committedAt ?? entry.receivedAt,
    lines: [
      `#${index} ${entry.method} ${entry.path} ${entry.status ?? 'no answer'}${entry.isCut ? ' cut' : ''}${entry.isForged ? ' forged' : ''} ${JSON.stringify(entry.body) ?? ''}`,
      ...entry.changes.map((change) => `#${index} wrote ${tellChange(change)}`),
    ],
  }));
  return [...people, ...requests]
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, lines }) => lines.map((line) => `${new Date(at).toISOString()} ${line}`));
}

function tellChange({ object, id, before, after }: Change): string {
  const fields = Object.keys({ ...before, ...after }).filter(
    (field) => ALWAYS.has(field) || before?.[field] !== after?.[field],
  );
  const moves = fields.map(
    (field) => `${field} ${JSON.stringify(before?.[field])} → ${JSON.stringify(after?.[field])}`,
  );
  return `${object} ${id} ${moves.join(', ')}`;
}
