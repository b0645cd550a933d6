import { connectSalesforce } from '../../src/adapters/salesforce/connect-salesforce.ts';
import type { RotatedTokens } from '../../src/adapters/salesforce/settings.ts';
import type { SignInFlow } from '../../src/domain/sign-in-flow.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { exerciseSalesforce, type Flow } from './exercise-salesforce.ts';

exerciseSalesforce((org, { flow, apiVersion, deadlineMs, monotonic }) =>
  connectSalesforce({
    loginUrl: org.url,
    flow: flowOf(flow, org),
    apiVersion,
    rotatedTokens: inMemory(),
    monotonic,
    deadlines: { tokenMs: deadlineMs, readMs: deadlineMs, writeMs: deadlineMs },
  }),
);

function flowOf(kind: Flow, org: SandboxOrg): SignInFlow {
  const { clientId, clientSecret, username, privateKeyPem: privateKey, refreshToken } = org;
  if (kind === 'jwt') return { kind, clientId, username, privateKey, audience: 'https://login.salesforce.com' };
  return kind === 'client-credentials'
    ? { kind, clientId, clientSecret }
    : { kind, clientId, clientSecret, refreshToken };
}

function inMemory(): RotatedTokens {
  let kept: string | null = null;
  return {
    load: async () => kept,
    save: async (token) => {
      kept = token;
    },
  };
}
