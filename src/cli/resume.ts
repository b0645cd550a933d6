import { openRedisDesk } from '../app/redis-desk.ts';
import { resumeModule } from '../workers/resume-module.ts';
import { EXIT, type Command } from './command.ts';
import { readModule } from './module-argument.ts';

const HELP = `rolecall resume MODULE

Lets a paused module write again. What was held is decided anew, in the order in which it was held.`;

export const RESUME: Command = {
  name: 'resume',
  summary: 'let a paused module write again',
  help: HELP,
  async run(args, world) {
    const module = readModule(args);
    await using desk = await openRedisDesk(world.env, world.terminal.isInteractive);
    const held = await resumeModule(module, desk);
    world.terminal.out(`${module} writes again; ${held} held records are decided anew`);
    return EXIT.ok;
  },
};
