import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { EXAMPLE, startWorld, type TestWorld } from '../support/world.ts';

type Logged = {
  readonly id: string;
  readonly module: string;
  readonly record_id: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly writes: readonly unknown[];
};

const MINUTE = 60_000;

async function openDecided() {
  const world = await startWorld({ records: companySeed(TUESDAY), frozenAt: TUESDAY });
  const company = openCompany(world.sandbox);
  const lead = company.lead();
  const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
  await later(world, 1);
  return { world, company, lead, deal };
}

/** The daemon works off all there is to do, so many minutes after Tuesday's beginning. */
async function later(world: TestWorld, minutes: number): Promise<void> {
  world.sandbox.clock.set(TUESDAY + minutes * MINUTE);
  await world.once();
}

function decisionsOf({ folder }: TestWorld): readonly Logged[] {
  const lines = readFileSync(path.join(folder, 'decisions.ndjson'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Logged);
}

/** The decision of a module that wrote something about a record. */
function decisionOf(world: TestWorld, module: string, recordId: string): string {
  const made = decisionsOf(world).find(
    (one) => one.module === module && one.record_id === recordId && one.writes.length > 0,
  );
  expect(made).toBeDefined();
  return made!.id;
}

/** The requests that wrote to the org. */
function changesIn({ sandbox }: TestWorld): number {
  return sandbox.log.entries.filter(({ changes }) => changes.length > 0).length;
}

describe('rolecall undo', () => {
  it('takes back the flags of a deal and closes its task, which the daemon does not do again (F37)', async () => {
    const { world, company, deal } = await openDecided();
    await using _ = world;
    expect(company.flags(deal)).toMatchObject({ status: 'violation' });
    const decision = decisionOf(world, 'contact_roles', deal);

    const { code, out, err } = await runOn(world, ['undo', '--decision', decision]);

    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out.join('\n')).toMatch(/1 tasks closed, 0 changed since\ncontact_roles: .*\n.*rolecall pause MODULE/);
    expect(company.flags(deal)).toMatchObject({ status: null, coverage: null, missing: null });
    const [task] = company.tasks(deal);
    expect(task).toMatchObject({ isOpen: false });
    expect(task?.description).toMatch(new RegExp(`Undone with rolecall undo by .+ \\(decision ${decision}\\)$`));
    const logged = decisionsOf(world).at(-1);
    expect(logged).toMatchObject({ module: 'undo', record_id: deal });
    expect(logged?.result).toMatchObject({ result: 'undone', decisions: [decision], closed_tasks: [task?.id] });

    const written = changesIn(world);
    await later(world, 2);
    await later(world, 30);
    expect(changesIn(world)).toBe(written);

    // Again, there is nothing left to take back; what the deal needs later is flagged.
    expect((await runOn(world, ['undo', '--decision', decision])).code).toBe(0);
    expect(changesIn(world)).toBe(written);
    company.addRole(deal, ['d', 'Economic Buyer']);
    await later(world, 60);
    expect(company.flags(deal)).toMatchObject({ status: 'compliant' });
  });

  it('gives a lead back to the queue that it came from, where the daemon leaves it (F37)', async () => {
    const { world, company, lead } = await openDecided();
    await using _ = world;
    expect(company.ownerOf(lead)).not.toBe('queue:Inbound_Leads');

    const { code, out } = await runOn(world, ['undo', '--decision', decisionOf(world, 'routing', lead), '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(out[0]!)).toMatchObject({ decisions: 1, next: [expect.stringContaining('rolecall reroute')] });
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
    expect(company.tasks(lead)).toMatchObject([{ isOpen: false }]);
    await later(world, 2);
    await later(world, 30);
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
    expect(company.tasks(lead)).toHaveLength(1);
  });

  it('takes back all of a time, outcomes of leads too, and an undo that is named (F37)', async () => {
    const { world, company, lead, deal } = await openDecided();
    await using _ = world;
    const nurtured = company.lead({ LastName: 'Olsen', LeadSource: 'Webinar', NumberOfEmployees: 200 });
    await later(world, 2);
    const { org } = world.sandbox;
    const shown = () => {
      const [first, second] = [lead, nurtured].map((id) => org.record(id));
      const owners = [first?.['OwnerId'], second?.['OwnerId']];
      return { owners, statuses: [first?.['Status'], second?.['Status']], flags: company.flags(deal) };
    };
    const decided = shown();
    expect(decided.statuses[1]).toBe('Nurturing');

    expect(await runOn(world, ['undo', '--since', '1h'])).toMatchObject({ code: 0 });

    const inbound = company.queueId('Inbound_Leads');
    expect(shown()).toMatchObject({
      owners: [inbound, inbound],
      statuses: ['Open - Not Contacted', 'Open - Not Contacted'],
      flags: { status: null },
    });
    const written = changesIn(world);
    await later(world, 30);
    expect(changesIn(world)).toBe(written);
    for (const { id } of decisionsOf(world).filter(({ module }) => module === 'undo')) {
      expect(await runOn(world, ['undo', '--decision', id])).toMatchObject({ code: 0 });
    }
    expect(shown()).toEqual(decided);
  });

  it('leaves what somebody has changed since, and says so, while modules are paused too (F37)', async () => {
    const { world, company, lead, deal } = await openDecided();
    await using _ = world;
    await runOn(world, ['pause', 'contact_roles']);
    world.sandbox.org.as('max@northwind.example').update(lead, { OwnerId: company.userId('max') });

    const { code, out } = await runOn(world, ['undo', '--since', '1h', '--json']);

    expect(code).toBe(5);
    const { results } = JSON.parse(out[0]!) as { readonly results: readonly Readonly<Record<string, unknown>>[] };
    expect(results.filter(({ outcome }) => outcome === 'changed_since')).toMatchObject([
      { module: 'routing', object: 'Lead', record_id: lead, field: 'OwnerId' },
    ]);
    expect(company.ownerOf(lead)).toBe('max');
    expect(company.flags(deal)).toMatchObject({ status: null });
  });

  it('stops at the blast radius, with the tasks of what is left, and goes on later (F36)', async () => {
    const { world, company, deal } = await openDecided();
    await using _ = world;
    const deals = [deal, company.opportunity('Proposal/Price Quote', WITHOUT_BUYER)];
    await later(world, 2);
    const folder = path.join(world.folder, 'narrow');
    cpSync(EXAMPLE, folder, { recursive: true });
    const file = path.join(folder, 'org.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('flag_changes:   { max: 2000', 'flag_changes:   { max: 1'));
    const standing = (): readonly string[] => deals.filter((id) => company.flags(id).status === 'violation');
    const open = (): readonly string[] => deals.filter((id) => company.tasks(id).some(({ isOpen }) => isOpen));

    const first = await runOn(world, ['undo', '--since', '1h'], folder);

    expect(first.code).toBe(6);
    expect(first.err[0]).toContain('run the same command again');
    expect(standing()).toHaveLength(1);
    expect(open()).toEqual(standing());
    world.sandbox.clock.set(TUESDAY + 30 * MINUTE);
    expect((await runOn(world, ['undo', '--since', '1h'])).code).toBe(0);
    expect([...standing(), ...open()]).toEqual([]);
  });

  it('refuses a decision that the log does not have, and a command without one', async () => {
    const { world } = await openDecided();
    await using _ = world;
    const written = changesIn(world);

    const unknown = await runOn(world, ['undo', '--decision', '0123456789abcdef']);
    const neither = await runOn(world, ['undo']);

    expect(unknown).toMatchObject({
      code: 1,
      out: [],
      err: [expect.stringContaining('no decision "0123456789abcdef"')],
    });
    expect(unknown.err[0]).toContain('copy an id from there');
    expect(neither).toMatchObject({ code: 1, out: [], err: [expect.stringContaining('--since T')] });
    expect(changesIn(world)).toBe(written);
  });
});
