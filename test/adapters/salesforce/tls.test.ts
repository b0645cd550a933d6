import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeCertificate } from '../../support/certificate.ts';
import { anAdapter } from './odd-org.ts';

it('an org whose certificate nobody vouches for gets no credentials, and the refusal says how to mend that', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-tls-'));
  const { certificate, key } = makeCertificate(folder);
  let requests = 0;
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const salesforce = anAdapter(`https://localhost:${(server.address() as AddressInfo).port}`);

  const refusal = salesforce.connect(new AbortController().signal);

  await expect(refusal).rejects.toMatchObject({
    code: 'org-unreachable',
    message: expect.stringMatching(/localhost:\d+ cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT/),
    mend: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  expect(requests).toBe(0);
  await salesforce.close();
  server.close();
  rmSync(folder, { recursive: true });
});
