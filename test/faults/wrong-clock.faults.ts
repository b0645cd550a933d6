import { expect, it } from 'vitest';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { findViolations } from './checker.ts';
import { pollsIn } from './checks/of-reading.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { startChild } from './start-child.ts';

const MINUTE = 60_000;
/** How many times as fast as real time the daemon waits: it polls every second, and looks every 200 ms. */
const HASTE = 5;
const POLL = 1_000;

/** New York opens at 13:00 UTC: a few seconds after the daemon has done its first work, however long that takes. */
const OPENING = Date.parse('2026-11-24T13:00:00Z');
const BEFORE_OPENING = OPENING - 55_000;

type Lived = {
  readonly org: unknown;
  /** By how much the end of each window lay behind the org's time, ms. */
  readonly lags: readonly number[];
};

/** A daemon runs while people edit, commit late, and a lead waits for an opening. */
async function liveThrough(clockWrongBy: number): Promise<Lived> {
  await using started = await startFaultWorld({ at: BEFORE_OPENING });
  const { world, sandbox, org, clock, company } = started;
  const boston = company.lead({ LastName: 'Boston', Country: 'US', State: 'MA', PostalCode: '02108' });
  const deal = (name: string): string => String(org.all('Opportunity', ({ Name }) => Name === name)[0]?.['Id']);
  const [complete, early] = [deal('Complete'), deal('Early')];
  const asked: { id: string; at: number }[] = [];
  const ask = (id: string, at = clock.now()): void => void asked.push({ id, at });
  const child = startChild({ environment: world.environment, once: false, haste: HASTE }, clockWrongBy);

  await until(sandbox, () => company.flags(complete).status === 'compliant');
  clock.set(OPENING - 4_000);
  ask(complete);
  org.admin.delete(company.roleOf(complete, 'b'));
  const lateness = org.lateCommit({ delaySeconds: 4 }, (admin) => admin.update(early, { StageName: 'Qualification' }));
  ask(early, lateness.commitAt);
  const fresh = company.lead({ LastName: 'Amid', Country: 'Norway', PostalCode: null });
  ask(fresh);
  ask(boston, OPENING);
  await until(sandbox, () => company.flags(early).status === 'warning');
  await until(sandbox, () => [fresh, boston].every((lead) => company.tasks(lead).length === 1));
  // The org tells of a deleted role by the minute.
  clock.advance(120);
  await until(sandbox, () => company.flags(complete).status !== 'compliant');
  child.kill('SIGTERM');

  expect(await child.ended).toMatchObject({ code: 0 });
  expect(clock.now() - OPENING).toBeGreaterThan(0);
  expect(findViolations(sandbox, { haste: HASTE, asked: asked.slice(1), pollMs: POLL })).toEqual([]);
  return {
    org: describeOrg(sandbox),
    lags: pollsIn(sandbox.log.entries).map((poll) => poll.receivedAt - poll.until),
  };
}

async function until({ log }: SandboxOrg, holds: () => boolean): Promise<void> {
  while (!holds()) await log.next(() => true);
}

it.each([
  { name: 'ten minutes fast', wrongBy: 10 * MINUTE },
  { name: 'ten minutes slow', wrongBy: -10 * MINUTE },
])(
  'FM 5, FM 6: a daemon whose clock is $name misses no edit, no late commit and no timer, none is late, and it reads the windows of a right clock (F24, I19, XE27)',
  async ({ wrongBy }) => {
    const [right, wrong] = await Promise.all([liveThrough(0), liveThrough(wrongBy)]);

    expect(wrong.org).toEqual(right.org);
    expect(Math.max(...wrong.lags) - Math.max(...right.lags)).toBeLessThanOrEqual(POLL + MINUTE);
    expect(Math.min(...wrong.lags)).toBeGreaterThanOrEqual(-1_000);
  },
  120_000,
);
