import { describe, expect, it } from 'vitest';

import type { DeadLetter } from '../../src/domain/dead-letter.ts';
import { fullStorage, validationRule } from '../../src/sandbox/customer-rules.ts';
import { attemptsIn } from '../faults/request-facts.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { runHere } from '../support/desk.ts';
import { impatient } from '../support/impatient.ts';
import type { TestWorld } from '../support/world.ts';

async function dead({ fresh }: TestWorld, ...args: readonly string[]): Promise<string> {
  const { code, out } = await runHere(['dead', ...args], { REDIS_URL: fresh.url, REDIS_PREFIX: fresh.prefix });
  expect(code).toBe(0);
  return out.join('\n');
}

async function letters(world: TestWorld, ...filters: readonly string[]): Promise<readonly DeadLetter[]> {
  return JSON.parse(await dead(world, 'list', '--json', ...filters)) as readonly DeadLetter[];
}

function attempts({ sandbox }: CompanyWorld, object: string): number {
  return attemptsIn(sandbox.log.entries).filter((attempt) => attempt.object === object).length;
}

/** A rule of the org that a test switches. */
function switchable(object: string, words: string) {
  let isOn = false;
  return {
    rule: validationRule(object, () => isOn, words),
    set(on: boolean) {
      isOn = on;
    },
  };
}

describe('a task that the org refuses (F35, F38a)', () => {
  it('is set aside, not sent again by echoes, tried when a person changes the deal, and made once by dead retry', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const noTasks = switchable('Task', 'No tasks in November');
    org.addRule(noTasks.rule);
    noTasks.set(true);
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);

    for (let run = 0; run < 3; run++) {
      await world.once();
      clock.advance(60);
    }

    expect(company.flags(deal).status).toBe('violation');
    expect(attempts(started, 'Task')).toBe(1);
    expect(await letters(world)).toMatchObject([
      {
        object: 'Opportunity',
        record_id: deal,
        module: 'contact_roles',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'No tasks in November',
        tries: 1,
      },
    ]);

    org.as('max@northwind.example').update(deal, { Amount: 60_000 });
    await world.once();
    expect(attempts(started, 'Task')).toBe(2);

    noTasks.set(false);
    expect(await dead(world, 'retry', '--code', 'FIELD_CUSTOM_VALIDATION_EXCEPTION')).toBe(
      '1 handed to the workers again',
    );
    await world.once();
    await world.once();

    expect(company.tasks(deal)).toHaveLength(1);
    expect(attempts(started, 'Task')).toBe(3);
    expect(await letters(world)).toEqual([]);
  });
});

describe('a dead letter (D15)', () => {
  it('is listed by id, code and module, leaves when its record is through, and when the configuration changes', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const noRouting = switchable('Lead', 'Kari Hansen <kari@hansen.example> stays');
    org.addRule(noRouting.rule);
    const [refused, other] = [company.lead(), company.lead({ LastName: 'Other' })];
    noRouting.set(true);

    await world.once();

    const [letter] = await letters(world, refused);
    expect(letter).toMatchObject({ module: 'routing', message: 'Kari Hansen <…> stays' });
    expect(await letters(world, '--module', 'routing')).toHaveLength(2);
    expect(await letters(world, '--code', 'DUPLICATES_DETECTED')).toEqual([]);
    expect(await dead(world, 'list', other)).toMatch(/1 dead letter$/);

    // Nothing has changed: nothing is sent.
    const sent = attempts(started, 'Lead');
    await world.once();
    expect(attempts(started, 'Lead')).toBe(sent);

    noRouting.set(false);
    await world.once({
      adjust: (config) => impatient({ ...config, org: { ...config.org, timezone: 'Europe/Paris' } }),
    });

    expect(company.ownerOf(refused)).not.toBe('queue:Inbound_Leads');
    expect(company.ownerOf(other)).not.toBe('queue:Inbound_Leads');
    expect(await letters(world)).toEqual([]);
  });
});

describe('an org whose storage is full (D8)', () => {
  it('gets its flags all the same; tasks are set aside, and made once there is room', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    org.addRule(fullStorage('Task'));
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);

    await world.once();

    expect(company.flags(deal).status).toBe('violation');
    expect(await letters(world)).toMatchObject([{ record_id: deal, code: 'STORAGE_LIMIT_EXCEEDED' }]);

    org.setup.rules = [];
    await dead(world, 'retry', '--code', 'STORAGE_LIMIT_EXCEEDED');
    await world.once();
    expect(company.tasks(deal)).toMatchObject([{ isOpen: true }]);
    expect(await letters(world)).toEqual([]);
  });
});

it('a rule of the org that refuses most of what a module writes pauses that module until its dead letters are tried again, and nothing is lost (D15, I29)', async () => {
  await using started = await startCompany();
  const { world, company, org } = started;
  const noFlags = switchable('Opportunity', 'No flags in November');
  const deals = Array.from({ length: 20 }, (_, at) =>
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: `Deal ${at}` }),
  );
  org.addRule(noFlags.rule);
  noFlags.set(true);
  await world.once();
  const paused = world.events.filter(({ event }) => event === 'module.paused');
  expect(paused).toMatchObject([{ module: 'contact_roles', code: 'poison_share', reason: expect.stringContaining('20 of 20') }]); // oxfmt-ignore

  const sent = attempts(started, 'Opportunity');
  const later = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: 'Later' });
  const lead = company.lead();
  await expect(world.once()).rejects.toMatchObject({ code: 'blast-radius', message: expect.stringContaining('1 records are held') }); // oxfmt-ignore
  expect(attempts(started, 'Opportunity')).toBe(sent);
  expect(company.ownerOf(lead)).toBe('ron');

  noFlags.set(false);
  await dead(world, 'retry');
  await world.once();

  expect([...deals, later].map((deal) => company.flags(deal).status)).toEqual(Array(21).fill('violation'));
  expect(await letters(world)).toEqual([]);
});
