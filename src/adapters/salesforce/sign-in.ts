import { createSign } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { OAuth2 } from 'jsforce';
import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import { isRecordId, to18 } from '../../domain/record-id.ts';
import type { OrgClock } from './org-clock.ts';
import { readOAuthRefusal } from './oauth-refusal.ts';
import { isAccepted, malformedAnswer, readShape } from './refusal.ts';
import type { SignInFlow } from '../../domain/sign-in-flow.ts';
import type { RotatedTokens } from './settings.ts';
import type { Token } from './token-keeper.ts';
import { putUnder, type HttpAnswer, type HttpRequest } from './transport.ts';

export type SignInSettings = {
  readonly loginUrl: string;
  readonly flow: SignInFlow;
  readonly rotatedTokens: RotatedTokens;
  readonly clock: OrgClock;
  /** Sends a token request, whatever its status. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
};

/** Asks for a token by the flow that is configured. @throws AppError with a mend */
export function createSignIn(settings: SignInSettings): () => Promise<Token> {
  const { flow, clock, rotatedTokens } = settings;
  if (flow.kind === 'jwt') {
    // No client here: the assertion names it, and jsforce would send it once more.
    const oauth2 = openOAuth2(settings, {});
    return () => signInByAssertion(oauth2, flow, clock);
  }
  if (flow.kind === 'client-credentials') {
    const oauth2 = openOAuth2(settings, { clientId: flow.clientId, clientSecret: flow.clientSecret });
    return async () => readGrant(await oauth2.requestToken({ grant_type: 'client_credentials' })).token;
  }
  const { clientId, clientSecret, refreshToken } = flow;
  const oauth2 = openOAuth2(settings, clientSecret === undefined ? { clientId } : { clientId, clientSecret });
  const safe = holdUntilSaved(rotatedTokens);
  return () => signInByRefreshToken(oauth2, refreshToken, safe);
}

function openOAuth2(
  { loginUrl, flow, send }: SignInSettings,
  client: { readonly clientId?: string; readonly clientSecret?: string },
): OAuth2 {
  const oauth2 = new OAuth2({ loginUrl, ...client });
  putUnder(oauth2, async (request) => {
    const answer = await send(request);
    if (!isAccepted(answer)) throw readOAuthRefusal(answer, flow, loginUrl);
    return answer;
  });
  return oauth2;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_SECONDS = 180;
/** The org bears three minutes; an assertion of a clock that is off by less than this failed for another reason. */
const TELLING_SKEW_MS = 60_000;

type JwtFlow = Extract<SignInFlow, { kind: 'jwt' }>;

/** The first assertion can only trust this machine's clock; when that proves wrong, the refusal told the right time. */
async function signInByAssertion(oauth2: OAuth2, flow: JwtFlow, clock: OrgClock): Promise<Token> {
  const signedAt = clock.peek() ?? Date.now();
  const grant = (at: number) => oauth2.requestToken({ grant_type: JWT_BEARER, assertion: signAssertion(flow, at) });
  try {
    return readGrant(await grant(signedAt)).token;
  } catch (error) {
    const orgTime = clock.peek();
    const isClockWrong = orgTime !== null && Math.abs(orgTime - signedAt) > TELLING_SKEW_MS;
    if (!isClockWrong || !(error instanceof AppError) || error.code !== 'oauth-assertion') throw error;
    return readGrant(await grant(orgTime)).token;
  }
}

/** RS256; `exp` in seconds. Salesforce, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration". */
function signAssertion(flow: JwtFlow, at: number): string {
  const claims = {
    iss: flow.clientId,
    sub: flow.username,
    aud: flow.audience,
    exp: Math.floor(at / 1000) + ASSERTION_SECONDS,
  };
  const unsigned = [{ alg: 'RS256', typ: 'JWT' }, claims].map(encodePart).join('.');
  try {
    return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(flow.privateKey, 'base64url')}`;
  } catch {
    // The cause is left out: it may quote the key.
    throw new AppError({
      code: 'private-key',
      recovery: 'fix-config',
      message: 'the private key cannot sign: it is not an RSA key in PEM',
      mend: 'set SF_PRIVATE_KEY_FILE to the PEM file of the key, without a passphrase',
    });
  }
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/**
 * A refresh token may be good for one use: its successor is safe before its access token is used.
 * When the token is dead, a replica may have rotated it meanwhile, or an operator may have set a new one.
 */
async function signInByRefreshToken(oauth2: OAuth2, configured: string, tokens: RotatedTokens): Promise<Token> {
  const kept = await tokens.load();
  const first = kept ?? configured;
  try {
    return await refresh(oauth2, first, tokens);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'oauth-refresh-token-dead') throw error;
    const next = [await tokens.load(), configured].find((token) => token !== null && token !== first);
    if (next === undefined || next === null) throw error;
    return refresh(oauth2, next, tokens);
  }
}

/** A rotated token that could not be saved is the only one that still works: it is offered until it is safe. */
function holdUntilSaved(tokens: RotatedTokens): RotatedTokens {
  let unsaved: string | null = null;

  async function save(token: string): Promise<void> {
    unsaved = token;
    await tokens.save(token);
    unsaved = null;
  }

  async function load(): Promise<string | null> {
    if (unsaved !== null) await save(unsaved);
    return tokens.load();
  }

  return { load, save };
}

async function refresh(oauth2: OAuth2, refreshToken: string, tokens: RotatedTokens): Promise<Token> {
  const { token, refreshToken: rotated } = readGrant(await whileBusy(() => oauth2.refreshToken(refreshToken)));
  if (rotated !== null && rotated !== refreshToken) await tokens.save(rotated);
  return token;
}

const BUSY_TRIES = 4;

/** Of several refreshes of one token at once the org lets one through, and asks the others to come again. */
async function whileBusy<T>(grant: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await grant();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'oauth-busy' || attempt === BUSY_TRIES) throw error;
      await pause(500 * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

const Grant = z.object({
  access_token: z.string().min(1),
  instance_url: z.url().refine(isSafe),
  id: z.string(),
  refresh_token: z.string().nullish(),
});

/** The token goes wherever this points to: in clear only to this machine itself. */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function readGrant(answer: unknown): { readonly token: Token; readonly refreshToken: string | null } {
  const grant = readShape(Grant, answer, 'token');
  const userId = grant.id.split('/').at(-1) ?? '';
  if (!isRecordId(userId)) throw malformedAnswer('token');
  return {
    token: {
      accessToken: grant.access_token,
      instanceUrl: grant.instance_url.replace(/\/+$/, ''),
      userId: to18(userId),
    },
    refreshToken: grant.refresh_token ?? null,
  };
}
