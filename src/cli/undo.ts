import { parseArgs } from 'node:util';

import { openWorkDesk, type WorkDesk } from '../app/desk-world.ts';
import { AppError } from '../domain/error.ts';
import { readInstant, type Instant } from '../domain/instant.ts';
import { isRedacted, readDecisions, type LoggedDecision } from '../observe/read-decisions.ts';
import { undoDecisions, type UndoResult } from '../workers/undo/undo-decisions.ts';
import { EXIT, type Command } from './command.ts';
import { readSince } from './since-argument.ts';
import { readVersion } from './start.ts';

const HELP = `rolecall undo --decision ID [--json]
rolecall undo --since T [--json]

Takes back what decisions of the decision log wrote: a field gets what it held before if it still holds what we wrote,
and a task of ours that is open is closed with the reason.
T is a length of time (2h, 3d) or an instant (2026-11-24T09:00:00Z, or the day alone).
An undo is in the decision log too and can be taken back by its id; tasks that it closed stay closed.

What is left is listed:
  changed_since  somebody has changed it, or the record is gone
  redacted       the decision log holds only a hash of its value
  kept           a record that we added, like a contact role: nothing is ever deleted
  refused        the org does not take it, with its code
  unknown        the answer was lost; run the same command again

It works while a module is paused. The daemon does not do again what is taken back, for as long as Redis keeps what it
knows; to keep a module from writing anything, pause it first: rolecall pause MODULE.

Exit codes: 0 all taken back, 1 no such decision, 5 something was left, 6 the blast radius was reached.`;

export const UNDO: Command = {
  name: 'undo',
  summary: 'take back what a decision wrote',
  help: HELP,
  async run(args, { env, terminal, signal }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        decision: { type: 'string' },
        since: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const { decision, since } = values;
    if ((decision === undefined) === (since === undefined)) throw usage('write either --decision ID or --since T');
    await using desk = await openWorkDesk(
      env,
      { version: readVersion(), isTerminal: terminal.isInteractive, lane: 'routing' },
      signal,
    );
    const from = since === undefined ? null : readSince(since, desk.world.now());
    const decisions = await findDecisions(decision ?? null, from, desk);
    if (decision !== undefined && decisions.length === 0) throw unknownDecision(decision, desk);
    const undoing = { by: desk.by, isRedacted };
    const world = { ...desk.world, observer: desk.observer };
    const results = await undoDecisions(decisions, undoing, world, signal);

    const next = [...new Set(results.map(({ module }) => module))].flatMap((module) => NEXT[module] ?? []);
    if (values.json)
      terminal.out(JSON.stringify({ decisions: decisions.length, results: results.map(describe), next }));
    else for (const line of print(results, next)) terminal.out(line);
    if (results.some(({ outcome }) => outcome === 'held')) throw stopped(results);
    return results.some(({ outcome }) => LEFT.has(outcome)) ? EXIT.partlyApplied : EXIT.ok;
  },
};

const LEFT: ReadonlySet<UndoResult['outcome']> = new Set(['changed_since', 'redacted', 'kept', 'refused', 'unknown']);

/** What the daemon does about records of a module after their decision was taken back. */
const NEXT: Readonly<Record<string, string>> = {
  routing: 'routing: the leads stay with whom they have now; rolecall reroute ID routes one anew',
  qualification: 'qualification: the outcome stands and is not written again until it is another one',
  contact_roles: 'contact_roles: the flags stay as they are now until they would be others than those taken back',
  opportunity_criteria:
    'opportunity_criteria: the fields stay as they are now until they would be others than those taken back',
};

/** The latest first, without those that are an undo themselves, unless one is named. */
async function findDecisions(
  id: string | null,
  since: Instant | null,
  { decisionFile }: WorkDesk,
): Promise<readonly LoggedDecision[]> {
  const found: LoggedDecision[] = [];
  for await (const logged of readDecisions(decisionFile)) {
    const isWanted =
      id === null ? readInstant(logged.ts) >= (since ?? 0) && logged.result['result'] !== 'undone' : logged.id === id;
    if (isWanted && (id !== null || logged.writes.length > 0)) found.push(logged);
  }
  return found.toReversed();
}

function stopped(results: readonly UndoResult[]): AppError {
  const left = results.filter(({ outcome }) => outcome === 'held').length;
  return new AppError({
    code: 'blast-radius',
    recovery: 'fix-config',
    message: `more than write.blast_radius allows was to be taken back; ${left} changes are left`,
    mend: 'look at what was taken back, then run the same command again once the window is over: it goes on there',
  });
}

function describe({ decision, module, object, id, field, outcome, why }: UndoResult) {
  return { decision, module, object, record_id: id, ...(field === null ? {} : { field }), outcome, why };
}

function print(results: readonly UndoResult[], next: readonly string[]): readonly string[] {
  const groups = Map.groupBy(results, ({ object, id, outcome, why }) =>
    `${outcome}  ${object} ${id}  ${why}`.trimEnd(),
  );
  const lines = [...groups].map(([head, own]) => {
    const fields = own.flatMap(({ field }) => field ?? []);
    return fields.length === 0 ? head : `${head}  ${fields.join(', ')}`;
  });
  const count = (outcome: UndoResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  return [
    ...lines,
    `${count('restored')} fields restored, ${count('closed')} tasks closed, ${count('changed_since')} changed since`,
    ...next,
    ...(next.length === 0 ? [] : ['to keep a module from writing anything: rolecall pause MODULE']),
  ];
}

function unknownDecision(id: string, { decisionFile }: WorkDesk): AppError {
  return new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message: `no decision "${id}" in ${decisionFile}`,
    mend: 'copy an id from there, or take back all of a time: rolecall undo --since 2h',
  });
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall undo --help' });
}
