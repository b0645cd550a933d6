import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { configHash } from '../../src/config/config-hash.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startCompany } from '../support/company-world.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { impatient } from '../support/impatient.ts';
import { EXAMPLE } from '../support/world.ts';
import { impatientConfig, startProcess } from './daemon-process.ts';

const FILE = 'enforcement.yaml';
const STAGE = 'stage: Qualification,        min_contacts: ';
const BROKEN = '\ncalendars:\n  london: 01067\n';

it('a file that is written in parts is taken up when it is whole, though half of it would be valid too (FM 55)', async () => {
  await using started = await startCompany();
  const { world, clock } = started;
  const folder = path.join(world.folder, 'config');
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = path.join(folder, FILE);
  const whole = readFileSync(file, 'utf8').replace(`${STAGE}1`, `${STAGE}2`);
  const environment = { ...world.environment, configFolder: folder };
  const daemon = world.start({ environment, clock: createHurriedClock(5, clock) });
  const { config_hash: first } = await daemon.seen('daemon.started');
  // What stands before this is valid by itself.
  const half = whole.indexOf('opportunity_criteria:');
  const step = Math.ceil((whole.length - half) / 8);

  writeFileSync(file, whole.slice(0, half));
  expect(loadConfig(folder).config).not.toBeNull();
  for (let at = half; at < whole.length; at += step) {
    // Shorter than from one look at the files to the next; all parts together are longer.
    await daemon.next('poll.completed', ({ object }) => object === 'Lead');
    await daemon.next('poll.completed', ({ object }) => object === 'Lead');
    appendFileSync(file, whole.slice(at, at + step));
  }
  const { config_hash: second } = await daemon.next('config.loaded');
  await daemon.stop();

  expect(second).not.toBe(first);
  expect(second).toBe(configHash(impatient(loadConfig(folder).config!)));
  expect(daemon.told.filter(({ event }) => event === 'config.rejected')).toEqual([]);
});

it('a daemon that is killed while its files are broken starts with the last that were good, and tells it once (FM 56)', async () => {
  await using started = await startCompany();
  const { world, company, sandbox } = started;
  const folder = impatientConfig(world.folder);
  const killed = startProcess(world, [], { CONFIG_DIR: folder });
  const { config_hash: good } = await killed.event('daemon.started');
  appendFileSync(path.join(folder, FILE), BROKEN);
  await killed.event('config.rejected');
  killed.child.kill('SIGKILL');
  await killed.ended;

  const next = startProcess(world, [], { CONFIG_DIR: folder });
  const { config_hash: used } = await next.event('daemon.started');
  const deal = company.opportunity('Qualification', []);
  while (company.flags(deal).status !== 'violation') await sandbox.log.next(() => true);
  next.child.kill('SIGTERM');
  const { code, out } = await next.ended;

  expect(used).toBe(good);
  expect(code).toBe(0);
  const told = out.map((line) => (JSON.parse(line) as { readonly event: string }).event);
  expect(told.filter((event) => event === 'config.rejected')).toHaveLength(1);
});
