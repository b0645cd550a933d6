import { describe, expect, it } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import { startCompany } from '../support/company-world.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { attemptsIn } from './request-facts.ts';

describe('a write of 200 rows', () => {
  it('writes 198, sets one aside with the rule’s words, and tries the locked one alone (F35, XE20)', async () => {
    await using started = await startCompany();
    const { world, company, sandbox, org } = started;
    const deals = Array.from({ length: 200 }, (_, index) =>
      company.opportunity('Qualification', [['a', 'Champion', true]], { Name: `Deal ${index + 1}` }),
    );
    const [refused, locked] = [deals[56]!, deals[119]!];
    const words = 'Deal 57 may not be flagged';
    org.addRule(validationRule('Opportunity', ({ Name }) => Name === 'Deal 57', words));
    const release = org.hold(locked);
    sandbox.hooks.afterCommit = (request) => {
      if (attemptsIn([request]).some(({ id }) => id === locked)) release();
    };

    const events = await world.once();

    expect(writesIn(events)).toMatchObject([
      { object: 'Opportunity', records: 200, failed: 2 },
      { object: 'Opportunity', records: 1, failed: 0 },
    ]);
    const flagged = deals.filter((deal) => company.flags(deal).status === 'compliant');
    expect(flagged).toHaveLength(199);
    expect(company.flags(refused).status).toBeNull();
    const letters = await world.fresh.redis.hvals(`${world.fresh.prefix}:dead-letters`);
    expect(letters.map((letter) => JSON.parse(letter) as unknown)).toMatchObject([
      { record_id: refused, code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: words, tries: 1 },
    ]);
    const again = attemptsIn(sandbox.log.entries).filter(({ id }) => id === locked);
    expect(again).toHaveLength(2);
    expect(findViolations(sandbox)).toEqual([]);
    expect(writesIn(await world.once())).toEqual([]);
  });
});
