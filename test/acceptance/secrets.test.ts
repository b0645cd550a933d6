import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { startProcess, impatientConfig } from '../faults/daemon-process.ts';
import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { dumpRedis, forbiddenWords, readFolder, wordsIn } from '../support/leaks.ts';

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
    const words = forbiddenWords(sandbox, tokens);
    expect(words).toContain('Solberg-Hagen');
    expect({ log: wordsIn(out.join('\n'), words), files: wordsIn(files, words) }).toEqual({ log: [], files: [] });
    expect(wordsIn(redis, words)).toEqual([]);
  }, 60_000);
});
