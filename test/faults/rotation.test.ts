import { expect, it } from 'vitest';

import { findViolations } from './checker.ts';
import { startFaultWorld } from './fault-world.ts';

it('two replicas with one refresh token that the org rotates use it one after the other, also when both find their session ended, and neither is locked out (I25, XE21)', async () => {
  await using started = await startFaultWorld();
  const { world, sandbox, company } = started;
  const { clientId, clientSecret, refreshToken } = sandbox;
  const flow = { kind: 'refresh-token', clientId, clientSecret, refreshToken } as const;
  const salesforce = { ...world.environment.salesforce, flow, secrets: [clientSecret, refreshToken] };
  const environment = { ...world.environment, salesforce };
  // Slow enough that two would meet; a token that is shown twice would end all that came of it.
  sandbox.app.tokenMillis = 150;
  const [one, two] = [world.start({ environment }), world.start({ environment })];
  await Promise.all([one.seen('daemon.started'), two.seen('daemon.started')]);

  sandbox.expireSessions();
  const during = company.lead({ LastName: 'Amid' });
  // Who does not poll calls as well: the configuration is held against the org anew.
  for (const replica of [one, two]) replica.reload();
  while (company.tasks(during).length === 0) await sandbox.log.next(() => true);
  const tokens = sandbox.log.entries.filter(({ kind }) => kind === 'token');
  await one.stop();
  const after = company.lead({ LastName: 'After' });
  await two.until(() => company.tasks(after).length === 1);
  await two.stop();

  expect(tokens.map(({ status }) => status)).toEqual(tokens.map(() => 200));
  expect(tokens.filter(({ arrivedAt }, at) => at > 0 && arrivedAt < tokens[at - 1]!.leftAt!)).toEqual([]);
  expect(tokens.length).toBeGreaterThanOrEqual(3);
  expect(findViolations(sandbox)).toEqual([]);
}, 60_000);
