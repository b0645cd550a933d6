import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { isJson } from './json.ts';
import type { Json } from './json.ts';
import { OAuthRefusal } from './oauth-refusal.ts';

/** The claims of an assertion that the key has signed with RS256. @throws OAuthRefusal `invalid assertion` */
export function readAssertion(assertion: string, publicKey: KeyObject): Json {
  const [header, payload, signature, ...rest] = assertion.split('.');
  const isWhole = header !== undefined && payload !== undefined && signature !== undefined && rest.length === 0;
  if (!isWhole || readPart(header)['alg'] !== 'RS256') throw new OAuthRefusal('invalid_grant', 'invalid assertion');
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw new OAuthRefusal('invalid_grant', 'invalid assertion');
  return readPart(payload);
}

function readPart(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (isJson(value)) return value;
  } catch {
    // What is no JSON is no assertion either.
  }
  throw new OAuthRefusal('invalid_grant', 'invalid assertion');
}
