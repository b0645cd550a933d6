import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { NOON, assertionFor, clientWith, requestToken, signIn, withOrg } from './sandbox-client.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const EXPIRED = { error: 'invalid_grant', error_description: 'expired access/refresh token' };

describe('the JWT bearer flow', () => {
  test('gives an opaque token without a time to live or a refresh token', async () => {
    await withOrg({}, async (sandbox) => {
      const { status, body } = await requestToken(sandbox, {
        grant_type: JWT_BEARER,
        assertion: assertionFor(sandbox),
      });

      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^00D\w{12}![\w.=]+$/),
        scope: 'api',
        instance_url: sandbox.url,
        id: `${sandbox.url}/id/${sandbox.organizationId}/${sandbox.userId}`,
        token_type: 'Bearer',
        issued_at: String(NOON),
        signature: expect.any(String),
      });
      expect((await clientWith(sandbox, body.access_token).get('/limits')).status).toBe(200);
    });
  });

  test.each([
    {
      name: 'another consumer key',
      claims: { iss: 'nobody' },
      error: 'invalid_client_id',
      text: 'client identifier invalid',
    },
    {
      name: 'an unknown user',
      claims: { sub: 'x@y.example' },
      error: 'invalid_grant',
      text: "user hasn't approved this consumer",
    },
    {
      name: 'the instance as its audience',
      claims: { aud: 'http://127.0.0.1' },
      error: 'invalid_grant',
      text: 'audience is invalid',
    },
    { name: 'an expiry in ms', claims: { exp: NOON + 60_000 }, error: 'invalid_grant', text: 'invalid assertion' },
    {
      name: 'an expiry more than three minutes ago',
      claims: { exp: NOON / 1000 - 181 },
      error: 'invalid_grant',
      text: 'expired authorization code',
    },
  ])('refuses $name', async ({ claims, error, text }) => {
    await withOrg({}, async (sandbox) => {
      const assertion = assertionFor(sandbox, claims);

      const { status, body } = await requestToken(sandbox, { grant_type: JWT_BEARER, assertion });

      expect({ status, body }).toEqual({ status: 400, body: { error, error_description: text } });
    });
  });

  test('forgives a clock that is three minutes off', async () => {
    await withOrg({}, async (sandbox) => {
      const assertion = assertionFor(sandbox, { exp: NOON / 1000 - 179 });

      expect((await requestToken(sandbox, { grant_type: JWT_BEARER, assertion })).status).toBe(200);
    });
  });

  test('refuses a signature by another key', async () => {
    await withOrg({}, async (sandbox) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

      const { body } = await requestToken(sandbox, {
        grant_type: JWT_BEARER,
        assertion: assertionFor(sandbox, {}, pem),
      });

      expect(body).toEqual({ error: 'invalid_grant', error_description: 'invalid assertion' });
    });
  });

  test('refuses a user whom no admin has approved, and one who has left', async () => {
    await withOrg({}, async (sandbox) => {
      const grant = async (): Promise<unknown> =>
        (await requestToken(sandbox, { grant_type: JWT_BEARER, assertion: assertionFor(sandbox) })).body;
      sandbox.app.approvedUsernames = [];
      const unapproved = await grant();
      sandbox.org.admin.update(sandbox.userId, { IsActive: false });
      const inactive = await grant();

      expect(unapproved).toMatchObject({ error: 'invalid_app_access' });
      expect(inactive).toMatchObject({ error: 'invalid_grant', error_description: 'inactive user' });
    });
  });
});

describe('the client credentials flow', () => {
  test('takes the secret in the form or in the header', async () => {
    await withOrg({}, async (sandbox) => {
      const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');

      const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });

      expect(response.status).toBe(200);
      expect((await (await signIn(sandbox)).get('/limits')).status).toBe(200);
    });
  });

  test.each([
    { name: 'a wrong secret', secret: 'x', runAs: 'svc-rolecall@northwind.example', error: 'invalid_client' },
    { name: 'an app without a run-as user', secret: null, runAs: null, error: 'invalid_grant' },
  ])('refuses $name', async ({ secret, runAs, error }) => {
    await withOrg({}, async (sandbox) => {
      sandbox.app.runAsUsername = runAs;

      const { status, body } = await requestToken(sandbox, {
        grant_type: 'client_credentials',
        client_id: sandbox.clientId,
        client_secret: secret ?? sandbox.clientSecret,
      });

      expect({ status, error: body.error }).toEqual({ status: 400, error });
    });
  });
});

