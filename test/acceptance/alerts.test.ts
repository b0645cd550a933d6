import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { startAlertPlace } from '../support/alert-place.ts';
import { startCompany } from '../support/company-world.ts';
import { runHere } from '../support/desk.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { EXAMPLE, type RunningDaemon, type TestWorld } from '../support/world.ts';

it('those who run the daemon hear of each trouble once and of its end once, and the pages tell the same meanwhile', async () => {
  await using place = await startAlertPlace();
  await using started = await startCompany();
  const { world, sandbox } = started;
  const folder = path.join(world.folder, 'config');
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = path.join(folder, 'enforcement.yaml');
  const good = readFileSync(file, 'utf8');
  const daemon = world.start({
    environment: { ...world.environment, configFolder: folder },
    variables: { LEADS_WEBHOOK: place.url },
    clock: createHurriedClock(100, sandbox.clock),
  });
  await daemon.seen('idle');
  const pages = await openPages(daemon);
  expect(await pages.ready()).toEqual({ status: 200, problems: [] });

  await run(world, 'pause', 'routing');
  await place.count(1);
  expect(place.texts[0]).toMatch(/^routing has paused: paused by .+ rolecall resume routing goes on$/);
  const { status, problems } = await pages.ready();
  expect([status, problems.length, problems[0]]).toEqual([
    200,
    1,
    expect.stringMatching(/^routing is paused \(operator\)/),
  ]);
  expect(await pages.metrics()).toContain('rolecall_module_paused{module="routing"} 1');

  writeFileSync(file, `${good}\ncalendars:\n  london: 01067\n`);
  daemon.reload();
  await place.count(2);
  expect(place.texts[1]).toMatch(/^The configuration is refused, .+ the first: .+\.yaml:\d+:\d+ error E_/);
  expect((await pages.ready()).status).toBe(503);
  expect(await pages.metrics()).toContain('rolecall_config_rejected 1');

  writeFileSync(file, good);
  daemon.reload();
  await run(world, 'resume', 'routing');
  await daemon.until(() => ['routing goes on', 'is good again'].every(isTold));
  const outage = sandbox.faults.add({ when: {}, do: { kind: 'answer', status: 503, body: 'Under maintenance' } });
  await daemon.seen('org.unreachable');
  await daemon.until(() => isTold('Salesforce cannot be called: org-unavailable'));
  expect((await pages.ready()).status).toBe(503);
  expect(await pages.metrics()).toContain('rolecall_org_reachable 0');

  outage.off();
  await daemon.seen('org.reachable');
  await daemon.until(() => isTold('Salesforce can be called again'));
  expect(await pages.ready()).toEqual({ status: 200, problems: [] });
  const metrics = await pages.metrics();
  await daemon.stop();

  const lines = place.texts.flatMap((text) => text.split('\n')).filter((line) => !line.endsWith('alerts:'));
  expect(lines).toHaveLength(6);
  expect(metrics).toContain('rolecall_alerts_total{alert="leads",fate="sent"} 6');
  expect(metrics).toContain('rolecall_alerts_waiting 0');

  function isTold(words: string): boolean {
    return place.texts.some((text) => text.includes(words));
  }
});

async function run({ fresh }: TestWorld, ...argv: readonly string[]): Promise<void> {
  const env = { REDIS_URL: fresh.url, REDIS_PREFIX: fresh.prefix, LOG_LEVEL: 'silent' };
  expect((await runHere(argv, env)).code).toBe(0);
}

async function openPages(daemon: RunningDaemon) {
  const { host, port } = await daemon.seen('http.listening');
  const at = (page: string) => fetch(`http://${host}:${port}${page}`);
  return {
    async ready() {
      const answer = await at('/ready');
      const { problems } = (await answer.json()) as { readonly problems: readonly string[] };
      return { status: answer.status, problems };
    },
    metrics: async () => (await at('/metrics')).text(),
  };
}
