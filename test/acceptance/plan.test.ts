import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn, type Ran } from '../support/desk.ts';
import { EXAMPLE, startWorld, type TestWorld } from '../support/world.ts';

type Change = { readonly module: string; readonly before: unknown; readonly after: unknown };
type Row = { readonly id: string; readonly changes: Readonly<Record<string, Change>> };
type PlanText = { readonly hash: string; readonly rows: readonly Row[] };

async function openPlanning(): Promise<{
  readonly world: TestWorld;
  readonly company: ReturnType<typeof openCompany>;
}> {
  const world = await startWorld({ records: companySeed(TUESDAY), frozenAt: TUESDAY });
  return { world, company: openCompany(world.sandbox) };
}

function read(file: string): PlanText {
  return JSON.parse(readFileSync(file, 'utf8')) as PlanText;
}

/** The requests that wrote to the org. */
function changesIn({ sandbox }: TestWorld): readonly unknown[] {
  return sandbox.log.entries.filter(({ changes }) => changes.length > 0);
}

/** The example with a text of one file replaced. */
function exampleWith(world: TestWorld, file: string, from: string | RegExp, to: string): string {
  const folder = path.join(world.folder, 'changed');
  cpSync(EXAMPLE, folder, { recursive: true });
  const before = readFileSync(path.join(folder, file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path.join(folder, file), after);
  return folder;
}

function figures(ran: Ran) {
  expect(ran).toMatchObject({ code: 0, err: [] });
  return JSON.parse(ran.out[0]!) as Readonly<Record<string, unknown>>;
}

describe('rolecall plan and rolecall apply', () => {
  it('show what would change without a write, then write exactly that, once, and leave nothing to the daemon (XE15, F40)', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    const leads = [company.lead(), company.lead({ LastName: 'Olsen' })];
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const file = path.join(world.folder, 'plan.json');

    const plan = figures(await runOn(world, ['plan', '--out', file, '--json']));

    const { rows, hash } = read(file);
    expect(plan).toMatchObject({ hash, records: 3, tasks: { make: 3, close: 0, change: 0 }, fallback: 0 });
    expect(rows.map(({ id }) => id)).toEqual([...leads, deal]);
    expect(changesIn(world)).toEqual([]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/Hansen|Kari|Fjordkraft|@/);
    // The calls that it made are booked like all others (F43).
    const kept = await world.fresh.redis.keys(`${world.fresh.prefix}*`);
    expect(kept.filter((key) => !/:(?:meta|calls)$/.test(key))).toEqual([]);

    expect(await runOn(world, ['apply', file])).toEqual({
      code: 0,
      out: ['3 applied, 0 done before, 0 stale, 0 refused'],
      err: [],
    });

    for (const { id, changes } of rows) {
      const { org } = world.sandbox;
      const planned = Object.entries(changes).filter(
        ([field]) => !field.endsWith('At__c') && !field.endsWith('Date__c'),
      );
      const after = Object.fromEntries(planned.map(([field, { after: value }]) => [field, value]));
      expect(org.record(id)).toMatchObject(after);
      expect(company.tasks(id)).toHaveLength(1);
    }
    const written = changesIn(world).length;
    expect((await runOn(world, ['apply', file])).out).toEqual(['0 applied, 3 done before, 0 stale, 0 refused']);
    world.sandbox.clock.set(TUESDAY + 60_000);
    await world.once();
    expect(changesIn(world)).toHaveLength(written);
  });

  it('leave a record that changed since, list it, and give its turn back (XE15, R14)', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    const leads = ['Hansen', 'Olsen', 'Berg'].map((name) => company.lead({ LastName: name }));
    const file = path.join(world.folder, 'plan.json');
    await runOn(world, ['plan', '--out', file]);
    const owners = read(file).rows.map(({ changes }) => changes['OwnerId']?.after);
    world.sandbox.org.as('max@northwind.example').update(leads[1]!, { OwnerId: company.userId('max') });

    const { code, out } = await runOn(world, ['apply', file]);

    expect(code).toBe(5);
    expect(out).toEqual([
      `E_PLAN_STALE  Lead ${leads[1]}  changed: OwnerId`,
      '2 applied, 0 done before, 1 stale, 0 refused',
    ]);
    const shown = leads.map((id) => world.sandbox.org.record(id)?.['OwnerId']);
    expect(shown).toEqual([owners[0], company.userId('max'), owners[2]]);
    // The turn that was given back is the next one.
    const next = company.lead({ LastName: 'Dahl' });
    world.sandbox.clock.set(TUESDAY + 60_000);
    await world.once();
    expect(world.sandbox.org.record(next)?.['OwnerId']).toBe(owners[1]);
  });

  it('call rows stale that the daemon has decided meanwhile, and double nothing (XE15)', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    const lead = company.lead();
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const file = path.join(world.folder, 'plan.json');
    await runOn(world, ['plan', '--out', file]);
    world.sandbox.clock.set(TUESDAY + 60_000);
    await world.once();
    const written = changesIn(world).length;

    const { code, out } = await runOn(world, ['apply', file]);

    expect(code).toBe(5);
    expect(out.slice(0, 2)).toEqual([
      expect.stringContaining(`E_PLAN_STALE  Lead ${lead}`),
      expect.stringContaining(`E_PLAN_STALE  Opportunity ${deal}`),
    ]);
    expect(changesIn(world)).toHaveLength(written);
  });

  it('refuse a file that was changed, and one of another configuration', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    company.lead();
    const file = path.join(world.folder, 'plan.json');
    await runOn(world, ['plan', '--module', 'routing', '--out', file]);
    const other = exampleWith(world, 'org.yaml', 'max: 300', 'max: 299');

    const elsewhere = await runOn(world, ['apply', file], other);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        '"Routing_Reason__c":{"module":"routing","before":null',
        '"Routing_Reason__c":{"module":"routing","before":"x"',
      ),
    );
    const changed = await runOn(world, ['apply', file]);

    expect(elsewhere).toMatchObject({ code: 2, out: [], err: [expect.stringContaining('draw it anew')] });
    expect(changed).toMatchObject({ code: 1, out: [], err: [expect.stringContaining('its hash does not fit')] });
    expect(changesIn(world)).toEqual([]);
  });

  it('show every lead going to the fallback, and stop at the 301st (RE26, F36)', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    for (let number = 0; number < 305; number++)
      company.lead({ LastName: `Lead${number}`, Email: `x${number}@a${number}.example` });
    const folder = exampleWith(world, 'routing.yaml', /\n {2}territories:[\s\S]*?(?=\n {2}\w)/, '\n  territories: []');
    const file = path.join(world.folder, 'plan.json');

    const plan = figures(await runOn(world, ['plan', '--out', file, '--json'], folder));
    const stopped = await runOn(world, ['apply', file], folder);

    expect(plan).toMatchObject({ fallback: 305 });
    expect(stopped.code).toBe(6);
    expect(stopped.err[0]).toContain('rolecall resume routing');
    const inbound = company.queueId('Inbound_Leads');
    expect(world.sandbox.org.all('Lead', ({ OwnerId }) => OwnerId !== inbound)).toHaveLength(300);

    await runOn(world, ['resume', 'routing'], folder);
    expect((await runOn(world, ['apply', file], folder)).out.at(-1)).toBe(
      '305 applied, 0 done before, 0 stale, 0 refused',
    );
  });

  it('show how many nurture leads would move after enter was lowered, which the daemon leaves alone (QE13)', async () => {
    const { world, company } = await openPlanning();
    await using _ = world;
    company.lead({ LeadSource: 'Webinar', NumberOfEmployees: 200 });
    world.sandbox.clock.set(TUESDAY + 60_000);
    await world.once();
    const folder = exampleWith(world, 'routing.yaml', /enter: 60( .*\n\s+)leave: 40/, 'enter: 1$1leave: 0');

    const plan = figures(await runOn(world, ['plan', '--module', 'qualification', '--json'], folder));

    expect(plan).toMatchObject({ outcomes: [{ from: 'nurture', to: 'qualified', count: 1 }] });
  });
});
