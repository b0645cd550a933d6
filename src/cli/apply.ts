import { parseArgs } from 'node:util';

import { openWorkDesk, type WorkDesk } from '../app/desk-world.ts';
import { AppError } from '../domain/error.ts';
import { applyPlan, type RowResult } from '../workers/plan/apply-plan.ts';
import { EXIT, type Command } from './command.ts';
import { readPlanFile, type PlanFile } from './plan-file.ts';
import { createProgress } from './progress.ts';
import { readVersion } from './start.ts';

const HELP = `rolecall apply FILE [--json]

Writes what rolecall plan --out FILE has planned, and nothing else. A record that is no longer as the plan found it is
listed with E_PLAN_STALE and left alone. The daemon may run meanwhile; applying a plan again goes on where it stopped.

Exit codes: 0 all written, 1 the file was changed, 2 the configuration is not that of the plan, 5 rows were left,
6 the blast radius was reached.`;

export const APPLY: Command = {
  name: 'apply',
  summary: 'write exactly what a plan holds',
  help: HELP,
  async run(args, { env, terminal, signal }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0) throw usage('name one file of rolecall plan --out');
    const plan = readPlanFile(name);
    await using desk = await openWorkDesk(
      env,
      { version: readVersion(), isTerminal: terminal.isInteractive, lane: 'routing' },
      signal,
    );
    refuseOtherRules(plan, desk);

    const left: RowResult[] = [];
    const counts = { applied: 0, done: 0, stale: 0, refused: 0, unknown: 0, held: 0 };
    const progress = createProgress(terminal);
    let seen = 0;
    for await (const results of applyPlan(plan, desk.world, signal)) {
      for (const result of results) {
        counts[result.outcome]++;
        if (result.outcome !== 'applied' && result.outcome !== 'done') left.push(result);
      }
      seen += results.length;
      progress.at(seen, plan.rows.length, 'rows');
    }
    progress.end();
    const { hash } = plan;
    const untried = plan.rows.length - seen;
    desk.observer.emit('plan.applied', { hash, ...counts, untried, by: desk.by });
    if (values.json) terminal.out(JSON.stringify({ hash, ...counts, untried, left: left.map(describe) }));
    else {
      for (const row of left) if (row.outcome !== 'held') terminal.out(print(row));
      terminal.out(
        `${counts.applied} applied, ${counts.done} done before, ${counts.stale} stale, ${counts.refused + counts.unknown} refused`,
      );
    }
    if (counts.held > 0) throw await stopped(left, counts.held + untried, name, desk);
    return left.length > 0 ? EXIT.partlyApplied : EXIT.ok;
  },
};

function refuseOtherRules({ config_hash: planned, modules }: PlanFile, { frame, loaded }: WorkDesk): void {
  if (planned !== frame.configHash) {
    throw new AppError({
      code: 'config-changed',
      recovery: 'fix-config',
      message: `the plan was drawn with configuration ${planned.slice(0, 12)}, on disk is ${frame.configHash.slice(0, 12)}`,
      mend: 'draw it anew: rolecall plan --out FILE, or put the configuration back',
    });
  }
  const watching = modules.filter((module) => loaded.modes.get(module) !== 'enforce');
  if (watching.length === 0) return;
  throw new AppError({
    code: 'config-observes',
    recovery: 'fix-config',
    message: `${watching.join(', ')} only observes: nothing of it is written`,
    mend: 'set its mode to enforce and draw the plan anew, or plan the other modules with --module',
  });
}

/** Rows past the blast radius wait in the file (F36). */
async function stopped(left: readonly RowResult[], rows: number, file: string, { world }: WorkDesk): Promise<AppError> {
  const modules = [...new Set(left.flatMap(({ outcome, why }) => (outcome === 'held' ? [why] : [])))];
  const paused = await world.state.pausedModules();
  const reasons = modules.map((module) => `${module} is paused, ${paused.get(module)?.reason ?? 'it was resumed'}`);
  return new AppError({
    code: 'blast-radius',
    recovery: 'fix-config',
    message: `${reasons.join('; ')}; ${rows} rows are not written, or not wholly`,
    mend: `look at what was written; to go on: rolecall resume ${modules.join(' ')}, then rolecall apply ${file} again; to take it back: rolecall undo`,
  });
}

const CODES: Readonly<Record<RowResult['outcome'], string>> = {
  applied: 'applied',
  done: 'done',
  stale: 'E_PLAN_STALE',
  refused: 'refused',
  unknown: 'unknown',
  held: 'held',
};

function describe({ object, id, outcome, why }: RowResult) {
  return { object, record_id: id, code: CODES[outcome], why };
}

function print({ object, id, outcome, why }: RowResult): string {
  return `${CODES[outcome]}  ${object} ${id}  ${why}`;
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall apply --help' });
}
