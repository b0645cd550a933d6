import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

import { openDesk, type Desk } from '../app/open-desk.ts';
import { readLocalEnvironment, readRedisEnvironment } from '../config/env.ts';
import { AppError } from '../domain/error.ts';
import { writeInstant, type Instant } from '../domain/instant.ts';
import { createObserver } from '../observe/events.ts';
import { createLog } from '../observe/log.ts';
import { selectWhere, soqlInstant } from '../poll/soql.ts';
import { requestRequalification } from '../workers/leads/changed-rules.ts';
import { EXIT, type Command } from './command.ts';
import { readSince } from './since-argument.ts';

const HELP = `rolecall requalify --since T

Has the leads that came or changed since then judged by the rules as they are now, as after a change of the configuration,
which touches no lead by itself. T is a length of time (30d, 12h) or an instant (2026-11-01T00:00:00Z, or the day alone).
The daemon does it in its own time, with all its guards.`;

export const REQUALIFY: Command = {
  name: 'requalify',
  summary: 'judge leads anew after a change of the rules',
  help: HELP,
  async run(args, { env, terminal, signal }) {
    const { values } = parseArgs({ args: [...args], options: { since: { type: 'string' } } });
    if (values.since === undefined) throw usage('--since is missing');
    const { secrets } = readRedisEnvironment(env);
    const { logLevel, logFormat } = readLocalEnvironment(env, { isTerminal: terminal.isInteractive });
    const log = createLog({ level: logLevel, format: logFormat, secrets, fd: 2 });
    await using desk = await openDesk(env, 'backfill', signal);
    const now = desk.salesforce.now();
    const since = readSince(values.since, now);
    const by = userInfo().username;
    await requestRequalification(since, now, by, desk.state);
    const leads = await queueLeads(since, desk, signal);
    const told = { leads, since: writeInstant(since), by };
    createObserver([log.subscriber]).emit('requalify.requested', told);
    terminal.out(leads === 1 ? '1 lead will be judged anew' : `${leads} leads will be judged anew`);
    return EXIT.ok;
  },
};

async function queueLeads(since: Instant, { salesforce, queues }: Desk, signal: AbortSignal): Promise<number> {
  const where = `SystemModstamp >= ${soqlInstant(since)} AND IsConverted = false`;
  const soql = `${selectWhere('Lead', [], where)} ORDER BY CreatedDate, Id`;
  const ids: string[] = [];
  for await (const { rows } of salesforce.query({ soql }, signal)) ids.push(...rows.map((row) => String(row['Id'])));
  await queues.add('lead', ids);
  return ids.length;
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall requalify --help' });
}
