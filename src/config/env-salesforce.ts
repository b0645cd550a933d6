import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { SignInFlow } from '../domain/sign-in-flow.ts';
import type { EnvironmentProblem, EnvironmentReading, Variables } from './env-reading.ts';
import { read, variable } from './env-reading.ts';

export type SalesforceEnvironment = {
  /** Scheme, host and port, without a path. */
  readonly loginUrl: string;
  readonly flow: SignInFlow;
  /** `66.0`. */
  readonly apiVersion: string;
  readonly secrets: readonly string[];
};

const FLOWS =
  'SF_USERNAME with SF_PRIVATE_KEY_FILE or SF_PRIVATE_KEY (JWT bearer), SF_CLIENT_SECRET (client credentials), ' +
  'or SF_REFRESH_TOKEN (refresh token), each with SF_CLIENT_ID';

/** Reads the `SF_…` variables, and the private key's file. */
export function readSalesforceVariables(env: Variables): EnvironmentReading<SalesforceEnvironment> {
  const site = readSite(env);
  const loginUrl = site.isValid ? site.value.loginUrl : '';
  const flow = readFlow(env, (site.isValid && site.value.audience) || defaultAudience(loginUrl));
  if (site.isValid && flow.isValid) {
    const { apiVersion } = site.value;
    return { isValid: true, value: { loginUrl, apiVersion, flow: flow.value, secrets: secretsOf(flow.value) } };
  }
  return { isValid: false, problems: [site, flow].flatMap((part) => (part.isValid ? [] : part.problems)) };
}

type Site = { readonly loginUrl: string; readonly audience: string | undefined; readonly apiVersion: string };

function readSite(env: Variables): EnvironmentReading<Site> {
  const schema = z.object({
    SF_LOGIN_URL: z
      .string()
      .refine(isLoginUrl, { error: () => LOGIN_URL_ERROR })
      .default('https://login.salesforce.com'),
    SF_JWT_AUDIENCE: z.string().refine(isSafeUrl, { error: 'SF_JWT_AUDIENCE is not an https address' }).optional(),
    SF_API_VERSION: z
      .string()
      .regex(/^[1-9]\d\.0$/, { error: ({ input }) => `SF_API_VERSION is "${String(input)}", not a version like 66.0` })
      .default('66.0'),
  });
  return read(schema, env, (set) => ({
    loginUrl: new URL(set.SF_LOGIN_URL).origin,
    audience: set.SF_JWT_AUDIENCE,
    apiVersion: set.SF_API_VERSION,
  }));
}

const LOGIN_URL_ERROR =
  'SF_LOGIN_URL must be https://HOST without a path, or http://HOST:PORT where the host is a loopback address';

