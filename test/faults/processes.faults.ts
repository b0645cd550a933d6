import { expect, it } from 'vitest';

import { findViolations } from './checker.ts';
import { impatientConfig, startProcess } from './daemon-process.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { attemptsIn } from './request-facts.ts';

it('a daemon that was frozen past its lock writes nothing of the batch that another took over (D14, FM 45)', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using started = await startFaultWorld();
  const { world, sandbox, company } = started;
  const wanted = JSON.stringify(describeOrg(plain.sandbox));
  const config = { CONFIG_DIR: impatientConfig(world.folder) };
  const frozen = startProcess(world, [], config);
  const asked = Promise.withResolvers<void>();
  sandbox.hooks.onRequest = ({ kind }) => {
    if (kind !== 'composite') return;
    // It has read what its batch is about, and is frozen before it decides.
    frozen.child.kill('SIGSTOP');
    sandbox.hooks.onRequest = null;
    asked.resolve();
  };
  await asked.promise;
  const other = startProcess(world, [], config);
  while (JSON.stringify(describeOrg(sandbox)) !== wanted) await sandbox.log.next(() => true);
  const written = attemptsIn(sandbox.log.entries).length;

  frozen.child.kill('SIGCONT');
  const later = company.lead({ LastName: 'Later' });
  while (company.tasks(later).length === 0) await sandbox.log.next(() => true);
  frozen.child.kill('SIGTERM');
  other.child.kill('SIGTERM');

  expect(await frozen.ended).toMatchObject({ code: 0 });
  expect(await other.ended).toMatchObject({ code: 0, err: '' });
  await world.once();
  // The owner and the task of the lead that came later.
  expect(attemptsIn(sandbox.log.entries)).toHaveLength(written + 2);
  expect(findViolations(sandbox)).toEqual([]);
});
