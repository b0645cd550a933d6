import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The connected app, and what an admin may change in it while the org runs. */
export type ConnectedApp = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: KeyObject;
  /** Audiences that the org accepts in assertions. */
  audiences: readonly string[];
  /** Whom client credentials act for; null: no run-as user is set. */
  runAsUsername: string | null;
  /** Usernames approved beforehand; null: everybody. */
  approvedUsernames: readonly string[] | null;
  /** Whether a refresh token can be used only once. */
  isRotating: boolean;
  /** Logins of one user; Salesforce allows 3,600. */
  loginsPerHour: number;
  /** How long the token endpoint works on one request, real ms: a second one meanwhile is refused. */
  tokenMillis: number;
};

/** A connected app with fresh credentials, run by the user. */
export function makeConnectedApp(username: string): ConnectedApp {
  return {
    clientId: `3MVG9${randomBytes(40).toString('base64url')}`,
    clientSecret: randomBytes(32).toString('hex').toUpperCase(),
    publicKey: createPublicKey(appKeyPair().publicKey),
    audiences: ['https://login.salesforce.com'],
    runAsUsername: username,
    approvedUsernames: null,
    isRotating: true,
    loginsPerHour: 3600,
    tokenMillis: 0,
  };
}

type KeyPair = { readonly privateKey: string; readonly publicKey: string };
let knownKeyPair: KeyPair | null = null;

/** The key pair of every app, PEM: one per process, as making one takes longer than starting an org. */
export function appKeyPair(): KeyPair {
  knownKeyPair ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return knownKeyPair;
}