function isLoginUrl(text: string): boolean {
  if (!isSafeUrl(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search + hash + username + password === '';
}

/** Tokens and keys travel over TLS, or not beyond this machine. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

/** Sandboxes and scratch orgs: `test.salesforce.com`, and My Domains with a sandbox's name after `--`. */
function defaultAudience(loginUrl: string): string {
  const host = loginUrl === '' ? '' : new URL(loginUrl).hostname;
  const isSandbox = host === 'test.salesforce.com' || /--[^.]+\.|\.(?:sandbox|scratch)\.my\./.test(host);
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

function readFlow(env: Variables, audience: string): EnvironmentReading<SignInFlow> {
  const clientSecret = variable(env, 'SF_CLIENT_SECRET')?.trim();
  const refreshToken = variable(env, 'SF_REFRESH_TOKEN')?.trim();
  const jwtNames = ['SF_USERNAME', 'SF_PRIVATE_KEY_FILE', 'SF_PRIVATE_KEY'].filter((name) => variable(env, name));
  const named = [
    ...(jwtNames.length > 0 ? [jwtNames.join(' and ')] : []),
    ...(refreshToken === undefined ? [] : ['SF_REFRESH_TOKEN']),
    // With a refresh token the secret belongs to that flow: apps may demand both.
    ...(clientSecret === undefined || refreshToken !== undefined ? [] : ['SF_CLIENT_SECRET']),
  ];
  if (named.length === 0) return invalid('no way to sign in to Salesforce is configured', `set ${FLOWS}`);
  if (named.length > 1) {
    return invalid(
      `${named.length} ways to sign in to Salesforce are configured: ${named.join(' against ')}`,
      `keep exactly one of ${FLOWS}`,
    );
  }
  const clientId = variable(env, 'SF_CLIENT_ID')?.trim();
  const noClient: readonly EnvironmentProblem[] =
    clientId === undefined
      ? [{ message: 'SF_CLIENT_ID is not set', mend: 'set it to the consumer key of the app' }]
      : [];
  if (jwtNames.length > 0) return readJwtFlow(env, clientId ?? '', audience, noClient);
  if (clientId === undefined) return { isValid: false, problems: noClient };
  if (refreshToken !== undefined) {
    const secret = clientSecret === undefined ? {} : { clientSecret };
    return { isValid: true, value: { kind: 'refresh-token', clientId, ...secret, refreshToken } };
  }
  return { isValid: true, value: { kind: 'client-credentials', clientId, clientSecret: clientSecret ?? '' } };
}

function readJwtFlow(
  env: Variables,
  clientId: string,
  audience: string,
  noClient: readonly EnvironmentProblem[],
): EnvironmentReading<SignInFlow> {
  const username = variable(env, 'SF_USERNAME')?.trim();
  const noUser: readonly EnvironmentProblem[] =
    username === undefined
      ? [{ message: 'SF_USERNAME is not set, but a private key is', mend: 'set it to the integration user' }]
      : [];
  const key = readPrivateKey(env);
  const problems = [...noClient, ...noUser, ...(key.isValid ? [] : key.problems)];
  if (problems.length > 0 || !key.isValid) return { isValid: false, problems };
  return { isValid: true, value: { kind: 'jwt', clientId, username: username ?? '', privateKey: key.value, audience } };
}

function readPrivateKey(env: Variables): EnvironmentReading<string> {
  const file = variable(env, 'SF_PRIVATE_KEY_FILE');
  const inline = variable(env, 'SF_PRIVATE_KEY');
  if (file !== undefined && inline !== undefined) {
    return invalid('SF_PRIVATE_KEY_FILE and SF_PRIVATE_KEY are both set', 'keep one of them');
  }
  if (file === undefined && inline === undefined) {
    return invalid('SF_USERNAME is set without a private key', 'set SF_PRIVATE_KEY_FILE or SF_PRIVATE_KEY');
  }
  let pem: string;
  try {
    // Variables often carry the line ends of a PEM as the two characters \n.
    pem = file === undefined ? (inline ?? '').replaceAll(String.raw`\n`, '\n') : readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return invalid(`SF_PRIVATE_KEY_FILE "${file ?? ''}" cannot be read: ${code ?? 'unknown'}`, 'name a readable file');
  }
  if (isRsaKey(pem)) return { isValid: true, value: pem };
  const where = file === undefined ? 'SF_PRIVATE_KEY' : `SF_PRIVATE_KEY_FILE "${file}"`;
  return invalid(
    `${where} does not hold an RSA private key in PEM without a passphrase`,
    'give the key whose certificate the app holds',
  );
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** A key is scrubbed line by line: whatever quoting a log line uses, the lines stay as they are. */
function secretsOf(flow: SignInFlow): readonly string[] {
  switch (flow.kind) {
    case 'jwt':
      return flow.privateKey.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'));
    case 'client-credentials':
      return [flow.clientSecret];
    case 'refresh-token':
      return [flow.refreshToken, ...(flow.clientSecret === undefined ? [] : [flow.clientSecret])];
    default:
      return flow satisfies never;
  }
}

function invalid(message: string, mend: string): EnvironmentReading<never> {
  return { isValid: false, problems: [{ message, mend }] };
}
