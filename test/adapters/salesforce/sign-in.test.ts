import { createVerify, generateKeyPairSync } from 'node:crypto';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectSalesforce } from '../../../src/adapters/salesforce/connect-salesforce.ts';
import type { RotatedTokens } from '../../../src/adapters/salesforce/settings.ts';
import type { SignInFlow } from '../../../src/domain/sign-in-flow.ts';
import type { Recovery } from '../../../src/domain/error.ts';

const FOREVER = new AbortController().signal;
const LOGIN = 'https://login.salesforce.com';
const INSTANCE = 'https://acme.my.salesforce.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const JWT: SignInFlow = {
  kind: 'jwt',
  clientId: 'a key',
  username: 'daemon@acme.example',
  privateKey,
  audience: LOGIN,
};
const CLIENT: SignInFlow = { kind: 'client-credentials', clientId: 'a key', clientSecret: 'a secret' };
const REFRESH: SignInFlow = { kind: 'refresh-token', clientId: 'a key', refreshToken: 'configured' };

const GRANT = {
  access_token: '00D000000000001!opaque',
  instance_url: INSTANCE,
  id: `${LOGIN}/id/00D000000000001EAA/005000000000001`,
  token_type: 'Bearer',
};

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Keeps rotated tokens in memory, and what was done to them in order. */
function aStore(kept: string | null = null): RotatedTokens & { readonly saved: string[] } {
  const saved: string[] = [];
  return {
    saved,
    load: async () => saved.at(-1) ?? kept,
    save: async (token) => {
      saved.push(token);
    },
  };
}

function anAdapter(flow: SignInFlow, rotatedTokens: RotatedTokens = aStore()) {
  return connectSalesforce({ loginUrl: LOGIN, flow, apiVersion: '66.0', rotatedTokens });
}

type Reply = { readonly status?: number; readonly body: object; readonly date?: string };

/** Answers token requests one after the other; gathers their forms. */
function tokenEndpoint(...replies: readonly Reply[]): URLSearchParams[] {
  const forms: URLSearchParams[] = [];
  for (const { status = 200, body, date } of replies) {
    nock(LOGIN)
      .post('/services/oauth2/token', (form: Record<string, string>) => {
        forms.push(new URLSearchParams(form));
        return true;
      })
      .reply(status, body, { 'content-type': 'application/json', ...(date === undefined ? {} : { date }) });
  }
  return forms;
}

function offerVersions(...versions: readonly string[]): void {
  nock(INSTANCE)
    .get('/services/data/')
    .reply(
      200,
      JSON.stringify(versions.map((version) => ({ label: 'a release', url: `/services/data/v${version}`, version }))),
      {
        'content-type': 'application/json;charset=UTF-8',
      },
    );
}

function refused(error: string, description: string): Reply {
  return { status: 400, body: { error, error_description: description } };
}

function readPart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

function rotated(token: string): Reply {
  return { body: { ...GRANT, refresh_token: token } };
}

