import { openRedisDesk } from '../app/redis-desk.ts';
import { countersOf } from '../domain/write-category.ts';
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
    const { state, queues, observer } = desk;
    const held = await state.heldRecords(module);
    if (await state.resumeModule(module, countersOf(module))) observer.emit('module.resumed', { module });
    // Queued first, then dropped: a crash in between decides a record twice, never none.
    for (const [kind, records] of Map.groupBy(held, (record) => record.kind)) {
      await queues.add(
        kind,
        records.map(({ id }) => id),
      );
    }
    await state.dropHeldRecords(module);
    world.terminal.out(`${module} writes again; ${held.length} held records are decided anew`);
    return EXIT.ok;
  },
};
