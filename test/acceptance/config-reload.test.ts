import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { EXAMPLE, type Told } from '../support/world.ts';

const FILE = 'enforcement.yaml';
const ONE = 'stage: Qualification,        min_contacts: 1';
const TWO = 'stage: Qualification,        min_contacts: 2';
const BROKEN = '\ncalendars:\n  london: 01067\n';

/** A company whose daemon reads a configuration of its own. */
async function aCompany(): Promise<
  CompanyWorld & { readonly folder: string; readonly start: () => ReturnType<CompanyWorld['world']['start']> }
> {
  const started = await startCompany();
  const { world } = started;
  const folder = path.join(world.folder, 'config');
  cpSync(EXAMPLE, folder, { recursive: true });
  return {
    ...started,
    folder,
    start: () => world.start({ environment: { ...world.environment, configFolder: folder } }),
  };
}

function read(folder: string): string {
  return readFileSync(path.join(folder, FILE), 'utf8');
}

function write(folder: string, text: string): void {
  writeFileSync(path.join(folder, FILE), text);
}

describe.concurrent('an edit of the configuration while the daemon runs (F41)', () => {
  it('is refused when it names a channel whose variable holds no URL', async () => {
    await using started = await aCompany();
    const { folder, world } = started;
    const daemon = world.start({
      environment: { ...world.environment, configFolder: folder },
      variables: { DEALS_WEBHOOK: 'not a URL' },
    });
    await daemon.seen('daemon.started');
    const file = path.join(folder, 'org.yaml');

    writeFileSync(file, readFileSync(file, 'utf8').replace(/^alerts:.*$/m, '$&\n  deals: { slack: DEALS_WEBHOOK }'));
    daemon.reload();
    const { problems } = await daemon.next('config.rejected');
    await daemon.stop();

    expect(problems.join(' ')).toContain('DEALS_WEBHOOK, of the alert "deals", is not a URL');
  });

  it('is taken up at SIGHUP when it is valid, and refused when it is not (XE10)', async () => {
    await using started = await aCompany();
    const { company, sandbox, folder } = started;
    const before = read(folder);
    const daemon = started.start();
    const { config_hash: first } = await daemon.seen('daemon.started');

    write(folder, `${before}${BROKEN}`);
    daemon.reload();
    const { problems, instead } = await daemon.next('config.rejected');
    expect(problems.join('\n')).toMatch(/\.yaml:\d+:\d+ error E_/);
    expect(instead).toBe('the configuration before runs on');
    const kept = company.opportunity('Qualification', [['a', null, true]], { Name: 'Under the old one' });
    await daemon.until(() => company.flags(kept).status === 'compliant');

    write(folder, before.replace(ONE, TWO));
    daemon.reload();
    const { config_hash: second } = await daemon.next('config.loaded');
    expect(second).not.toBe(first);
    const held = company.opportunity('Qualification', [['a', null, true]], { Name: 'Under the new one' });
    await daemon.until(() => company.flags(held).status === 'violation');
    await daemon.stop();

    expect(company.flags(held).missing).toBe('contacts 1/2');
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('judges open opportunities anew that nobody touches, and gives no lead to another (I3, Q8)', async () => {
    await using started = await aCompany();
    const { company, sandbox, folder } = started;
    const deals = [1, 2, 3].map((number) =>
      company.opportunity('Qualification', [['a', null, true]], { Name: `Deal ${number}` }),
    );
    const lead = company.lead();
    const daemon = started.start();
    await daemon.until(() => deals.every((deal) => company.flags(deal).status === 'compliant'));
    await daemon.until(() => company.ownerOf(lead) === 'ron');

    write(folder, read(folder).replace(ONE, TWO));
    daemon.reload();
    await daemon.until(() => deals.every((deal) => company.flags(deal).missing === 'contacts 1/2'));
    await daemon.stop();

    expect(company.ownerOf(lead)).toBe('ron');
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('is taken up by itself within ten seconds, and the pages tell of one that is refused (I31, I40, FM 54, FM 56)', async () => {
    await using started = await aCompany();
    const { folder } = started;
    const before = read(folder);
    const daemon = started.start();
    const { host, port } = await daemon.seen('http.listening');
    const { config_hash: first } = await daemon.seen('daemon.started');
    const ready = async () => (await fetch(`http://${host}:${port}/ready`)).status;

    write(folder, `${before}${BROKEN}`);
    await daemon.next('config.rejected');
    expect(await ready()).toBe(503);

    // As editors save: another file takes its place.
    const draft = path.join(folder, `.${FILE}`);
    writeFileSync(draft, before.replace(ONE, TWO));
    renameSync(draft, path.join(folder, FILE));
    const { config_hash: second } = await daemon.next('config.loaded');
    await daemon.stop();

    expect(second).not.toBe(first);
    expect(daemon.told.filter(({ event }) => event === 'config.rejected')).toHaveLength(1);
  });

  it('is seen where Kubernetes swaps the folder behind a link (FM 54)', async () => {
    await using started = await aCompany();
    const { folder } = started;
    const mounted = path.join(started.world.folder, 'mounted');
    mkdirSync(mounted);
    publish('v1', read(folder));
    const daemon = started.world.start({ environment: { ...started.world.environment, configFolder: mounted } });
    const { config_hash: first } = await daemon.seen('daemon.started');

    publish('v2', read(folder).replace(ONE, TWO));
    const { config_hash: second } = await daemon.next('config.loaded');
    await daemon.stop();

    expect(second).not.toBe(first);

    function publish(version: string, text: string): void {
      const data = path.join(mounted, `..${version}`);
      cpSync(folder, data, { recursive: true });
      writeFileSync(path.join(data, FILE), text);
      symlinkSync(`..${version}`, path.join(mounted, '..next'));
      renameSync(path.join(mounted, '..next'), path.join(mounted, '..data'));
      for (const name of readdirSync(data)) {
        rmSync(path.join(mounted, name), { force: true });
        symlinkSync(path.join('..data', name), path.join(mounted, name));
      }
    }
  });
});

describe.concurrent('a start that finds other rules than the one before', () => {
  it('judges open opportunities anew, once (I3)', async () => {
    await using started = await aCompany();
    const { company, folder, world } = started;
    const deal = company.opportunity('Qualification', [['a', null, true]]);
    const run = () => world.once({ environment: { ...world.environment, configFolder: folder } });
    const decided = (events: readonly Told[]) =>
      events.filter(({ event, record_id: id }) => event === 'decision' && id === deal).length;
    await run();
    expect(company.flags(deal).status).toBe('compliant');

    write(folder, read(folder).replace(ONE, TWO));
    expect(decided(await run())).toBe(1);
    expect(company.flags(deal).missing).toBe('contacts 1/2');

    expect(decided(await run())).toBe(0);
  });
});

describe.concurrent('replicas of which one has not read the files again', () => {
  it('judge opportunities by the rules of the one that polls only, and tell when that lasts', async () => {
    await using started = await aCompany();
    const { company, sandbox, folder, world } = started;
    const older = path.join(world.folder, 'older');
    cpSync(folder, older, { recursive: true });
    write(folder, read(folder).replace(ONE, TWO));
    const poller = world.start({ only: 'poller', environment: { ...world.environment, configFolder: folder } });
    await poller.seen('poll.completed', ({ object }) => object === 'Opportunity');
    const deal = company.opportunity('Qualification', [['a', null, true]]);

    const workers = world.start({
      only: 'workers',
      environment: { ...world.environment, configFolder: older },
      clock: createHurriedClock(20, sandbox.clock),
    });
    const { code, reason } = await workers.next('module.paused', ({ module }) => module === 'contact_roles');
    expect(code).toBe('other-rules');
    expect(reason).toContain('give both the same configuration');
    expect(company.flags(deal).status).toBeNull();

    write(older, read(folder));
    workers.reload();
    await workers.next('module.resumed', ({ module }) => module === 'contact_roles');
    await workers.until(() => company.flags(deal).status === 'violation');
    await poller.stop();
    await workers.stop();
  });
});

describe.concurrent('a start that finds the configuration broken', () => {
  it('goes on with the last one that was good, and takes the mended one (D16)', async () => {
    await using started = await aCompany();
    const { company, folder } = started;
    const before = read(folder);
    const first = started.start();
    const { config_hash: good } = await first.seen('daemon.started');
    await first.stop();

    write(folder, `${before}${BROKEN}`);
    const second = started.start();
    const { instead } = await second.seen('config.rejected');
    const { config_hash: used } = await second.seen('daemon.started');
    expect(instead).toContain('last known good');
    expect(used).toBe(good);
    const deal = company.opportunity('Qualification', [['a', null, true]]);
    await second.until(() => company.flags(deal).status === 'compliant');

    write(folder, before.replace(ONE, TWO));
    const { config_hash: mended } = await second.next('config.loaded');
    await second.stop();

    expect(mended).not.toBe(good);
  });

  it('ends with all problems where there was never a good one, or where somebody waits for the end (F5)', async () => {
    await using started = await aCompany();
    const { world, folder } = started;
    const before = read(folder);
    const environment = { ...world.environment, configFolder: folder };
    write(folder, `${before}${BROKEN}`);
    await expect(started.start().ended).rejects.toMatchObject({ code: 'config-invalid' });

    write(folder, before);
    const good = started.start();
    await good.seen('daemon.started');
    await good.stop();
    write(folder, `${before}${BROKEN}`);
    await expect(world.once({ environment })).rejects.toMatchObject({ code: 'config-invalid' });
  });
});
