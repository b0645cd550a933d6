import { parseArgs } from 'node:util';

import { openWorkDesk } from '../app/desk-world.ts';
import { AppError } from '../domain/error.ts';
import { writeInstant } from '../domain/instant.ts';
import { drawPlan } from '../workers/plan/draw-plan.ts';
import { narrowRow, PLANNED_MODULES, type PlannedModule } from '../workers/plan/plan-row.ts';
import { EXIT, type Command } from './command.ts';
import { writePlanFile } from './plan-file.ts';
import { createPlanSummary, printPlanSummary } from './plan-summary.ts';
import { createProgress } from './progress.ts';
import { readSince } from './since-argument.ts';
import { readVersion } from './start.ts';

const HELP = `rolecall plan [--module MODULE] [--since T] [--out FILE] [--json]

Shows what would change, decided by the configuration on disk: fields from old to new, owners, tasks, who gets what share
of the leads, and how many go to the fallback. Takes no turns and writes nothing to the org.

  --module  only the writes of this module: ${Object.keys(PLANNED_MODULES).join(', ')}
  --since   only records that changed since then: 7d, 12h, 2026-11-01, or 2026-11-01T00:00:00Z
  --out     keeps the plan in a file for rolecall apply
  --json    the figures as one JSON object

Leads that a change of the rules alone leaves as they are until rolecall requalify are shown too.`;

export const PLAN: Command = {
  name: 'plan',
  summary: 'show what would change, and keep it for apply',
  help: HELP,
  async run(args, { env, terminal, signal }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        module: { type: 'string' },
        since: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const named = values.module === undefined ? null : readModule(values.module);
    await using desk = await openWorkDesk(
      env,
      { version: readVersion(), isTerminal: terminal.isInteractive, lane: 'reports' },
      signal,
    );
    const { modes } = desk.loaded;
    const running = MODULES.filter((module) => modes.has(module));
    if (named !== null && !running.includes(named)) throw usage(`${named} is off, or the configuration has none`);
    const modules = named === null ? running : [named];
    const now = desk.world.now();
    const since = values.since === undefined ? null : readSince(values.since, now);
    // What only observes is shown; nothing of it is written, so the file has nothing of it (F38).
    const enforced = modules.filter((module) => modes.get(module) === 'enforce');
    const observed = modules.filter((module) => !enforced.includes(module));
    const header = {
      plan: 1 as const,
      config_hash: desk.frame.configHash,
      at: writeInstant(now),
      since: since === null ? null : writeInstant(since),
      modules: [...enforced],
    };

    const file = writePlanFile(values.out ?? null, header);
    const summary = createPlanSummary(desk.frame.directory);
    const progress = createProgress(terminal);
    try {
      for await (const drawn of drawPlan({ modules, since }, desk.world, signal)) {
        file.add(drawn.rows.flatMap((row) => narrowRow(row, enforced) ?? []));
        summary.add(drawn);
        progress.at(drawn.done, drawn.total, 'records');
      }
    } catch (error) {
      file.abandon();
      throw error;
    } finally {
      progress.end();
    }
    const hash = file.end();
    const total = summary.total();
    if (values.json) {
      terminal.out(JSON.stringify({ ...header, observed, hash, out: values.out ?? null, ...total }));
      return EXIT.ok;
    }
    const { changed, records } = total;
    terminal.out(`plan ${hash}`);
    terminal.out(`${changed.toLocaleString('en-US')} of ${records.toLocaleString('en-US')} records would change`);
    for (const line of printPlanSummary(total)) terminal.out(line);
    if (observed.length > 0)
      terminal.out(`\n${observed.join(', ')} only observes: rolecall apply writes nothing of it`);
    if (values.out !== undefined) terminal.out(`\nrolecall apply ${values.out} writes the plan, and nothing else`);
    return EXIT.ok;
  },
};

const MODULES = Object.keys(PLANNED_MODULES) as readonly PlannedModule[];

function readModule(text: string): PlannedModule {
  const module = MODULES.find((known) => known === text);
  if (module !== undefined) return module;
  throw usage(`--module is "${text}"; write one of ${MODULES.join(', ')}`);
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall plan --help' });
}
