import { describe, expect, it } from 'vitest';

import { maintenancePage, type FaultAction } from '../../src/sandbox/faults.ts';
import { makeRandom } from '../../src/sandbox/random.ts';
import { SandboxError } from '../../src/sandbox/types.ts';
import type { CompanyWorld } from '../support/company-world.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { findViolations } from './checker.ts';
import { SHORT, startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

/** How many histories are played; each seed is one. */
const HISTORIES = Number(process.env['ROLECALL_HISTORIES'] ?? 6);
const CHANGES = 14;

type Pick = <T>(choices: readonly T[]) => T;

/** What people do in an org on a busy day, one thing at a time. */
const DOINGS: readonly ((world: CompanyWorld, pick: Pick) => void)[] = [
  ({ company }, pick) => {
    company.lead({ LastName: `Lead${pick(NUMBERS)}`, Country: pick(['Norway', 'UK', 'Germany', 'France', null]) });
  },
  ({ org }, pick) => org.admin.update(pick(idsOf(org, 'Lead')), { Title: `edit ${pick(NUMBERS)}` }),
  ({ org }, pick) => org.admin.update(pick(idsOf(org, 'Lead')), { Country: pick(['Norway', 'Italy', 'Iran']) }),
  ({ company, org }, pick) =>
    org.admin.update(pick(idsOf(org, 'Lead')), { OwnerId: company.userId(pick(['kim', 'ron'])) }),
  ({ org }, pick) =>
    void org.as('kim@northwind.example').convertLead(pick(idsOf(org, 'Lead')), { opportunityName: null }),
  ({ org }, pick) => org.admin.delete(pick(idsOf(org, 'Lead'))),
  ({ company, org }, pick) =>
    void company.addRole(pick(idsOf(org, 'Opportunity')), [
      pick(['a', 'b', 'c', 'd']),
      pick(['Economic Buyer', 'Champion', null]),
    ]),
  ({ org }, pick) => org.admin.delete(pick(idsOf(org, 'OpportunityContactRole'))),
  ({ org }, pick) =>
    org.admin.update(pick(idsOf(org, 'Opportunity')), {
      StageName: pick(['Qualification', 'Needs Analysis', 'Negotiation/Review']),
    }),
  ({ org }, pick) => org.admin.update(pick(idsOf(org, 'Opportunity')), { Amount: pick([9_000, 20_000, 80_000]) }),
];

const NUMBERS = Array.from({ length: 1_000 }, (_, index) => index);

function idsOf(org: CompanyWorld['org'], object: string): readonly string[] {
  return org.all(object).map(({ Id }) => String(Id));
}

/** What befalls one request in eight. */
const MISHAPS: readonly FaultAction[] = [
  { kind: 'reset', at: 'before-commit' },
  { kind: 'reset', at: 'after-commit' },
  { kind: 'truncate', bytes: 30 },
  { kind: 'expire-session' },
  { kind: 'expire-cursors' },
  maintenancePage(503),
  maintenancePage(200),
];

async function playHistory(started: CompanyWorld, seed: number): Promise<void> {
  const { world, sandbox } = started;
  const random = makeRandom(seed);
  const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)]!;
  // A session that ends twice within a minute is renewed only when that is over.
  const daemon = world.start({ deadlines: SHORT, clock: createHurriedClock(5, sandbox.clock) });
  // A start that is refused twice ends, with what to mend.
  await daemon.seen('daemon.started');
  for (const mishap of MISHAPS) {
    sandbox.faults.add({
      when: { where: ({ kind }) => kind !== 'token' && random() < 1 / (8 * MISHAPS.length) },
      do: mishap,
    });
  }
  let changes = 0;
  sandbox.hooks.onRequest = ({ kind }) => {
    // People work in between the daemon's requests, wherever it hurts.
    if (kind === 'token' || changes >= CHANGES || random() < 0.6) return;
    changes++;
    try {
      pick(DOINGS)(started, pick);
    } catch (refusal) {
      // The org refuses people too: a lead that is converted cannot be edited.
      if (!(refusal instanceof SandboxError)) throw refusal;
    }
  };
  await sandbox.log.next(() => changes >= CHANGES);
  sandbox.hooks.onRequest = null;
  sandbox.faults.clear();
  await daemon.stop();
  await world.once();
  // The org tells of deleted roles by the minute.
  sandbox.clock.advance(120);
  await world.once();
}

describe.concurrent('whatever people do meanwhile, and whatever befalls the requests', () => {
  it.each(Array.from({ length: HISTORIES }, (_, index) => ({ seed: index + 1 })))(
    'every invariant holds and the org shows what it should: history $seed',
    async ({ seed }) => {
      await using started = await startFaultWorld({ pageSize: [2, 6] });
      const { world, sandbox, org, company } = started;

      await playHistory(started, seed);

      expect(findViolations(sandbox)).toEqual([]);
      expect(writesIn(await world.once())).toEqual([]);
      const hanging = org.all(
        'Lead',
        (lead) =>
          lead['OwnerId'] === company.queueId('Inbound_Leads') &&
          lead['Status'] === 'Open - Not Contacted' &&
          lead['IsConverted'] !== true &&
          lead['Country'] != null,
      );
      expect(hanging.map((lead) => lead['LastName'])).toEqual([]);
      // A daemon that remembers nothing reads the same out of the same org.
      const before = shownBy(sandbox);
      for (const key of await world.fresh.redis.keys(`${world.fresh.prefix}:*`)) await world.fresh.redis.del(key);
      await world.once();
      expect(shownBy(sandbox)).toEqual(before);
    },
    90_000,
  );
});

/** Owners of leads, and what is missing on deals; grace may begin anew when Redis is lost, so the status is left out. */
function shownBy(sandbox: CompanyWorld['sandbox']): unknown {
  return Object.entries(describeOrg(sandbox)).map(([name, shown]) => {
    const {
      owner,
      turn,
      Contact_Role_Coverage__c: coverage,
      Missing_Contact_Roles__c: missing,
    } = shown as Readonly<Record<string, unknown>>;
    return { name, owner, turn, coverage, missing };
  });
}
