import { parseArgs } from 'node:util';

import { stringify } from 'yaml';

import { openWorkDesk, type WorkDesk } from '../app/desk-world.ts';
import { AppError } from '../domain/error.ts';
import { writeInstant } from '../domain/instant.ts';
import { isRecordId, to18 } from '../domain/record-id.ts';
import { readDecisions } from '../observe/read-decisions.ts';
import { selectByIds } from '../poll/soql.ts';
import { explainLead } from '../workers/explain/explain-lead.ts';
import { explainOpportunity } from '../workers/explain/explain-opportunity.ts';
import { EXIT, type Command } from './command.ts';
import { readVersion } from './start.ts';

const HELP = `rolecall explain ID [--json]

Tells why a lead or an opportunity is as it is, what was tried, and what comes next; a task is explained by what it is
about. Decides now as the daemon would, shows the newest decisions of the log, and writes nothing. ID is that of the
record page, in 15 or 18 characters.`;

export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'tell why a lead, an opportunity or a task is as it is',
  help: HELP,
  async run(args, { env, terminal, signal }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [text = '', ...rest] = positionals;
    if (!isRecordId(text) || rest.length > 0) throw usage(`"${positionals.join(' ')}" is not one Salesforce id`);
    await using desk = await openWorkDesk(
      env,
      { version: readVersion(), isTerminal: terminal.isInteractive, lane: 'reports' },
      signal,
    );
    const asked = to18(text);
    const { id, task } = await findSubject(asked, desk, signal);
    const explained = id.startsWith('00Q')
      ? await explainLead(id, desk.world, signal)
      : await explainOpportunity(id, desk.world, signal);
    if (explained === null) throw usage(`there is no record ${id} that the integration user may see`);
    const answer = {
      object: id.startsWith('00Q') ? 'Lead' : 'Opportunity',
      record_id: id,
      at: writeInstant(desk.world.now()),
      config_hash: desk.frame.configHash,
      ...(task === null ? {} : { task }),
      ...explained,
      ...(await readStanding(id, desk)),
      history: await readHistory(id, desk.decisionFile),
    };
    terminal.out(values.json ? JSON.stringify(answer) : stringify(answer, { lineWidth: 0 }).trimEnd());
    return EXIT.ok;
  },
};

/** The lead or the opportunity that is asked about; of a task the one that it belongs to. */
async function findSubject(id: string, { salesforce, frame }: WorkDesk, signal: AbortSignal) {
  if (id.startsWith('00Q') || id.startsWith('006')) return { id, task: null };
  if (!id.startsWith('00T')) throw usage(`${id} is no lead, opportunity or task`);
  const { task_key: keyField } = frame.rulebook.source.write;
  const fields = ['WhatId', 'WhoId', 'IsClosed', ...(keyField === null ? [] : [keyField])];
  for await (const { rows } of salesforce.query({ soql: selectByIds('Task', fields, [id]), scanAll: true }, signal)) {
    const [row] = rows;
    const about = [row?.['WhatId'], row?.['WhoId']].find(
      (other): other is string => typeof other === 'string' && /^00(?:Q|6)/.test(other),
    );
    if (row === undefined || about === undefined) continue;
    const key = keyField === null ? null : (row[keyField] ?? null);
    return { id: to18(about), task: { task_id: id, key, is_ours: key !== null, is_closed: row['IsClosed'] === true } };
  }
  throw usage(`there is no task ${id} about a lead or an opportunity that the integration user may see`);
}

/** What keeps its writes back: a dead letter, or a module that is paused. */
async function readStanding(id: string, { state }: WorkDesk) {
  const letter = (await state.deadLettersOf([id])).get(id) ?? null;
  const paused = await state.pausedModules();
  return {
    dead_letter: letter,
    paused: Object.fromEntries([...paused].map(([module, { code, reason }]) => [module, `${code}: ${reason}`])),
  };
}

/** The newest decisions about the record, the last one first, as the log beside this command has them. */
async function readHistory(id: string, file: string) {
  const own: object[] = [];
  for await (const { record_id: about, ts, id: decision, module, epoch, result } of readDecisions(file)) {
    if (about !== id) continue;
    own.unshift({ decision, ts, module, epoch, result });
    own.length = Math.min(own.length, MOST_TOLD);
  }
  return own;
}

const MOST_TOLD = 10;

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall explain --help' });
}
