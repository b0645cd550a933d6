import { parseArgs } from 'node:util';

import { openRedisDesk } from '../app/redis-desk.ts';
import { AppError } from '../domain/error.ts';
import { isRecordId, to18 } from '../domain/record-id.ts';
import { requestEpochs } from '../workers/leads/lead-epochs.ts';
import { EXIT, type Command } from './command.ts';

const HELP = `rolecall reroute ID…

Has leads routed anew by the rules as they are now: each begins a new epoch, whoever owns it. Those who had it lately are
left out (exclude_previous). The daemon does it at its next look; a converted or suppressed lead stays as it is.`;

export const REROUTE: Command = {
  name: 'reroute',
  summary: 'have leads routed anew',
  help: HELP,
  async run(args, { env, terminal }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    if (positionals.length === 0) throw usage('name at least one lead');
    const ids = [...new Set(positionals.map(readLeadId))];
    await using desk = await openRedisDesk(env, terminal.isInteractive);
    const { state, queues, observer, by } = desk;
    // The wish first: a worker that is faster than us must find it.
    await requestEpochs(ids, { cause: 'manual', by }, state);
    await queues.add('lead', ids);
    for (const record_id of ids) observer.emit('reroute.requested', { record_id, by });
    terminal.out(ids.length === 1 ? '1 lead will be routed anew' : `${ids.length} leads will be routed anew`);
    return EXIT.ok;
  },
};

function readLeadId(text: string): string {
  const id = isRecordId(text) ? to18(text) : null;
  if (id?.startsWith('00Q') === true) return id;
  throw usage(`"${text}" is not the id of a lead`);
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall reroute --help' });
}
