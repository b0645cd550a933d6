import { createHmac, randomBytes } from 'node:crypto';

import type { ConnectedApp } from './connected-app.ts';
import type { Answer, OrgRequest } from './http/exchange.ts';
import { readAssertion } from './jwt-assertion.ts';
import { OAuthRefusal } from './oauth-refusal.ts';
import { textOf } from './json.ts';
import type { Sessions } from './sessions.ts';
import type { StoredRecord } from './types.ts';
import type { World } from './world.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CLOCK_SKEW_SECONDS = 180;

type RefreshToken = { readonly userId: string; isUsed: boolean };

/** The OAuth endpoints of the org. */
export class OAuth {
  readonly app: ConnectedApp;
  readonly #world: World;
  readonly #sessions: Sessions;
  readonly #refreshTokens = new Map<string, RefreshToken>();
  readonly #inWork = new Set<string>();
  readonly #logins = new Map<string, number[]>();

  constructor(world: World, sessions: Sessions, app: ConnectedApp) {
    this.#world = world;
    this.#sessions = sessions;
    this.app = app;
  }

  /** A refresh token as a user's approval in the browser would have given. */
  issueRefreshToken(userId: string): string {
    const token = `5Aep861${randomBytes(48).toString('base64url')}`;
    this.#refreshTokens.set(token, { userId, isUsed: false });
    return token;
  }

  revokeRefreshTokens(): void {
    this.#refreshTokens.clear();
  }

  async answerToken(request: OrgRequest, url: string): Promise<Answer> {
    const form = new URLSearchParams(request.body);
    const key = form.get('refresh_token') ?? '';
    try {
      if (this.#inWork.has(key)) throw new OAuthRefusal('invalid_grant', 'token request is already being processed');
      if (key !== '' && this.app.tokenMillis > 0) await this.#workOn(key);
      return { status: 200, body: this.#grant(form, request, url) };
    } catch (cause) {
      if (!(cause instanceof OAuthRefusal)) throw cause;
      return { status: 400, body: { error: cause.error, error_description: cause.message } };
    }
  }

  answerRevoke(request: OrgRequest): Answer {
    const token = new URLSearchParams(request.body).get('token') ?? request.query.get('token') ?? '';
    const refresh = this.#refreshTokens.get(token);
    if (refresh !== undefined) this.#sessions.endAll(refresh.userId);
    const isKnown = this.#refreshTokens.delete(token) || this.#sessions.end(token);
    if (isKnown) return { status: 200 };
    return {
      status: 400,
      body: { error: 'unsupported_token_type', error_description: 'this token type is not supported' },
    };
  }

  answerIntrospect(request: OrgRequest): Answer {
    const form = new URLSearchParams(request.body);
    const token = form.get('token') ?? '';
    const userId = this.#sessions.userOf(token);
    if (userId === null) return { status: 200, body: { active: false } };
    const user = this.#world.store.live(userId);
    return {
      status: 200,
      body: {
        active: true,
        scope: 'api',
        client_id: this.app.clientId,
        username: user?.['Username'],
        sub: `${this.#world.organizationId}/${userId}`,
        token_type: 'access_token',
        exp: Math.floor((this.#sessions.expiryOf(token) ?? 0) / 1000),
        iat: Math.floor(this.#world.clock.now() / 1000),
        nbf: Math.floor(this.#world.clock.now() / 1000),
      },
    };
  }

  async #workOn(key: string): Promise<void> {
    this.#inWork.add(key);
    await new Promise((resolve) => setTimeout(resolve, this.app.tokenMillis));
    this.#inWork.delete(key);
  }

  #grant(form: URLSearchParams, request: OrgRequest, url: string): Record<string, unknown> {
    const grantType = form.get('grant_type');
    if (grantType === JWT_BEARER) return this.#respond(this.#userOfAssertion(form.get('assertion') ?? ''), url);
    if (grantType === 'client_credentials') return this.#respond(this.#runAsUser(form, request), url);
    if (grantType === 'refresh_token') return this.#refresh(form, request, url);
    throw new OAuthRefusal('unsupported_grant_type', 'grant type not supported');
  }

  #userOfAssertion(assertion: string): StoredRecord {
    const claims = readAssertion(assertion, this.app.publicKey);
    if (claims['iss'] !== this.app.clientId) throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
    const audiences = [claims['aud']].flat();
    if (!audiences.some((audience) => this.app.audiences.includes(String(audience)))) {
      throw new OAuthRefusal('invalid_grant', 'audience is invalid');
    }
    const now = this.#world.clock.now() / 1000;
    const expiry = Number(claims['exp']);
    // An expiry in ms lies thousands of years ahead: Salesforce accepts a few minutes.
    if (!Number.isFinite(expiry) || expiry > now + 2 * CLOCK_SKEW_SECONDS)
      throw new OAuthRefusal('invalid_grant', 'invalid assertion');
    if (expiry < now - CLOCK_SKEW_SECONDS) throw new OAuthRefusal('invalid_grant', 'expired authorization code');
    const username = textOf(claims['sub'] ?? claims['prn']);
    return this.#approvedUser(username, "user hasn't approved this consumer");
  }

  #runAsUser(form: URLSearchParams, request: OrgRequest): StoredRecord {
    this.#demandClient(form, request);
    if (this.app.runAsUsername === null) throw new OAuthRefusal('invalid_grant', 'no client credentials user enabled');
    return this.#approvedUser(this.app.runAsUsername, 'no client credentials user enabled');
  }

  #refresh(form: URLSearchParams, request: OrgRequest, url: string): Record<string, unknown> {
    const key = form.get('refresh_token') ?? '';
    if (form.get('client_id') !== this.app.clientId) this.#demandClient(form, request);
    const secret = form.get('client_secret');
    if (secret !== null && secret !== this.app.clientSecret)
      throw new OAuthRefusal('invalid_client', 'invalid client credentials');
    const known = this.#refreshTokens.get(key);
    if (known === undefined) throw new OAuthRefusal('invalid_grant', 'expired access/refresh token');
    if (known.isUsed) {
      // A token shown twice may be stolen: its successors and their sessions end with it.
      this.#sessions.endAll(known.userId);
      for (const [token, { userId }] of this.#refreshTokens) {
        if (userId === known.userId) this.#refreshTokens.delete(token);
      }
      throw new OAuthRefusal('invalid_grant', 'expired access/refresh token');
    }
    const user = this.#world.store.live(known.userId) ?? {};
    const response = this.#respond(this.#approvedUser(String(user['Username']), 'inactive user'), url);
    if (!this.app.isRotating) return response;
    known.isUsed = true;
    return { ...response, refresh_token: this.issueRefreshToken(known.userId) };
  }

  #demandClient(form: URLSearchParams, request: OrgRequest): void {
    const [, basic] = /^Basic (\S+)$/i.exec(request.headers['authorization'] ?? '') ?? [];
    const pair = basic === undefined ? null : Buffer.from(basic, 'base64').toString('utf8').split(':');
    const clientId = pair?.[0] ?? form.get('client_id');
    const secret = pair?.[1] ?? form.get('client_secret');
    if (clientId !== this.app.clientId) throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
    if (secret !== this.app.clientSecret) throw new OAuthRefusal('invalid_client', 'invalid client credentials');
  }

