import { expect, it } from 'vitest';

import { startProcess } from '../faults/daemon-process.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startCompany } from '../support/company-world.ts';
import { createRedisProcess, pickFreePort } from '../support/redis-process.ts';

it('a Redis over TLS is used only when its certificate is trusted, and the refusal says how to mend that', async () => {
  await using started = await startCompany();
  const { world, company, org } = started;
  const { certificate, key } = makeCertificate(world.folder);
  const port = await pickFreePort();
  await using server = await createRedisProcess({
    port: 0,
    'tls-port': port,
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-auth-clients': 'no',
  });
  await server.start();
  const lead = company.lead({ LastName: 'Oslo' });
  const redis = { REDIS_URL: `rediss://localhost:${port}` };

  const distrustful = await startProcess(world, ['--once'], redis).ended;
  const trusting = await startProcess(world, ['--once'], { ...redis, NODE_EXTRA_CA_CERTS: certificate }).ended;

  expect(distrustful).toMatchObject({ code: 2 });
  expect(distrustful.err).toMatch(/self.signed certificate[\s\S]*NODE_EXTRA_CA_CERTS/);
  expect(trusting).toMatchObject({ code: 0, err: '' });
  expect(org.record(lead)).toMatchObject({ Rolecall_Turn__c: 'nordics:000000001' });
}, 60_000);
