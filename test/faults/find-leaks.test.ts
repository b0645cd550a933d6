import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { watchForLeaks } from './find-leaks.ts';

it('a world of the fault suite fails its test when a file or a key holds somebody’s address (I39)', async () => {
  const started = await startCompany();
  const { world, company } = started;
  company.lead({ LastName: 'Solberg', Email: 'somebody@kunde.example' });
  const watched = watchForLeaks(started);
  writeFileSync(path.join(world.folder, 'decisions.jsonl'), '{"email":"somebody@kunde.example"}');
  await world.fresh.redis.set(`${world.fresh.prefix}:note`, 'Solberg');

  await expect(watched[Symbol.asyncDispose]()).rejects.toThrow(
    'I39: files holds "somebody@kunde.example"\nI39: Redis holds "Solberg"',
  );
});
