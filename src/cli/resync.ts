import { parseArgs } from 'node:util';

import { openRedisDesk } from '../app/redis-desk.ts';
import { AppError } from '../domain/error.ts';
import { EXIT, type Command } from './command.ts';

const OBJECTS = ['Lead', 'Opportunity', 'OpportunityContactRole'];

const HELP = `rolecall resync [--object ${OBJECTS.join('|')}]

Has the daemon compare the records of the org with what the polls have handed on, as it does each night
(extract.reconcile), and repair what differs. Each difference is a reconcile.gap in its log. Without --object all three
are compared. The daemon does it beside its polls, and begins at its next start when it is not running.`;

export const RESYNC: Command = {
  name: 'resync',
  summary: 'compare the org with what the polls have handed on',
  help: HELP,
  async run(args, { env, terminal }) {
    const { values } = parseArgs({ args: [...args], options: { object: { type: 'string' } } });
    const objects = values.object === undefined ? OBJECTS : [readObject(values.object)];
    await using desk = await openRedisDesk(env, terminal.isInteractive);
    await desk.inventory.request(objects);
    desk.observer.emit('resync.requested', { objects, by: desk.by });
    terminal.out(`${objects.join(', ')} will be compared`);
    return EXIT.ok;
  },
};

function readObject(text: string): string {
  const object = OBJECTS.find((name) => name.toLowerCase() === text.toLowerCase());
  if (object !== undefined) return object;
  throw new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message: `--object is "${text}"`,
    mend: `write one of ${OBJECTS.join(', ')}`,
  });
}
