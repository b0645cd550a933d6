import { z } from 'zod';
import { AppError, type Recovery } from '../../domain/error.ts';
import { ApiErrors, readRefusal, refusalOf } from './refusal.ts';
import type { SignInFlow } from '../../domain/sign-in-flow.ts';
import type { HttpAnswer } from './transport.ts';

/**
 * A refusal of the token endpoint, as AppError with what to do about it. The endpoint answers an object
 * (`error`, `error_description`), but the array of the other resources when the org is out of calls.
 */
export function readOAuthRefusal(answer: HttpAnswer, flow: SignInFlow, loginUrl: string): AppError {
  const body = parse(answer.body);
  const errors = ApiErrors.safeParse(body);
  if (errors.success) return refusalOf(errors.data, answer.statusCode);
  if (answer.statusCode >= 300 && answer.statusCode < 400) return redirected(loginUrl, answer);
  const refused = OAuthError.safeParse(body);
  if (!refused.success || answer.statusCode >= 500) return readRefusal(answer);
  const { error, error_description: text } = refused.data;
  const known = REFUSALS.find(
    ({ matches, only }) => matches.test(`${error}: ${text}`) && (only ?? flow.kind) === flow.kind,
  );
  const { code, recovery, means, mend } = known ?? credentialsRefused(flow);
  return new AppError({
    code,
    recovery,
    message: `sign-in at ${new URL(loginUrl).host} refused: ${means} (${error}: ${text.slice(0, 200)})`,
    mend,
  });
}

const OAuthError = z.object({ error: z.string(), error_description: z.string().default('') });

type Refusal = {
  readonly code: string;
  readonly recovery: Recovery;
  readonly means: string;
  readonly mend: string;
};

type KnownRefusal = Refusal & { readonly matches: RegExp; readonly only?: SignInFlow['kind'] };

/** The texts of the token endpoint, the more telling first. They are all it says: most come as `invalid_grant`. */
const REFUSALS: readonly KnownRefusal[] = [
  {
    // The second text is the first one's until 2024; of an assertion it says that it has run out.
    matches: /already being processed|expired authorization code/i,
    only: 'refresh-token',
    code: 'oauth-busy',
    recovery: 'retry',
    means: 'another process is refreshing the same token',
    mend: 'let one daemon use a refresh token, or use the JWT flow',
  },
  {
    matches: /login rate exceeded/i,
    code: 'oauth-login-rate',
    recovery: 'wait',
    means: 'the user signed in more than 3,600 times in an hour',
    mend: 'find what else signs in as this user; the rate frees up within the hour',
  },
  {
    matches: /refresh token/i,
    only: 'refresh-token',
    code: 'oauth-refresh-token-dead',
    recovery: 'fix-config',
    means: 'the refresh token was revoked, has expired, or was rotated elsewhere',
    mend: 'authorise the app anew and set SF_REFRESH_TOKEN',
  },
  {
    matches: /hasn't approved this consumer|not admin approved|invalid_app_access/i,
    code: 'oauth-app-not-approved',
    recovery: 'fix-config',
    means: 'the user may not use the app',
    mend: 'set the app to "Admin approved users are pre-authorized" and assign its permission set or profile to the integration user',
  },
  {
    matches: /audience/i,
    code: 'oauth-audience',
    recovery: 'fix-config',
    means: 'the audience of the assertion is wrong',
    mend: "set SF_JWT_AUDIENCE to https://login.salesforce.com, for a sandbox to https://test.salesforce.com, else to the org's My Domain",
  },
  {
    matches: /inactive user/i,
    code: 'oauth-user-inactive',
    recovery: 'fix-config',
    means: 'the integration user is inactive',
    mend: 'activate the user of SF_USERNAME, or name another one',
  },
  {
    matches: /inactive organization/i,
    code: 'oauth-org-inactive',
    recovery: 'fix-config',
    means: 'the org is inactive',
    mend: 'ask Salesforce why the org is inactive',
  },
  {
    matches: /no client credentials user/i,
    code: 'oauth-no-run-as-user',
    recovery: 'fix-config',
    means: 'the app has no user to run as',
    mend: 'name a "Run As" user in the client credentials policy of the app',
  },
  {
    matches: /not supported on this domain/i,
    code: 'oauth-domain',
    recovery: 'fix-config',
    means: 'this host does not grant tokens by this flow',
    mend: "set SF_LOGIN_URL to the org's My Domain, https://NAME.my.salesforce.com",
  },
  {
    matches: /assertion|expired|signature/i,
    only: 'jwt',
    code: 'oauth-assertion',
    recovery: 'fix-config',
    means: 'the signed assertion is not accepted',
    mend: 'check that the certificate of SF_PRIVATE_KEY_FILE is the one uploaded to the app, and the clock of this machine',
  },
  {
    matches: /invalid_client_id|client identifier invalid|invalid_client/i,
    code: 'oauth-client-unknown',
    recovery: 'fix-config',
    means: 'the org does not know the app, or its secret is wrong',
    mend: 'check SF_CLIENT_ID and SF_CLIENT_SECRET; a new app takes up to ten minutes to be known',
  },
  {
    matches: /^unsupported_|unauthorized_client/i,
    code: 'oauth-flow-disabled',
    recovery: 'fix-config',
    means: 'the app does not allow this flow',
    mend: 'enable the flow in the OAuth settings of the app',
  },
];

const CREDENTIALS: Readonly<Record<SignInFlow['kind'], string>> = {
  jwt: 'check SF_USERNAME, SF_CLIENT_ID and SF_PRIVATE_KEY_FILE',
  'client-credentials': 'check SF_CLIENT_ID and SF_CLIENT_SECRET',
  'refresh-token': 'check SF_CLIENT_ID, SF_CLIENT_SECRET and SF_REFRESH_TOKEN',
};

function credentialsRefused(flow: SignInFlow): Refusal {
  return {
    code: 'oauth-refused',
    recovery: 'fix-config',
    means: 'the credentials are not accepted',
    mend: CREDENTIALS[flow.kind],
  };
}

function redirected(loginUrl: string, answer: HttpAnswer): AppError {
  return new AppError({
    code: 'oauth-domain',
    recovery: 'fix-config',
    message: `SF_LOGIN_URL ${loginUrl} redirects instead of granting tokens (HTTP ${answer.statusCode})`,
    mend: "set SF_LOGIN_URL to https://login.salesforce.com, https://test.salesforce.com or the org's My Domain",
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
