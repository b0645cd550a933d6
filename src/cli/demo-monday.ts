import type { SandboxOrg } from '../sandbox/sandbox-org.ts';
import type { Tally } from './demo-tally.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a scene says and waits with. */
export type Stage = {
  readonly say: (text: string) => void;
  readonly answered: (waiting: Promise<unknown>) => Promise<unknown>;
};

/** A lead comes on a Sunday evening: it waits for the hours of the pool, and Monday morning gives it to somebody (R11). */
export async function playMonday({ org, clock }: SandboxOrg, tally: Tally, { say, answered }: Stage): Promise<void> {
  clock.set(sundayEvening(clock.now()));
  say('The clock of the org goes on to Sunday, 20:00 in London. A British lead comes in, and nobody is at work.');
  const [queue] = org.all('Group', ({ DeveloperName }) => DeveloperName === 'Inbound_Leads');
  const leadId = org.as('marketo@northwind.example').insert('Lead', {
    LastName: 'Whitaker',
    FirstName: 'Hannah',
    Company: 'Pennine Pumps Ltd',
    Email: 'hannah.whitaker@pennine.example',
    Country: 'United Kingdom',
    PostalCode: 'M1 2WD',
    NumberOfEmployees: 340,
    LeadSource: 'Demo Request',
    OwnerId: String(queue?.['Id']),
  });
  const isRouteOf = ({ record_id, module }: { readonly record_id: string; readonly module: string }): boolean =>
    record_id === leadId && module === 'routing';
  const waiting = tally.next('decision', isRouteOf);
  await answered(waiting);
  const { result, wait_until: opening } = await waiting;
  // A public holiday on that Monday: the pool hands such a lead on, and there is nothing to wait for.
  if (result !== 'waiting') return;

  const given = tally.next('decision', isRouteOf);
  say(`The lead keeps its owner until the pool opens. The clock goes on to Monday, 09:00: its turn comes.`);
  clock.set(Date.parse(String(opening)) + 1_000);
  await answered(given);
  await answered(tally.next('idle'));
}

function sundayEvening(now: number): number {
  const midnight = now - (now % DAY);
  const days = (7 - new Date(midnight).getUTCDay()) % 7 || 7;
  return midnight + days * DAY + 20 * HOUR;
}
