import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import { runHere } from '../support/desk.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');

let world: TestWorld;

beforeEach(async () => {
  world = await startWorld({ records: tinySeed(NOW), frozenAt: NOW }, { adjust: atMostThreeFlags });
});
afterEach(() => world[Symbol.asyncDispose]());

function atMostThreeFlags(config: Config): Config {
  const radius = { ...config.write.blast_radius, flag_changes: { max: 3, per: 600_000 } };
  return { ...config, write: { ...config.write, blast_radius: radius } };
}

function flagged(): number {
  return world.sandbox.org.all('Opportunity', (deal) => typeof deal['Contact_Role_Status__c'] === 'string').length;
}

async function run(...argv: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await runHere(argv, { REDIS_URL: world.fresh.url, REDIS_PREFIX: world.fresh.prefix });
  expect(code).toBe(0);
  return out;
}

describe('the blast radius (F36)', () => {
  it('pauses the module past its limit, by one event, and ends --once with what is held', async () => {
    const ending = world.once();

    await expect(ending).rejects.toMatchObject({ code: 'blast-radius' });
    expect(flagged()).toBe(3);
    expect(world.events.filter(({ event }) => event === 'module.paused')).toMatchObject([
      { module: 'contact_roles', code: 'blast_radius' },
    ]);
  });

  it('writes the rest in its order once a person resumes the module', async () => {
    await world.once().catch(() => undefined);

    for (let resumed = 0; resumed < 2; resumed++) {
      await run('resume', 'contact_roles');
      await world.once().catch(() => undefined);
    }

    expect(flagged()).toBe(7);
  });

  it('forgets what is held when a person discards it', async () => {
    await world.once().catch(() => undefined);

    expect(await run('discard', 'contact_roles')).toEqual(['5 held records of contact_roles are dropped']);
    await run('resume', 'contact_roles');
    await world.once();

    expect(flagged()).toBe(3);
  });
});

it('a paused module decides and holds, the others go on', async () => {
  await run('pause', 'routing');
  const inbound = world.sandbox.org.all('Group', ({ DeveloperName }) => DeveloperName === 'Inbound_Leads')[0]!['Id'];

  await world.once().catch(() => undefined);

  const waiting = world.sandbox.org.all('Lead', ({ OwnerId }) => OwnerId === inbound);
  expect(waiting).toHaveLength(11);
  expect(flagged()).toBe(3);
});
