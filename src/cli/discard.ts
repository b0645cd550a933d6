import { openRedisDesk } from '../app/redis-desk.ts';
import { EXIT, type Command } from './command.ts';
import { readModule } from './module-argument.ts';

const HELP = `rolecall discard MODULE

Drops what is held of a paused module: those records are looked at again only when they change. The module stays paused
until rolecall resume MODULE.`;

export const DISCARD: Command = {
  name: 'discard',
  summary: 'drop what is held of a paused module',
  help: HELP,
  async run(args, world) {
    const module = readModule(args);
    await using desk = await openRedisDesk(world.env, world.terminal.isInteractive);
    const held = await desk.state.heldRecords(module);
    await desk.state.dropHeldRecords(module);
    desk.observer.emit('module.discarded', { module, records: held.length, by: desk.by });
    world.terminal.out(`${held.length} held records of ${module} are dropped`);
    return EXIT.ok;
  },
};
