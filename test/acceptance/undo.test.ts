import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

type Logged = {
  readonly id: string;
  readonly module: string;
  readonly record_id: string;
  readonly writes: readonly unknown[];
};

function logged(world: TestWorld): readonly Logged[] {
  const text = readFileSync(path.join(world.folder, 'decisions.ndjson'), 'utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as Logged);
}

/** A lead and a deal in the org, decided by the daemon a minute later. */
async function openDecided() {
  const world = await startWorld({ records: companySeed(TUESDAY), frozenAt: TUESDAY });
  const company = openCompany(world.sandbox);
  const lead = company.lead();
  const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
  world.sandbox.clock.set(TUESDAY + 60_000);
  await world.once();
  return { world, company, lead, deal };
}

describe('rolecall undo (F37)', () => {
  it('takes back owner, flags and tasks of all decisions, once, and the daemon does not do them again', async () => {
    const { world, company, lead, deal } = await openDecided();
    await using _ = world;
    expect(company.flags(deal)).toMatchObject({ status: 'violation' });
    expect(company.ownerOf(lead)).not.toBe('queue:Inbound_Leads');

    const undone = await runOn(world, ['undo', '--since', '1h', '--json']);

    expect(undone).toMatchObject({ code: 0, err: [] });
    const shows = () => ({
      owner: company.ownerOf(lead),
      mql: world.sandbox.org.record(lead)?.['MQL__c'],
      flags: company.flags(deal).status ?? null,
      open: [...company.tasks(lead), ...company.tasks(deal)].map(({ isOpen }) => isOpen),
    });
    const before = { owner: 'queue:Inbound_Leads', mql: false, flags: null, open: [false, false] };
    expect(shows()).toEqual(before);
    expect(company.tasks(deal)[0]?.description).toMatch(/Undone with rolecall undo by \S+ \(decision \w{16}\)/);
    expect(logged(world).filter(({ module }) => module === 'undo')).toHaveLength(2);

    world.sandbox.clock.set(TUESDAY + 120_000);
    await world.once();
    expect(shows()).toEqual(before);
    const again = await runOn(world, ['undo', '--since', '1h', '--json']);
    const { results } = JSON.parse(again.out[0]!) as { readonly results: readonly { readonly outcome: string }[] };
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['before']));

    // A new gap is news: the flags are written again.
    company.addRole(deal, ['d', 'Economic Buyer']);
    world.sandbox.clock.set(TUESDAY + 180_000);
    await world.once();
    expect(company.flags(deal)).toMatchObject({ status: 'compliant' });
  });

  it('leaves a field that somebody has changed since and tells so; the others of the decision go back', async () => {
    const { world, company, lead } = await openDecided();
    await using _ = world;
    const decision = logged(world).find(({ module, record_id: id }) => module === 'routing' && id === lead);
    expect(decision?.writes).toContainEqual({
      object: 'Lead',
      record_id: lead,
      fields: expect.objectContaining({
        OwnerId: { before: company.queueId('Inbound_Leads'), after: world.sandbox.org.record(lead)?.['OwnerId'] },
      }),
    });
    world.sandbox.org.as('max@northwind.example').update(lead, { OwnerId: company.userId('max') });

    const { code, out } = await runOn(world, ['undo', '--decision', decision!.id]);

    expect(code).toBe(5);
    expect(out).toContain(`changed_since  Lead ${lead}  OwnerId`);
    expect(company.ownerOf(lead)).toBe('max');
    expect(world.sandbox.org.record(lead)).toMatchObject({ Routing_Reason__c: null, MQL__c: true });
    expect(await runOn(world, ['undo', '--decision', '0123456789abcdef'])).toMatchObject({ code: 1 });
  });
});
