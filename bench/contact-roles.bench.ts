import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Config } from '../src/config/schema.ts';
import type { SeedRecord } from '../src/sandbox/base-data.ts';
import { startSandboxOrg } from '../src/sandbox/sandbox-org.ts';
import { demoSeed } from '../src/sandbox/seed/demo-seed.ts';
import type { Bench, BenchWorld, Figure } from './bench.ts';
import { runOnce } from './run-once.ts';

const NOW = Date.parse('2026-11-24T14:05:00Z');
const SIZE = { accounts: 6_000, opportunities: 20_000, leads: 1 };
const ROLES = 50_000;
const MOST_CALLS = 250;

/** What the evaluation of 20,000 opportunities with 50,000 contact roles costs, and whether it grows with the roles. */
export const bench: Bench = { name: 'contact roles', run: measure };

async function measure({ redisUrl }: BenchWorld): Promise<readonly Figure[]> {
  const few = await evaluate(demoSeed(NOW, 1, SIZE), redisUrl, 'bench-few');
  const many = await evaluate(withRoles(demoSeed(NOW, 1, SIZE)), redisUrl, 'bench-many');
  return [
    {
      name: `API calls for ${SIZE.opportunities} opportunities with ${many.roles} roles`,
      value: many.calls,
      atMost: MOST_CALLS,
    },
    { name: 'API calls to read them, without writes', value: many.reads, atMost: MOST_CALLS },
    { name: `API calls with ${few.roles} roles`, value: few.calls, atMost: MOST_CALLS },
    {
      name: 'opportunities per second, with the org in the same process',
      value: SIZE.opportunities / many.seconds,
      atMost: null,
    },
  ];
}

type Cost = { readonly calls: number; readonly reads: number; readonly roles: number; readonly seconds: number };

async function evaluate(records: readonly SeedRecord[], redisUrl: string, prefix: string): Promise<Cost> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rolecall-bench-'));
  const sandbox = await startSandboxOrg({ records });
  sandbox.clock.set(NOW);
  let writes = 0;
  try {
    const seconds = await runOnce({
      sandbox,
      redisUrl,
      prefix,
      dataFolder: folder,
      adjust: committeesAlone,
      subscriber(event, fields) {
        if (event === 'write.completed') writes += (fields as { readonly calls: number }).calls;
      },
    });
    const calls = sandbox.log.count();
    const roles = sandbox.org.all('OpportunityContactRole').length;
    return { calls, reads: calls - writes, roles, seconds };
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

/** Adds people of the account to deals until there are enough roles. */
function withRoles(records: readonly SeedRecord[]): readonly SeedRecord[] {
  const of = (object: string) => records.filter((record) => record.object === object).map(({ fields }) => fields);
  const colleagues = Map.groupBy(of('Contact'), ({ AccountId }) => AccountId);
  const roles = of('OpportunityContactRole');
  const taken = new Set(roles.map((role) => `${String(role['OpportunityId'])}:${String(role['ContactId'])}`));
  const spare = of('Opportunity').flatMap((deal) =>
    (colleagues.get(deal['AccountId'] ?? null) ?? [])
      .filter((contact) => !taken.has(`${String(deal['Id'])}:${String(contact['Id'])}`))
      .map((contact): SeedRecord => {
        const row = { OpportunityId: deal['Id']!, ContactId: contact['Id']!, Role: 'Business User', IsPrimary: false };
        return { object: 'OpportunityContactRole', fields: row };
      }),
  );
  return [...records, ...spare.slice(0, ROLES - roles.length)];
}

/** No leads, and no breaker (F36): waiting for a person is not what is measured. */
function committeesAlone(config: Config): Config {
  const bounds = Object.entries(config.write.blast_radius).map(([name, bound]) => [name, { ...bound, max: 1e6 }]);
  return {
    ...config,
    qualification: null,
    routing: null,
    extract: { ...config.extract, safety_lag: 0 },
    write: { ...config.write, blast_radius: Object.fromEntries(bounds) as Config['write']['blast_radius'] },
  };
}
