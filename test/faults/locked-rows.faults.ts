import { expect, it } from 'vitest';

import { makeRandom } from '../../src/sandbox/random.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { startCompany } from '../support/company-world.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { attemptsIn, type Attempt } from './request-facts.ts';

const DEALS = 200;
const ACCOUNTS = 20;
/** How many rows stand in one transaction at most, by how often the row was refused before (D8). */
const SIZES = [200, 50, 10, 1];

it('FM 24: of 200 rows three in ten are locked at each attempt, two replicas write all of them in the end, in ever smaller transactions, each once, and no account is in two calls at a time (F35, XE20, D8)', async () => {
  await using started = await startCompany();
  const { world, company, sandbox, org } = started;
  const accounts = org.load(
    Array.from({ length: ACCOUNTS }, (_, at) => ({ object: 'Account', fields: { Name: `Account ${at}` } })),
  );
  const deals = Array.from({ length: DEALS }, (_, at) =>
    company.opportunity('Qualification', [['a', 'Champion', true]], {
      Name: `Deal ${at}`,
      AccountId: accounts[at % ACCOUNTS]!,
    }),
  );
  const random = makeRandom(24);
  const message = 'unable to obtain exclusive access to this record';
  const isLocked = (): boolean => random() < 0.3;
  sandbox.faults.add({
    when: { where: isWrite },
    do: { kind: 'refuse-rows', code: 'UNABLE_TO_LOCK_ROW', message, where: isLocked },
  });
  // Two calls that could be under way at the same time are.
  sandbox.faults.add({ when: { where: isWrite }, do: { kind: 'slow-commit', millis: 100 } });

  const [one, two] = [world.start(), world.start()];
  const isDone = (): boolean => deals.every((deal) => company.flags(deal).status === 'compliant');
  while (!isDone()) await sandbox.log.next(() => true);
  await Promise.all([one.stop(), two.stop()]);

  const attempts = attemptsIn(sandbox.log.entries);
  const tries = [...Map.groupBy(attempts, ({ id }) => id).values()];
  expect(tries).toHaveLength(DEALS);
  // Only the last attempt of each got through, and none came behind it.
  expect(tries.flatMap((own) => own.slice(0, -1)).filter(({ refusal }) => refusal === null)).toEqual([]);
  expect(Math.max(...tries.map(({ length }) => length))).toBeGreaterThan(2);
  expect(transactionsTooLarge(attempts)).toEqual([]);
  expect(accountsInTwoCalls(attempts, (id) => String(org.record(id)?.['AccountId']))).toEqual([]);
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
}, 180_000);

function isWrite(request: LoggedRequest): boolean {
  return attemptsIn([request]).length > 0;
}

function transactionsTooLarge(attempts: readonly Attempt[]): readonly string[] {
  const refused = new Map<string | null, number>();
  return [...Map.groupBy(attempts, ({ at, part }) => `${at}/${part}`).values()].flatMap((rows) => {
    const most = Math.min(...rows.map(({ id }) => SIZES[refused.get(id) ?? 0] ?? 1));
    for (const { id } of rows) refused.set(id, (refused.get(id) ?? 0) + 1);
    return rows.length > most ? [`${rows.length} rows in one transaction, ${most} at most`] : [];
  });
}

function accountsInTwoCalls(attempts: readonly Attempt[], accountOf: (id: string) => string): readonly string[] {
  const calls = [...Map.groupBy(attempts, ({ request }) => request)].map(([{ arrivedAt, leftAt }, rows]) => ({
    arrivedAt,
    leftAt: leftAt ?? Number.POSITIVE_INFINITY,
    accounts: new Set(rows.map(({ id }) => accountOf(id ?? ''))),
  }));
  return calls.flatMap((call, at) =>
    calls.slice(at + 1).flatMap((later) => {
      const isTogether = later.arrivedAt < call.leftAt;
      return isTogether ? [...call.accounts].filter((account) => later.accounts.has(account)) : [];
    }),
  );
}
