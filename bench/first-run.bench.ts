import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Config } from '../src/config/schema.ts';
import { demoSeed } from '../src/sandbox/seed/demo-seed.ts';
import { startSandboxOrg } from '../src/sandbox/sandbox-org.ts';
import type { SandboxOrg } from '../src/sandbox/sandbox-org.ts';
import type { Bench, BenchWorld, Figure } from './bench.ts';
import { runOnce } from './run-once.ts';

const NOW = Date.parse('2026-11-24T14:05:00Z');
const SIZE = { accounts: 600, opportunities: 2000, leads: 2000 };
/** Records that are new to the daemon. */
const CHANGED = SIZE.opportunities + SIZE.leads;

/** What the first `start --once` costs in an org with 2,000 opportunities and 2,000 leads, and one that finds nothing new. */
export const bench: Bench = { name: 'first run', run: measure };

async function measure({ redisUrl }: BenchWorld): Promise<readonly Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rolecall-bench-'));
  const sandbox = await startSandboxOrg({ records: demoSeed(NOW, 1, SIZE) });
  sandbox.clock.set(NOW);
  try {
    const first = await measureRun(sandbox, redisUrl, folder);
    const quiet = await measureRun(sandbox, redisUrl, folder);
    return [
      { name: `API calls for ${CHANGED} records`, value: first.calls, atMost: callsAtMost(CHANGED) },
      { name: 'API calls per 200 records', value: first.calls / (CHANGED / 200), atMost: null },
      { name: 'records written', value: first.written, atMost: null },
      { name: 'seconds, with the org in the same process', value: first.seconds, atMost: null },
      { name: 'API calls of a run that finds nothing new', value: quiet.calls, atMost: callsAtMost(0) },
      { name: 'its seconds, in times of the first', value: quiet.seconds / first.seconds, atMost: null },
    ];
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

/** Sixty to start and stop, and three for each 200 records. */
function callsAtMost(changed: number): number {
  return 60 + 3 * Math.ceil(changed / 200);
}

type Cost = { readonly calls: number; readonly seconds: number; readonly written: number };

async function measureRun(sandbox: SandboxOrg, redisUrl: string, dataFolder: string): Promise<Cost> {
  sandbox.log.clear();
  const seconds = await runOnce({ sandbox, redisUrl, prefix: 'bench', dataFolder, adjust: withoutBounds });
  const written = new Set(sandbox.log.changes().map(({ id }) => id)).size;
  return { calls: sandbox.log.count(), seconds, written };
}

/** A first run writes more than the breaker lets pass without a person (F36), and waiting is not what is measured. */
function withoutBounds(config: Config): Config {
  const {
    owner_changes: owners,
    status_changes: statuses,
    flag_changes: flags,
    tasks_created: tasks,
  } = config.write.blast_radius;
  const limits = {
    owner_changes: { ...owners, max: 1e6 },
    status_changes: { ...statuses, max: 1e6 },
    flag_changes: { ...flags, max: 1e6 },
    tasks_created: { ...tasks, max: 1e6 },
  };
  return {
    ...config,
    extract: { ...config.extract, safety_lag: 0 },
    write: { ...config.write, blast_radius: limits },
  };
}
