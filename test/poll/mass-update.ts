import type { SeedRecord } from '../../src/sandbox/base-data.ts';
import { writeStamp } from '../../src/sandbox/org-clock.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { textOf } from '../faults/request-facts.ts';
import { startCompany } from '../support/company-world.ts';
import { companySeed, TUESDAY } from '../support/company.ts';
import type { Told } from '../support/world.ts';

/** What the daemon did after somebody had renamed a picklist value that so many leads hold (XE26). */
export type MassUpdate = {
  /** Requests that wrote something, but for those about the lead that came in behind it. */
  readonly writes: number;
  /** Decisions about the leads that were stamped anew. */
  readonly decisions: number;
  /** How many of them had been looked at when the lead that came in behind them was. */
  readonly lookedAtBefore: number;
  readonly lookedAt: number;
  /** Who owns the lead that came in. */
  readonly owner: string;
  readonly events: readonly Told[];
};

/** Leads that were closed long ago: there is nothing to do about them. */
export function oldLeads(count: number): readonly SeedRecord[] {
  const stamp = writeStamp(TUESDAY - 6 * 3_600_000);
  const stamps = { CreatedDate: stamp, LastModifiedDate: stamp, SystemModstamp: stamp };
  return Array.from({ length: count }, (_, index) => ({
    object: 'Lead',
    fields: { LastName: `Lead ${index}`, Company: 'Many AS', Status: 'Closed - Not Converted', ...stamps },
  }));
}

/** What each request asks of leads that are to be decided; empty for another one. */
export function looksAtLeads(entries: readonly LoggedRequest[]): readonly string[] {
  return entries.map((request) => (/ORDER BY CreatedDate/.test(textOf(request)) ? textOf(request) : ''));
}

/** Gives that many leads a new stamp, has one more come in, and lets the daemon run until nothing is left to do. */
export async function updateEnMasse(count: number): Promise<MassUpdate> {
  const records = [...companySeed(TUESDAY), ...oldLeads(count)];
  await using started = await startCompany({ records, at: TUESDAY, dailyLimit: 1_000_000 });
  const { world, company, org, sandbox, clock } = started;
  await world.once();
  clock.advance(3_600);
  const bulk = new Set(org.all('Lead').map(({ Id }) => String(Id)));
  org.bump([...bulk]);
  const newcomer = company.lead();
  clock.advance(60);
  sandbox.log.clear();

  const events = await world.once();

  const { entries } = sandbox.log;
  const looks = looksAtLeads(entries);
  const first = looks.findIndex((text) => text.includes(newcomer));
  const countIn = (texts: readonly string[]): number =>
    new Set(texts.flatMap((text) => text.match(/00Q\w{15}/g) ?? []).filter((id) => bulk.has(id))).size;
  return {
    writes: entries.filter(({ changes }) => changes.some(({ id }) => bulk.has(id))).length,
    decisions: events.filter(({ event, record_id: id }) => event === 'decision' && bulk.has(String(id))).length,
    lookedAtBefore: countIn(looks.slice(0, first)),
    lookedAt: countIn(looks),
    owner: company.ownerOf(newcomer),
    events,
  };
}
