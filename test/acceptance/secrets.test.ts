import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Redis } from 'ioredis';

import { startProcess, impatientConfig } from '../faults/daemon-process.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';

/** The integration user is called after the program. */
const OURS = new Set(['Rolecall', 'Service']);

/** What no log, file or key may hold in clear: people's names, addresses and numbers, and what opens the org. */
function forbiddenWords({ sandbox, org }: CompanyWorld, tokens: readonly string[]): readonly string[] {
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

function wordsIn(text: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => text.toLowerCase().includes(word.toLowerCase()));
}

/** Every value of every kind of key below the prefix, as text. */
async function dumpRedis(redis: Redis, prefix: string): Promise<string> {
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

function readFolder(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => path.join(folder, name)).filter((file) => statSync(file).isFile());
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

describe('what the daemon tells and keeps', () => {
  it('holds no person’s name, address or number, and no secret, at level debug and with failures (XE18, I39)', async () => {
    await using started = await startCompany();
    const { world, sandbox, company } = started;
    for (const last of ['Solberg-Hagen', 'Testperson', 'Vandervliet']) {
      company.lead({ LastName: last, FirstName: 'Friederike', Email: `friederike.${last}@kunde.example` });
    }
    company.lead({ LastName: 'Unplaceable', FirstName: 'Marguerite', Country: null });
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const refusal = sandbox.faults.add({
      when: { kind: 'collection', body: 'Vandervliet' },
      do: {
        kind: 'refuse-rows',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'Email: friederike.vandervliet@kunde.example is not liked',
      },
    });
    sandbox.faults.add({ when: { kind: 'query' }, skip: 6, times: 1, do: { kind: 'reset', at: 'after-commit' } });
    const tokens: string[] = [];
    sandbox.hooks.onRequest = ({ headers }) => {
      const token = headers['authorization']?.split(' ')[1];
      if (token !== undefined) tokens.push(token);
    };
    const config = { CONFIG_DIR: impatientConfig(world.folder), LOG_LEVEL: 'debug' };

    const { code, out, err } = await startProcess(world, ['--once'], config).ended;
    const redis = await dumpRedis(world.fresh.redis, world.fresh.prefix);
    const files = readFolder(path.join(world.folder, 'data'));

    expect(refusal.fired()).toBeGreaterThan(0);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.length).toBeGreaterThan(20);
    expect(files).toContain('"record_id"');
    const words = forbiddenWords(started, tokens);
    expect(words).toContain('Solberg-Hagen');
    expect({ log: wordsIn(out.join('\n'), words), files: wordsIn(files, words) }).toEqual({ log: [], files: [] });
    expect(wordsIn(redis, words)).toEqual([]);
  }, 60_000);
});