  #approvedUser(username: string, otherwise: string): StoredRecord {
    const users = [...this.#world.store.rows('User')].map((row) => row.record);
    const user = users.find((one) => String(one['Username']).toLowerCase() === username.toLowerCase());
    if (user === undefined) throw new OAuthRefusal('invalid_grant', otherwise);
    if (user['IsActive'] === false) throw new OAuthRefusal('invalid_grant', 'inactive user');
    if (this.app.approvedUsernames?.includes(username) === false) {
      throw new OAuthRefusal('invalid_app_access', 'user is not admin approved to access this app');
    }
    this.#countLogin(String(user['Id']));
    return user;
  }

  #countLogin(userId: string): void {
    const now = this.#world.clock.now();
    const recent = (this.#logins.get(userId) ?? []).filter((at) => at > now - 3_600_000);
    if (recent.length >= this.app.loginsPerHour) throw new OAuthRefusal('invalid_grant', 'login rate exceeded');
    this.#logins.set(userId, [...recent, now]);
  }

  #respond(user: StoredRecord, url: string): Record<string, unknown> {
    const userId = String(user['Id']);
    const id = `${url}/id/${this.#world.organizationId}/${userId}`;
    const issuedAt = String(this.#world.clock.now());
    const signature = createHmac('sha256', this.app.clientSecret)
      .update(id + issuedAt)
      .digest('base64');
    return {
      access_token: this.#sessions.open(userId),
      scope: 'api',
      instance_url: url,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
      signature,
    };
  }
}
