import { openRedisDesk } from '../app/redis-desk.ts';
import { EXIT, type Command } from './command.ts';
import { readModule } from './module-argument.ts';

const HELP = `rolecall pause MODULE

The module goes on deciding but writes nothing: what it would write is held until rolecall resume MODULE.`;

export const PAUSE: Command = {
  name: 'pause',
  summary: 'let a module decide but not write',
  help: HELP,
  async run(args, world) {
    const module = readModule(args);
    await using desk = await openRedisDesk(world.env, world.terminal.isInteractive);
    const reason = `paused by ${desk.by}`;
    const isNew = await desk.state.pauseModule(module, { code: 'operator', reason });
    if (isNew) desk.observer.emit('module.paused', { module, code: 'operator', reason });
    world.terminal.out(isNew ? `${module} is paused` : `${module} is paused already`);
    return EXIT.ok;
  },
};
