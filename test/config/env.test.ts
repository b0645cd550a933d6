import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { readEnvironment, readLocalEnvironment, readRedisEnvironment } from '../../src/config/env.ts';
import type { Environment } from '../../src/config/env.ts';
import type { Variables } from '../../src/config/env-reading.ts';
import { AppError } from '../../src/domain/error.ts';
import { readRedisAddress } from '../../src/domain/redis-address.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const keyFile = path.join(mkdtempSync(path.join(tmpdir(), 'rolecall-env-')), 'key.pem');
writeFileSync(keyFile, pem);

const credentials: Variables = { SF_CLIENT_ID: '3MVG9', SF_CLIENT_SECRET: 'keep-this-secret' };
const jwt: Variables = { SF_CLIENT_ID: '3MVG9', SF_USERNAME: 'svc@northwind.example', SF_PRIVATE_KEY_FILE: keyFile };

function reading(env: Variables, isTerminal = false): Environment {
  return readEnvironment(env, { isTerminal });
}

function refusal(env: Variables): AppError {
  try {
    reading(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('defaults', () => {
  test('are those of the contract', () => {
    const { salesforce, redis, http, ...local } = reading(credentials);

    expect(salesforce).toMatchObject({ loginUrl: 'https://login.salesforce.com', apiVersion: '66.0' });
    expect(redis).toEqual({ url: 'redis://127.0.0.1:6379', prefix: 'rolecall', secrets: [] });
    expect(http).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(local).toMatchObject({ configFolder: 'config', dataFolder: 'data', logLevel: 'info', logFormat: 'json' });
  });

  test('the log is pretty on a terminal', () => {
    expect(reading(credentials, true).logFormat).toBe('pretty');
  });

  test('a blank variable counts as not set', () => {
    expect(reading({ ...credentials, SF_USERNAME: '', HTTP_PORT: ' ' }).http.port).toBe(9464);
  });
});

describe('flows', () => {
  test('JWT bearer with a key file', () => {
    expect(reading(jwt).salesforce.flow).toEqual({
      kind: 'jwt',
      clientId: '3MVG9',
      username: 'svc@northwind.example',
      privateKey: pem,
      audience: 'https://login.salesforce.com',
    });
  });

  test('JWT bearer with a key whose line ends are written as \\n', () => {
    const { SF_PRIVATE_KEY_FILE: _, ...rest } = jwt;
    const { flow } = reading({ ...rest, SF_PRIVATE_KEY: pem.replaceAll('\n', String.raw`\n`) }).salesforce;

    expect(flow).toMatchObject({ kind: 'jwt', privateKey: pem });
  });

  test('client credentials', () => {
    expect(reading(credentials).salesforce.flow).toEqual({
      kind: 'client-credentials',
      clientId: '3MVG9',
      clientSecret: 'keep-this-secret',
    });
  });

  test('refresh token, with the secret that the app may demand', () => {
    const { flow } = reading({ ...credentials, SF_REFRESH_TOKEN: '5Aep861' }).salesforce;

    expect(flow).toMatchObject({ kind: 'refresh-token', refreshToken: '5Aep861', clientSecret: 'keep-this-secret' });
  });

  test.each([
    ['none names all that can be set', {}, ['SF_USERNAME', 'SF_PRIVATE_KEY', 'SF_CLIENT_SECRET', 'SF_REFRESH_TOKEN']],
    ['two name both', { ...jwt, SF_CLIENT_SECRET: 'x' }, ['SF_USERNAME', 'SF_CLIENT_SECRET']],
    ['JWT and refresh token name both', { ...jwt, SF_REFRESH_TOKEN: 'x' }, ['SF_USERNAME', 'SF_REFRESH_TOKEN']],
    ['no consumer key', { SF_CLIENT_SECRET: 'x' }, ['SF_CLIENT_ID']],
    ['a user without a key', { ...jwt, SF_PRIVATE_KEY_FILE: '' }, ['SF_PRIVATE_KEY_FILE']],
    ['a key without a user', { ...jwt, SF_USERNAME: '' }, ['SF_USERNAME']],
    ['a key in two places', { ...jwt, SF_PRIVATE_KEY: pem }, ['SF_PRIVATE_KEY_FILE', 'SF_PRIVATE_KEY']],
    ['a key file that is not there', { ...jwt, SF_PRIVATE_KEY_FILE: '/no/key.pem' }, ['"/no/key.pem"', 'ENOENT']],
    ['a key of another kind', { ...jwt, SF_PRIVATE_KEY_FILE: '', SF_PRIVATE_KEY: elliptic }, ['SF_PRIVATE_KEY', 'RSA']],
  ])('%s', (_, env: Variables, names) => {
    const { code, recovery, message, mend } = refusal(env);

    expect({ code, recovery }).toEqual({ code: 'env-invalid', recovery: 'fix-config' });
    for (const name of names) expect(`${message} ${mend}`).toContain(name);
  });
});

test.each([
  ['https://login.salesforce.com', 'https://login.salesforce.com'],
  ['https://test.salesforce.com', 'https://test.salesforce.com'],
  ['https://northwind.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://northwind--uat.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
  ['https://northwind--uat.my.salesforce.com', 'https://test.salesforce.com'],
  ['http://127.0.0.1:8080', 'https://login.salesforce.com'],
])('the audience of %s is %s', (SF_LOGIN_URL, audience) => {
  expect(reading({ ...jwt, SF_LOGIN_URL }).salesforce.flow).toMatchObject({ audience });
});

test('a given audience wins over the login host', () => {
  const env = {
    ...jwt,
    SF_LOGIN_URL: 'https://test.salesforce.com',
    SF_JWT_AUDIENCE: 'https://portal.northwind.example/x',
  };

  expect(reading(env).salesforce.flow).toMatchObject({ audience: 'https://portal.northwind.example/x' });
});

test.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:8080', 'https://login.salesforce.com/'])(
  'takes the login address %s without a path',
  (SF_LOGIN_URL) => {
    expect(reading({ ...credentials, SF_LOGIN_URL }).salesforce.loginUrl).toBe(SF_LOGIN_URL.replace(/\/$/, ''));
  },
);

test.each([
  ['SF_LOGIN_URL', 'http://login.salesforce.com'],
  ['SF_LOGIN_URL', 'http://127.0.0.1.evil.example'],
  ['SF_LOGIN_URL', 'https://login.salesforce.com/services/oauth2/token'],
  ['SF_LOGIN_URL', 'login.salesforce.com'],
  ['SF_JWT_AUDIENCE', 'http://test.salesforce.com'],
  ['SF_API_VERSION', 'v66.0'],
  ['SF_API_VERSION', '66'],
  ['REDIS_URL', 'http://127.0.0.1:6379'],
  ['REDIS_URL', 'redis://127.0.0.1:6379/first'],
  ['REDIS_URL', 'redis://first:6379,second:6379'],
  ['REDIS_URL', 'redis-sentinel://first:26379,second:26379'],
  ['REDIS_URL', 'redis-cluster://first:6379/1'],
  ['REDIS_URL', 'redis-cluster://first:66379'],
  ['REDIS_PREFIX', 'role call'],
  ['HTTP_PORT', '65536'],
  ['HTTP_PORT', '-1'],
  ['LOG_LEVEL', 'verbose'],
  ['LOG_FORMAT', 'xml'],
])('refuses %s=%s', (name, value) => {
  expect(refusal({ ...credentials, [name]: value }).message).toContain(name);
});

test('tells everything that is wrong at once', () => {
  const { message } = refusal({ HTTP_PORT: 'x', LOG_LEVEL: 'x', REDIS_URL: 'x', SF_API_VERSION: 'x' });

  for (const name of ['HTTP_PORT', 'LOG_LEVEL', 'REDIS_URL', 'SF_API_VERSION', 'sign in'])
    expect(message).toContain(name);
});

describe('secrets', () => {
  test('are all told to the log', () => {
    const env = {
      ...credentials,
      SF_REFRESH_TOKEN: '5Aep861',
      REDIS_URL: 'rediss://app:p%40ss-word@redis.example:6380/2',
    };

    expect(reading(env).secrets).toEqual(['5Aep861', 'keep-this-secret', 'p@ss-word', 'p%40ss-word']);
  });

  test('hold the private key line by line', () => {
    const body = pem.split('\n').slice(1, -2);

    expect(reading(jwt).secrets).toEqual(body);
  });

  test('never stand in an error', () => {
    const { message, mend } = refusal({
      SF_CLIENT_SECRET: 'keep-this-secret',
      SF_PRIVATE_KEY: 'keep-this-secret',
      REDIS_URL: 'http://:keep-this-secret@redis.example',
      SF_LOGIN_URL: 'http://keep-this-secret@login.salesforce.com',
    });

    expect(`${message} ${mend}`).not.toContain('keep-this-secret');
  });
});

test('commands without an org do not look at its variables', () => {
  const env = { SF_LOGIN_URL: 'nonsense', REDIS_URL: 'nonsense', CONFIG_DIR: 'rules' };

  expect(readLocalEnvironment(env, { isTerminal: false }).configFolder).toBe('rules');
});

test('REDIS_URL may hold a user, a password and a database', () => {
  expect(readRedisEnvironment({ REDIS_URL: 'redis://u:secret@h:1/15' }).url).toBe('redis://u:secret@h:1/15');
});

test.each([
  ['redis://u:secret@h:1/15', { kind: 'server', username: 'u', password: 'secret', database: 15 }],
  ['rediss://:p%40ss@h', { isTls: true, username: null, password: 'p@ss', hosts: [{ host: 'h', port: 6379 }] }],
  ['redis://[::1]:7000', { hosts: [{ host: '::1', port: 7000 }] }],
  [
    'redis-sentinel://:secret@s1,s2:26380/mymaster/3?sentinelPassword=other',
    {
      kind: 'sentinel',
      master: 'mymaster',
      database: 3,
      password: 'secret',
      sentinelPassword: 'other',
      hosts: [{ host: 's1', port: 26_379 }, { host: 's2', port: 26_380 }], // oxfmt-ignore
    },
  ],
  ['rediss+cluster://n1:7000,n2:7001', { kind: 'cluster', isTls: true, hosts: [{ port: 7000 }, { port: 7001 }] }],
])('REDIS_URL may be %s', (url, address) => {
  expect(readRedisEnvironment({ REDIS_URL: url }).url).toBe(url);
  expect(readRedisAddress(url)).toMatchObject(address);
});

test.each([
  ['redis://h', 'rolecall', 'rolecall'],
  ['redis-cluster://h', 'rolecall', '{rolecall}'],
  ['redis-cluster://h', '{ops}:rolecall', '{ops}:rolecall'],
])('the keys of %s under the prefix %s begin with %s: in a Cluster all in one slot', (url, prefix, expected) => {
  expect(readRedisEnvironment({ REDIS_URL: url, REDIS_PREFIX: prefix }).prefix).toBe(expected);
});
