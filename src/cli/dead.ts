import { parseArgs } from 'node:util';

import { openRedisDesk, type RedisDesk } from '../app/redis-desk.ts';
import { AppError } from '../domain/error.ts';
import { isRecordId, to18 } from '../domain/record-id.ts';
import type { WorkKind } from '../domain/work.ts';
import type { DeadLetter } from '../ports.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';

const HELP = `rolecall dead list [--json]
rolecall dead retry (ID… | --all)
rolecall dead drop (ID… | --all)

Records that the org refused for good, each with its reason. Mend the cause, then retry: the record is decided anew.
Dropped ones are forgotten until they change.`;

export const DEAD: Command = {
  name: 'dead',
  summary: 'list, retry or drop the records that the org refused',
  help: HELP,
  async run(args, world) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { all: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [action, ...names] = positionals;
    if (action !== 'list' && action !== 'retry' && action !== 'drop') {
      throw usage(`"${action ?? ''}" is not list, retry or drop`);
    }
    if (action !== 'list' && names.length === 0 && !values.all) throw usage(`dead ${action} needs ids, or --all`);
    const wanted = names.map(readId);
    await using desk = await openRedisDesk(world.env, world.terminal.isInteractive);
    if (action === 'list') return await list(desk, values.json, world);
    const letters = (await desk.state.deadLetters()).filter(
      ({ record_id }) => values.all || wanted.includes(record_id),
    );
    const missing = wanted.filter((id) => letters.every(({ record_id }) => record_id !== id));
    if (missing.length > 0) throw usage(`no dead letter for ${missing.join(', ')}`);
    await (action === 'retry' ? retry(desk, letters) : drop(desk, letters));
    world.terminal.out(`${letters.length} ${action === 'retry' ? 'handed to the workers again' : 'dropped'}`);
    return EXIT.ok;
  },
};

async function list({ state }: RedisDesk, asJson: boolean, { terminal }: CommandWorld): Promise<number> {
  const letters = (await state.deadLetters()).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  if (asJson) {
    terminal.out(JSON.stringify(letters));
    return EXIT.ok;
  }
  for (const { at, object, record_id, module, code, message } of letters) {
    terminal.out(`${at}  ${object} ${record_id}  ${module}  ${code}  ${message}`);
  }
  terminal.out(letters.length === 1 ? '1 dead letter' : `${letters.length} dead letters`);
  return EXIT.ok;
}

/** How long the workers leave a record alone, so that its letter is gone when they try it, ms. */
const PAUSE = 1_000;

/** Queued first, then removed: a crash in between leaves a letter too many, never a record too few. */
async function retry({ state, queues, observer, by }: RedisDesk, letters: readonly DeadLetter[]): Promise<void> {
  for (const [object, own] of Map.groupBy(letters, (letter) => letter.object)) {
    const kind: WorkKind = object === 'Lead' ? 'lead' : 'opportunity';
    await queues.add(
      kind,
      own.map(({ record_id }) => record_id),
      PAUSE,
    );
  }
  await state.removeDeadLetters(letters.map(({ record_id }) => record_id));
  for (const { record_id } of letters) observer.emit('dead_letter.retried', { record_id, by });
}

async function drop({ state, observer, by }: RedisDesk, letters: readonly DeadLetter[]): Promise<void> {
  await state.removeDeadLetters(letters.map(({ record_id }) => record_id));
  for (const { record_id } of letters) observer.emit('dead_letter.dropped', { record_id, by });
}

function readId(text: string): string {
  if (isRecordId(text)) return to18(text);
  throw usage(`"${text}" is not a Salesforce id`);
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall dead --help' });
}