describe('signing in', () => {
  it('sends an assertion that the org can verify, and no secret', async () => {
    const forms = tokenEndpoint({ body: GRANT });
    offerVersions('65.0', '66.0');
    const salesforce = anAdapter(JWT);

    await salesforce.connect(FOREVER);

    const assertion = forms[0]?.get('assertion') ?? '';
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`);
    expect(verifier.verify(publicKey, signature, 'base64url')).toBe(true);
    expect(readPart(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(readPart(claims)).toEqual({ iss: 'a key', sub: 'daemon@acme.example', aud: LOGIN, exp: expect.any(Number) });
    expect(Number(readPart(claims)['exp']) - Date.now() / 1000).toBeLessThanOrEqual(180);
    expect([...(forms[0]?.keys() ?? [])].toSorted()).toEqual(['assertion', 'grant_type']);
  });

  it('knows the integration user by 18 characters, whatever the form in the answer', async () => {
    tokenEndpoint({ body: GRANT });
    offerVersions('66.0');
    const salesforce = anAdapter(CLIENT);

    await salesforce.connect(FOREVER);

    expect(salesforce.userId()).toBe('005000000000001AAA');
  });

  it('sends the id and the secret of the app by client credentials', async () => {
    const forms = tokenEndpoint({ body: GRANT });
    offerVersions('66.0');

    await anAdapter(CLIENT).connect(FOREVER);

    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'a key',
      client_secret: 'a secret',
    });
  });

  it('names the newest version when the one that is set is not offered', async () => {
    tokenEndpoint({ body: GRANT });
    offerVersions('9.0', '64.0', '65.0');

    await expect(anAdapter(CLIENT).connect(FOREVER)).rejects.toMatchObject({
      code: 'UNSUPPORTED_API_VERSION',
      recovery: 'fix-config',
      message: 'SF_API_VERSION "66.0" is not offered by the org, its newest is 65.0',
      mend: 'set SF_API_VERSION to 65.0',
    });
  });

  it('says of a key that is none what to set, without quoting it', async () => {
    const salesforce = anAdapter({ ...JWT, privateKey: 'not a key' });

    await expect(salesforce.connect(FOREVER)).rejects.toMatchObject({
      code: 'private-key',
      recovery: 'fix-config',
      message: expect.not.stringContaining('not a key'),
      mend: expect.stringContaining('SF_PRIVATE_KEY_FILE'),
    });
  });

  it('signs anew by the clock of the org when its own is four minutes fast (XE27)', async () => {
    const orgNow = Math.floor(Date.now() / 1000) * 1000 - 4 * 60_000;
    const forms = tokenEndpoint(
      { ...refused('invalid_grant', 'invalid assertion'), date: new Date(orgNow).toUTCString() },
      { body: GRANT },
    );
    offerVersions('66.0');

    await anAdapter(JWT).connect(FOREVER);

    const claims = readPart(forms[1]?.get('assertion')?.split('.')[1] ?? '');
    expect(Number(claims['exp']) - orgNow / 1000).toBeGreaterThanOrEqual(180);
    expect(Number(claims['exp']) - orgNow / 1000).toBeLessThan(190);
  });

  it('does not try a refused assertion again when the clocks agree', async () => {
    const forms = tokenEndpoint({ ...refused('invalid_grant', 'invalid assertion'), date: new Date().toUTCString() });

    await expect(anAdapter(JWT).connect(FOREVER)).rejects.toMatchObject({ code: 'oauth-assertion' });
    expect(forms).toHaveLength(1);
  });
});

describe('a refused sign-in', () => {
  it.each<[string, SignInFlow, string, string, string, Recovery, string]>([
    [
      'a wrong password or user',
      JWT,
      'invalid_grant',
      'authentication failure',
      'oauth-refused',
      'fix-config',
      'SF_USERNAME',
    ],
    [
      'a wrong secret',
      CLIENT,
      'invalid_client',
      'invalid client credentials',
      'oauth-client-unknown',
      'fix-config',
      'SF_CLIENT_SECRET',
    ],
    [
      'an unknown app',
      JWT,
      'invalid_client_id',
      'client identifier invalid',
      'oauth-client-unknown',
      'fix-config',
      'SF_CLIENT_ID',
    ],
    [
      'a user that was not approved',
      JWT,
      'invalid_grant',
      "user hasn't approved this consumer",
      'oauth-app-not-approved',
      'fix-config',
      'pre-authorized',
    ],
    [
      'an app without the permission set',
      JWT,
      'invalid_app_access',
      'user is not admin approved to access this app',
      'oauth-app-not-approved',
      'fix-config',
      'permission set',
    ],
    [
      'the audience of another kind of org',
      JWT,
      'invalid_grant',
      'audience is invalid',
      'oauth-audience',
      'fix-config',
      'SF_JWT_AUDIENCE',
    ],
    ['an inactive user', JWT, 'invalid_grant', 'inactive user', 'oauth-user-inactive', 'fix-config', 'SF_USERNAME'],
    [
      'an inactive org',
      JWT,
      'invalid_grant',
      'inactive organization',
      'oauth-org-inactive',
      'fix-config',
      'Salesforce',
    ],
    [
      'an assertion that has run out',
      JWT,
      'invalid_grant',
      'expired authorization code',
      'oauth-assertion',
      'fix-config',
      'clock',
    ],
    [
      'no user to run as',
      CLIENT,
      'invalid_grant',
      'no client credentials user enabled',
      'oauth-no-run-as-user',
      'fix-config',
      'Run As',
    ],
    [
      'a login host for client credentials',
      CLIENT,
      'invalid_grant',
      'request not supported on this domain',
      'oauth-domain',
      'fix-config',
      'My Domain',
    ],
    [
      'a dead refresh token',
      REFRESH,
      'invalid_grant',
      'expired access/refresh token',
      'oauth-refresh-token-dead',
      'fix-config',
      'SF_REFRESH_TOKEN',
    ],
    [
      'a flow that is switched off',
      CLIENT,
      'unsupported_grant_type',
      'grant type not supported',
      'oauth-flow-disabled',
      'fix-config',
      'enable the flow',
    ],
    ['too many sign-ins', JWT, 'invalid_grant', 'login rate exceeded', 'oauth-login-rate', 'wait', 'within the hour'],
  ])('%s is told with its cure', async (_, flow, error, description, code, recovery, mend) => {
    tokenEndpoint(refused(error, description));

    await expect(anAdapter(flow).connect(FOREVER)).rejects.toMatchObject({
      code,
      recovery,
      message: expect.stringContaining(`sign-in at login.salesforce.com refused: `),
      mend: expect.stringContaining(mend),
    });
  });

  it('reads the array that the endpoint answers when the org is out of calls', async () => {
    const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
    tokenEndpoint({ status: 403, body });

    await expect(anAdapter(JWT).connect(FOREVER)).rejects.toMatchObject({
      code: 'REQUEST_LIMIT_EXCEEDED',
      recovery: 'wait',
    });
  });

  it.each([503, 200])(
    'takes a maintenance page with status %s for an outage, not for wrong credentials',
    async (status) => {
      nock(LOGIN).post('/services/oauth2/token').reply(status, '<html>', { 'content-type': 'text/html' });

      await expect(anAdapter(JWT).connect(FOREVER)).rejects.toMatchObject({
        code: 'org-unavailable',
        recovery: 'wait',
      });
    },
  );

  it('names the login address when it only redirects', async () => {
    nock(LOGIN).post('/services/oauth2/token').reply(301, '', { location: 'https://elsewhere.example/' });

    await expect(anAdapter(JWT).connect(FOREVER)).rejects.toMatchObject({
      code: 'oauth-domain',
      mend: expect.stringContaining('SF_LOGIN_URL'),
    });
  });

  it.each([
    ['nothing', '', 'application/json'],
    ['a token without its instance', JSON.stringify({ ...GRANT, instance_url: undefined }), 'application/json'],
    ['a token of nobody', JSON.stringify({ ...GRANT, id: 'https://login.salesforce.com/id' }), 'application/json'],
  ])('does not take %s for a token', async (_, text, type) => {
    nock(LOGIN).post('/services/oauth2/token').reply(200, text, { 'content-type': type });

    await expect(anAdapter(JWT).connect(FOREVER)).rejects.toMatchObject({ code: 'malformed-answer' });
  });
});

describe('a refresh token', () => {
  const DEAD = refused('invalid_grant', 'expired access/refresh token');

  it('is kept when it is rotated, before its access token is used', async () => {
    tokenEndpoint(rotated('second'));
    offerVersions('66.0');
    let unused = true;
    const store: RotatedTokens = {
      load: async () => null,
      save: async () => {
        unused = nock.pendingMocks().some((mock) => mock.includes('/services/data/'));
      },
    };

    await anAdapter(REFRESH, store).connect(FOREVER);

    expect(unused).toBe(true);
  });

  it('is not used when its successor cannot be kept', async () => {
    tokenEndpoint(rotated('second'));
    const store: RotatedTokens = {
      load: async () => null,
      save: async () => {
        throw new Error('Redis is away');
      },
    };

    await expect(anAdapter(REFRESH, store).connect(FOREVER)).rejects.toThrow('Redis is away');
  });

  it('whose successor could not be kept is not asked for again: the successor is, once it is safe', async () => {
    const forms = tokenEndpoint(rotated('second'), { body: GRANT });
    offerVersions('66.0');
    const store = aStore();
    let isRedisAway = true;
    const save = async (token: string): Promise<void> => {
      if (isRedisAway) throw new Error('Redis is away');
      await store.save(token);
    };
    const salesforce = anAdapter(REFRESH, { load: () => store.load(), save });
    await expect(salesforce.connect(FOREVER)).rejects.toThrow('Redis is away');

    isRedisAway = false;
    await salesforce.connect(FOREVER);

    expect(store.saved).toEqual(['second']);
    expect(forms.map((form) => form.get('refresh_token'))).toEqual(['configured', 'second']);
  });

  it('that was kept is preferred to the one that is configured', async () => {
    const forms = tokenEndpoint({ body: GRANT });
    offerVersions('66.0');

    await anAdapter(REFRESH, aStore('kept')).connect(FOREVER);

    expect(forms[0]?.get('refresh_token')).toBe('kept');
  });

  it('that a replica rotated meanwhile is taken from the store', async () => {
    const forms = tokenEndpoint(DEAD, { body: GRANT });
    offerVersions('66.0');
    const kept = ['first', 'second'];
    const store: RotatedTokens = { load: async () => kept.shift() ?? null, save: async () => undefined };

    await anAdapter(REFRESH, store).connect(FOREVER);

    expect(forms.map((form) => form.get('refresh_token'))).toEqual(['first', 'second']);
  });

  it('that an operator set anew revives a daemon whose kept one is dead', async () => {
    const forms = tokenEndpoint(DEAD, rotated('fresh'));
    offerVersions('66.0');
    const store = aStore('kept');

    await anAdapter(REFRESH, store).connect(FOREVER);

    expect(forms.map((form) => form.get('refresh_token'))).toEqual(['kept', 'configured']);
    expect(store.saved).toEqual(['fresh']);
  });

  it('that another process is refreshing is tried again a little later', async () => {
    const forms = tokenEndpoint(refused('invalid_grant', 'token request is already being processed'), { body: GRANT });
    offerVersions('66.0');

    await anAdapter(REFRESH).connect(FOREVER);

    expect(forms).toHaveLength(2);
  });
});
