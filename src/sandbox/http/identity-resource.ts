import type { StoredRecord } from '../types.ts';
import type { ApiCall } from './api-call.ts';
import { notFound } from './exchange.ts';
import type { Answer } from './exchange.ts';

/** `GET /services/oauth2/userinfo`, and the `id` address of a token: the keys of both in one. */
export function answerIdentity(call: ApiCall): Answer {
  const user = call.world.store.live(call.userId);
  if (user === undefined) throw notFound();
  const id = `${call.url}/id/${call.world.organizationId}/${call.userId}`;
  return {
    status: 200,
    body: {
      sub: id,
      id,
      user_id: call.userId,
      organization_id: call.world.organizationId,
      ...describeUser(user),
      profile: `${call.url}/${call.userId}`,
      address: {},
      urls: { rest: `${call.url}/services/data/v{version}/`, query: `${call.url}/services/data/v{version}/query/` },
    },
  };
}

function describeUser(user: StoredRecord): Readonly<Record<string, unknown>> {
  return {
    preferred_username: user['Username'],
    username: user['Username'],
    nickname: user['CommunityNickname'] ?? user['Alias'] ?? user['Username'],
    name: user['Name'],
    display_name: user['Name'],
    given_name: user['FirstName'] ?? null,
    family_name: user['LastName'],
    email: user['Email'],
    email_verified: true,
    zoneinfo: user['TimeZoneSidKey'] ?? 'UTC',
    active: user['IsActive'] !== false,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    updated_at: user['LastModifiedDate'] ?? null,
  };
}
