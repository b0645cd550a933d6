import { expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';

it('a daemon that the org refuses to let in, and that is started anew ten times, asks for no more than five tokens (I25, FM 37)', async () => {
  await using started = await startCompany();
  const { world, sandbox } = started;
  const flow = { kind: 'client-credentials', clientId: sandbox.clientId, clientSecret: 'wrong' } as const;
  const environment = { ...world.environment, salesforce: { ...world.environment.salesforce, flow } };
  const codes: string[] = [];

  for (let start = 0; start < 10; start++) {
    await world.start({ environment }).ended.catch((error: { readonly code: string }) => codes.push(error.code));
  }

  expect(codes).toHaveLength(10);
  expect(new Set(codes.slice(5))).toEqual(new Set(['sign-in-held']));
  expect(sandbox.log.count('token')).toBeLessThanOrEqual(5);
});
