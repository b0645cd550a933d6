import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Redis } from 'ioredis';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';

/** The integration user is called after the program. */
const OURS = new Set(['Rolecall', 'Service']);

/** What no log, file or key may hold in clear: people's names, addresses and numbers, and what opens the org. */
export function forbiddenWords(sandbox: SandboxOrg, tokens: readonly string[]): readonly string[] {
  const { org } = sandbox;
  const people = [...org.all('Lead'), ...org.all('Contact')].flatMap((person) =>
    ['Email', 'Phone', 'MobilePhone', 'FirstName', 'LastName', 'Name'].flatMap((field) => person[field] ?? []),
  );
  const users = org
    .all('User')
    .flatMap((user) => [user['Email'], user['FirstName'], user['LastName'], user['Username']]);
  const secrets = [sandbox.clientSecret, ...sandbox.privateKeyPem.split('\n'), sandbox.refreshToken, ...tokens];
  // A contact that is called `a` stands in every text.
  return [...new Set([...people, ...users, ...secrets].map(String))].filter(
    (word) => word.length > 5 && !OURS.has(word),
  );
}

export function wordsIn(text: string, words: readonly string[]): readonly string[] {
  const lowered = text.toLowerCase();
  return words.filter((word) => lowered.includes(word.toLowerCase()));
}

/** Every value of every kind of key below the prefix, as text. */
export async function dumpRedis(redis: Redis, prefix: string): Promise<string> {
  const texts: string[] = [];
  for (const key of await redis.keys(`${prefix}*`)) {
    const type = await redis.type(key);
    const read: Readonly<Record<string, () => Promise<unknown>>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, '0', '-1'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    texts.push(key, JSON.stringify(await read[type]?.()));
  }
  return texts.join('\n');
}

export function readFolder(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => path.join(folder, name)).filter((file) => statSync(file).isFile());
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}