describe('the refresh token flow', () => {
  test('gives a new refresh token each time, and ends everything when an old one comes again', async () => {
    await withOrg({}, async (sandbox) => {
      const first = await refresh(sandbox, sandbox.refreshToken);
      const second = await refresh(sandbox, first.body.refresh_token);
      const stolen = await refresh(sandbox, sandbox.refreshToken);
      const victim = await refresh(sandbox, second.body.refresh_token);

      expect([first.status, second.status]).toEqual([200, 200]);
      expect([stolen.body, victim.body]).toEqual([EXPIRED, EXPIRED]);
      expect((await clientWith(sandbox, second.body.access_token).get('/limits')).status).toBe(401);
    });
  });

  test('gives none when the app does not rotate them', async () => {
    await withOrg({}, async (sandbox) => {
      sandbox.app.isRotating = false;

      const [first, second] = [
        await refresh(sandbox, sandbox.refreshToken),
        await refresh(sandbox, sandbox.refreshToken),
      ];

      expect(first.body.refresh_token).toBeUndefined();
      expect(second.status).toBe(200);
    });
  });

  test('refuses a second request while the first is in work', async () => {
    await withOrg({}, async (sandbox) => {
      sandbox.app.tokenMillis = 100;

      const replies = await Promise.all([
        refresh(sandbox, sandbox.refreshToken),
        refresh(sandbox, sandbox.refreshToken),
      ]);

      const refused = replies.find(({ status }) => status === 400);
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 400]));
      expect(refused?.body).toEqual({
        error: 'invalid_grant',
        error_description: 'token request is already being processed',
      });
    });
  });

  test('ends with its revocation', async () => {
    await withOrg({}, async (sandbox) => {
      const body = new URLSearchParams({ token: sandbox.refreshToken });

      const revoked = await fetch(`${sandbox.url}/services/oauth2/revoke`, { method: 'POST', body });

      expect(revoked.status).toBe(200);
      expect((await refresh(sandbox, sandbox.refreshToken)).body).toEqual(EXPIRED);
    });
  });
});

test('too many logins in an hour are refused', async () => {
  await withOrg({}, async (sandbox) => {
    sandbox.app.isRotating = false;
    sandbox.app.loginsPerHour = 3;
    // The client of the test has signed in once.
    await refresh(sandbox, sandbox.refreshToken);
    await refresh(sandbox, sandbox.refreshToken);

    const refused = await refresh(sandbox, sandbox.refreshToken);
    sandbox.clock.advance(3601);
    const later = await refresh(sandbox, sandbox.refreshToken);

    expect(refused.body.error_description).toBe('login rate exceeded');
    expect(later.status).toBe(200);
  });
});

test('an unknown grant type is refused', async () => {
  await withOrg({}, async (sandbox) => {
    expect((await requestToken(sandbox, { grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  });
});

describe('a session', () => {
  test('lives on with every use and ends when it rests too long', async () => {
    await withOrg({ sessionSeconds: 900 }, async (sandbox, client) => {
      sandbox.clock.advance(800);
      const used = await client.get('/limits');
      sandbox.clock.advance(800);
      const stillUsed = await client.get('/limits');
      sandbox.clock.advance(901);
      const rested = await client.get('/limits');

      expect([used.status, stillUsed.status, rested.status]).toEqual([200, 200, 401]);
      expect(rested.body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
    });
  });

  test.each([
    { name: 'without a token', authorization: undefined, code: 'INVALID_SESSION_ID' },
    { name: 'with a token of nobody', authorization: 'Bearer 00D!x', code: 'INVALID_SESSION_ID' },
    { name: 'with a header of another kind', authorization: 'Basic eDp5', code: 'INVALID_AUTH_HEADER' },
  ])('is demanded: a call $name is refused', async ({ authorization, code }) => {
    await withOrg({}, async (sandbox) => {
      const response = await fetch(`${sandbox.url}/services/data/v66.0/limits`, {
        headers: authorization === undefined ? {} : { authorization },
      });

      expect(response.status).toBe(401);
      expect(await response.json()).toEqual([expect.objectContaining({ errorCode: code })]);
    });
  });

  test('tells whose it is', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { body } = await client.get('/services/oauth2/userinfo');
      const identity = await client.get(`/id/${sandbox.organizationId}/${sandbox.userId}`);

      expect(body).toMatchObject({
        user_id: sandbox.userId,
        organization_id: sandbox.organizationId,
        preferred_username: sandbox.username,
      });
      expect(identity.body.user_id).toBe(sandbox.userId);
    });
  });

  test('can be inspected', async () => {
    await withOrg({ sessionSeconds: 900 }, async (sandbox) => {
      const { body } = await refresh(sandbox, sandbox.refreshToken);
      const inspect = async (token: string): Promise<unknown> => {
        const form = new URLSearchParams({ token });
        const response = await fetch(`${sandbox.url}/services/oauth2/introspect`, { method: 'POST', body: form });
        return await response.json();
      };

      expect(await inspect(body.access_token)).toMatchObject({ active: true, exp: NOON / 1000 + 900 });
      expect(await inspect('00D!x')).toEqual({ active: false });
    });
  });
});

function refresh(sandbox: SandboxOrg, token: string): ReturnType<typeof requestToken> {
  return requestToken(sandbox, {
    grant_type: 'refresh_token',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    refresh_token: token,
  });
}
