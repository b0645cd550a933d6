import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import { redisError, type RedisConnection } from './redis.ts';

/**
 * Keeps the rotated refresh token in Redis, encrypted with a key that only the configured token yields (AES-256-GCM):
 * who reads Redis cannot sign in. A token that was kept under another configured token counts as none.
 */
export function createRotatedTokens(
  redis: RedisConnection,
  prefix: string,
  configured: string,
): { load(): Promise<string | null>; save(token: string): Promise<void> } {
  const key = Buffer.from(hkdfSync('sha256', configured, prefix, 'rolecall rotated refresh token', 32));
  const name = `${prefix}:rotated-token`;
  return {
    async load() {
      const stored = await redis.get(name).catch((cause: unknown) => Promise.reject(redisError(cause)));
      return stored === null ? null : open(stored, key);
    },
    async save(token) {
      await redis.set(name, seal(token, key)).catch((cause: unknown) => Promise.reject(redisError(cause)));
    },
  };
}

function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

function open(stored: string, key: Buffer): string | null {
  const bytes = Buffer.from(stored, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
