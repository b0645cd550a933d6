import { expect } from 'vitest';

import type { CompanyWorld } from '../support/company-world.ts';
import type { RunningDaemon } from '../support/world.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

/** What befalls a Redis while the daemon writes, and how it ends; a lead comes in between. */
export type Blow = {
  readonly begin: () => unknown;
  readonly end: (daemon: RunningDaemon) => unknown;
};

/**
 * Strikes in the middle of the daemon's writes: it must go on by itself, and the org must show in the end what it shows
 * undisturbed, with the lead besides that came meanwhile; then there is nothing left to write.
 * @param started  of `startFaultWorld`
 * @param undisturbed  what `describeOrg` tells of such a world where nothing happens
 */
export async function strikeInTheMidst(started: CompanyWorld, undisturbed: unknown, blow: Blow): Promise<void> {
  const { world, sandbox, company } = started;
  const writing = Promise.withResolvers<void>();
  sandbox.faults.add({ when: { kind: 'collection' }, times: 1, do: { kind: 'slow-commit', millis: 1_000 } });
  sandbox.hooks.afterCommit = ({ kind }) => {
    if (kind === 'collection') writing.resolve();
  };
  const daemon = world.start();
  await writing.promise;

  await blow.begin();
  const during = company.lead({ LastName: 'Amid' });
  await blow.end(daemon);

  await daemon.until(() => company.tasks(during).length === 1);
  await daemon.stop();
  await world.once();
  const { 'Lead Amid': late, ...others } = describeOrg(sandbox);
  expect(late).toMatchObject({ owner: 'ron@northwind.example' });
  expect(others).toEqual(undisturbed);
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
}
