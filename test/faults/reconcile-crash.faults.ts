import { beforeAll, expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import type { CompanyWorld } from '../support/company-world.ts';
import { TUESDAY } from '../support/company.ts';
import type { Told } from '../support/world.ts';
import { findViolations } from './checker.ts';
import { differences } from './crash-points.ts';
import { SHORT, startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { age } from './redis-mishaps.ts';
import { startChild } from './start-child.ts';

const HASTE = 20;
const HOUR = 3_600;
const DAY = 24 * HOUR * 1_000;
/** Longer than any lease or lock stands, ms. */
const LEASES = 20_000;
/** Each of another object or kind. */
const GAPS = 5;
/** Runs at a time: most of a run is waiting for a process to start. */
const AT_ONCE = 4;

/** A moment of one request: when it arrives, or so many ms after its answer, while its consequences are drawn. */
type Point = { readonly request: number; readonly afterAnswer: number | null };

/** A day after everything was done, people have done five things of which no poll has told. */
async function startWithGaps(): Promise<CompanyWorld> {
  const started = await startFaultWorld({ frozenAt: TUESDAY });
  const { world, company, sandbox, org, clock } = started;
  const gone = company.lead({ LastName: 'Gone', Country: null });
  await world.once();
  await world.once();
  const cold = String(org.all('Lead', ({ LastName }) => LastName === 'Cold')[0]?.['Id']);
  const deal = (name: string): string => String(org.all('Opportunity', ({ Name }) => Name === name)[0]?.['Id']);
  clock.advance(HOUR);
  org.admin.purge(gone);
  org.admin.update(cold, { LeadSource: 'Demo Request', NumberOfEmployees: 1_200 });
  org.as('max@northwind.example').update(deal('Early'), { StageName: 'Qualification' });
  company.addRole(deal('No buyer'), ['d', 'Economic Buyer']);
  org.admin.delete(company.roleOf(deal('Complete'), 'b'));
  clock.set(TUESDAY + DAY);
  const { redis, prefix } = world.fresh;
  for (const object of Object.keys(await redis.hgetall(`${prefix}:watermarks`))) {
    await redis.hset(`${prefix}:watermarks`, object, clock.now());
  }
  sandbox.log.clear();
  return started;
}

function gapsIn(events: readonly Told[]): readonly string[] {
  const gaps = events.filter(({ event }) => event === 'reconcile.gap');
  return gaps.map(({ object, kind }) => `${String(object)} ${String(kind)}`);
}

function isComparison({ path }: LoggedRequest): boolean {
  return path.includes('ORDER BY Id ASC LIMIT');
}

function isPoll({ path }: LoggedRequest): boolean {
  return path.includes('ORDER BY SystemModstamp');
}

let wanted: unknown;
/** Places of the requests of the run in the log of `--once`, from 1: from the first comparison to the next poll. */
let run: readonly number[];

beforeAll(async () => {
  await using started = await startWithGaps();
  const { world, sandbox } = started;

  const gaps = gapsIn(await world.once());

  const wrong = findViolations(sandbox);
  if (gaps.length !== GAPS || wrong.length > 0)
    throw new Error(`undisturbed already: ${[...gaps, ...wrong].join('\n')}`);
  wanted = describeOrg(sandbox);
  const { entries } = sandbox.log;
  const first = entries.findIndex(isComparison);
  const end = entries.findIndex((request, at) => at > first && isPoll(request));
  run = entries.map((_, at) => at + 1).slice(first, end);
}, 60_000);

it('a daemon that is killed at any request of a reconciliation: the next run repairs everything, every gap is told, nothing is written twice (F28, XE23)', async () => {
  const points = run.flatMap((request): readonly Point[] => [
    { request, afterAnswer: null },
    { request, afterAnswer: 3 * (request % 4) },
  ]);
  const todo = points.values();
  const failures: unknown[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const point of todo) {
        const wrong = await killAt(point);
        if (wrong.length > 0) failures.push({ ...point, wrong });
      }
    }),
  );

  console.info(`${points.length} moments of ${run.length} requests`);
  expect(failures).toEqual([]);
  expect(run.length).toBeGreaterThan(10);
}, 1_800_000);

async function killAt({ request: place, afterAnswer }: Point): Promise<readonly string[]> {
  await using started = await startWithGaps();
  const { world, sandbox, clock } = started;
  const child = startChild({ environment: world.environment, once: true, haste: HASTE, isOrgStill: true });
  let arrived = 0;
  let target: LoggedRequest | null = null;
  sandbox.hooks.onRequest = async (request) => {
    if (++arrived === place) target = request;
    if (request === target && afterAnswer === null) child.kill('SIGKILL');
  };
  sandbox.hooks.afterAnswer = async (request) => {
    if (request === target && afterAnswer !== null) setTimeout(() => child.kill('SIGKILL'), afterAnswer);
  };
  const { told } = await child.ended;
  sandbox.hooks.onRequest = null;
  sandbox.hooks.afterAnswer = null;
  await age(world.fresh, LEASES);
  const before = told.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []));

  const after = await world.once({ deadlines: SHORT });

  const gaps = new Set(gapsIn([...before, ...after]));
  const wrong = differences(describeOrg(sandbox), wanted);
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;
  const late = writesIn(await world.once());
  return [
    ...(gaps.size === GAPS ? [] : [`told only ${[...gaps].join(', ')}`]),
    ...wrong,
    ...findViolations(sandbox, { haste: HASTE, quietFrom }),
    ...late.map((write) => `written once more: ${JSON.stringify(write)}`),
  ];
}
