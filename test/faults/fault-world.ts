import type { SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WHOLE_COMMITTEE, WITHOUT_BUYER } from '../support/company.ts';
import type { Told, WorldSettings } from '../support/world.ts';
import { watchForLeaks } from './find-leaks.ts';

/** So short that an answer which never comes is given up soon. */
export const SHORT = { connectMs: 1_000, tokenMs: 1_000, readMs: 1_000, writeMs: 1_000 };

/** A small world with something of everything to write: five leads to give away, one to nurture, four deals. */
export async function startFaultWorld(
  options: SandboxOrgOptions & { readonly at?: number } = {},
  settings: WorldSettings = {},
): Promise<CompanyWorld> {
  const started = await startCompany(options, settings);
  const { company, clock } = started;
  for (const [name, country] of PLACES) {
    company.lead({ LastName: name, Country: country, PostalCode: null });
    // Turns are taken in the order of creation, to the second: two runs must not differ in it.
    clock.advance(1);
  }
  company.lead({ LastName: 'Cold', LeadSource: 'Webinar', NumberOfEmployees: 10 });
  company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: 'No buyer' });
  company.opportunity('Qualification', [], { Name: 'Nobody' });
  company.opportunity('Negotiation/Review', WHOLE_COMMITTEE, { Name: 'Complete' });
  company.opportunity('Prospecting', [], { Name: 'Early' });
  return watchForLeaks(started);
}

const PLACES = [
  ['Oslo', 'Norway'],
  ['Leeds', 'UK'],
  ['York', 'UK'],
  ['Paris', 'France'],
  ['Rome', 'Italy'],
] as const;

/** The writes that these events tell of. */
export function writesIn(events: readonly Told[]): readonly Told[] {
  return events.filter(({ event }) => event === 'write.completed');
}
