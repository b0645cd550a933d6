import { parseArgs } from 'node:util';

import { openRedisDesk, type RedisDesk } from '../app/redis-desk.ts';
import { AppError } from '../domain/error.ts';
import { isRecordId, to18 } from '../domain/record-id.ts';
import type { DeadLetter } from '../domain/dead-letter.ts';
import { retryDeadLetters } from '../workers/retry-dead-letters.ts';
import { EXIT, type Command } from './command.ts';

const HELP = `rolecall dead list [ID…] [--code CODE] [--module MODULE] [--json]
rolecall dead retry [ID…] [--code CODE] [--module MODULE] [--json]
rolecall dead drop (ID… | --code CODE | --module MODULE | --all) [--json]

Records that the org refused for good, each with its reason. Mend the cause, then retry: the record is decided anew, and
a module that was paused because too many were refused writes again.
Dropped ones are forgotten. A record is tried again by itself when a person changes it, and when the configuration changes.`;

export const DEAD: Command = {
  name: 'dead',
  summary: 'list, retry or drop the records that the org refused',
  help: HELP,
  async run(args, world) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        all: { type: 'boolean', default: false },
        code: { type: 'string' },
        module: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [action, ...names] = positionals;
    if (action !== 'list' && action !== 'retry' && action !== 'drop') {
      throw usage(`"${action ?? ''}" is not list, retry or drop`);
    }
    const { all, code, module, json } = values;
    const isNarrowed = names.length > 0 || code !== undefined || module !== undefined;
    // Trying again harms nobody; what is dropped is forgotten.
    if (action === 'drop' && !isNarrowed && !all) throw usage('dead drop needs ids, --code, --module or --all');
    const wanted = names.map(readId);
    await using desk = await openRedisDesk(world.env, world.terminal.isInteractive);
    const stored = (await desk.state.deadLetters()).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const missing = wanted.filter((id) => stored.every(({ record_id }) => record_id !== id));
    if (missing.length > 0) throw usage(`no dead letter for ${missing.join(', ')}`);
    const letters = stored.filter(
      (letter) =>
        (wanted.length === 0 || wanted.includes(letter.record_id)) &&
        (code === undefined || letter.code === code) &&
        (module === undefined || letter.module === module),
    );
    if (action === 'retry') await retry(desk, letters);
    if (action === 'drop') await drop(desk, letters);
    world.terminal.out(json ? JSON.stringify(letters) : printLetters(action, letters));
    return EXIT.ok;
  },
};

function printLetters(action: 'list' | 'retry' | 'drop', letters: readonly DeadLetter[]): string {
  if (action === 'retry') return `${letters.length} handed to the workers again`;
  if (action === 'drop') return `${letters.length} dropped`;
  const lines = letters.map(({ at, object, record_id, module, code, message }) =>
    [at, `${object} ${record_id}`, module, code, message].join('  '),
  );
  return [...lines, letters.length === 1 ? '1 dead letter' : `${letters.length} dead letters`].join('\n');
}

async function retry(desk: RedisDesk, letters: readonly DeadLetter[]): Promise<void> {
  await retryDeadLetters(letters, desk);
  for (const { record_id } of letters) desk.observer.emit('dead_letter.retried', { record_id, by: desk.by });
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
