import { appendFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { impatientConfig, startProcess } from '../faults/daemon-process.ts';
import { startFaultWorld } from '../faults/fault-world.ts';
import { describeOrg } from '../faults/final-state.ts';
import { attemptsIn } from '../faults/request-facts.ts';
import type { Ended } from '../support/cli-process.ts';

function eventsIn({ out }: Ended): ReadonlySet<string> {
  return new Set(out.map((line) => (JSON.parse(line) as { readonly event: string }).event));
}

describe('a poller and workers in processes of their own', () => {
  it('share the work, read the YAML again on SIGHUP, and end in order on SIGTERM', async () => {
    await using plain = await startFaultWorld();
    await plain.world.once();
    await using started = await startFaultWorld();
    const { world, sandbox } = started;
    const folder = impatientConfig(world.folder);
    const workers = startProcess(world, ['--only', 'workers'], { CONFIG_DIR: folder });
    const poller = startProcess(world, ['--only', 'poller'], { CONFIG_DIR: folder });
    const wanted = JSON.stringify(describeOrg(plain.sandbox));
    while (JSON.stringify(describeOrg(sandbox)) !== wanted) await sandbox.log.next(() => true);

    appendFileSync(path.join(folder, 'org.yaml'), '\nnobody_knows_this: 1\n');
    workers.child.kill('SIGHUP');
    const { problems } = await workers.event('config.rejected');
    const begun = performance.now();
    workers.child.kill('SIGTERM');
    poller.child.kill('SIGTERM');
    const [worked, polled] = await Promise.all([workers.ended, poller.ended]);

    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(JSON.stringify(problems)).toMatch(/org\.yaml:\d+:\d+ error E_UNKNOWN_KEY/);
    expect([worked.code, polled.code, worked.err, polled.err]).toEqual([0, 0, '', '']);
    expect(eventsIn(worked)).not.toContain('poll.completed');
    expect(eventsIn(polled)).not.toContain('decision');
    expect(findViolations(sandbox)).toEqual([]);
  }, 60_000);
});

describe('two replicas', () => {
  it('lose nothing when the one that polls is killed in the middle of a poll (XE16)', async () => {
    await using plain = await startFaultWorld({ pageSize: 3 });
    await plain.world.once();
    await using started = await startFaultWorld({ pageSize: 3 });
    const { world, sandbox } = started;
    const config = { CONFIG_DIR: impatientConfig(world.folder) };
    const leader = startProcess(world, [], config);
    let pages = 0;
    sandbox.hooks.onRequest = ({ kind, path: asked }) => {
      if (kind === 'query' && asked.includes('FROM Opportunity WHERE SystemModstamp')) pages = 1;
      if (kind === 'query-more' && pages > 0 && pages++ === 1) leader.child.kill('SIGKILL');
    };
    const other = startProcess(world, [], config);
    await leader.ended;
    sandbox.hooks.onRequest = null;

    const wanted = JSON.stringify(describeOrg(plain.sandbox));
    while (JSON.stringify(describeOrg(sandbox)) !== wanted) await sandbox.log.next(() => true);
    other.child.kill('SIGTERM');

    expect(await other.ended).toMatchObject({ code: 0, err: '' });
    const written = attemptsIn(sandbox.log.entries).length;
    await world.once();
    expect(attemptsIn(sandbox.log.entries)).toHaveLength(written);
    expect(findViolations(sandbox)).toEqual([]);
  }, 90_000);
});
