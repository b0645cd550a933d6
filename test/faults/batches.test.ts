import { describe, expect, it } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import { startCompany } from '../support/company-world.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { deadLetters, someDeals, triesOf, unflagged } from './many-deals.ts';

/** The answer to the second of several collections is 503, whatever became of it. */
function loseSecond(answer: unknown): unknown {
  const { compositeResponse } = answer as { readonly compositeResponse: readonly object[] };
  return {
    compositeResponse: compositeResponse.map((part, index) =>
      index === 1 ? { ...part, httpStatusCode: 503, body: null } : part,
    ),
  };
}

describe('a batch of many deals', () => {
  it('of whose answer the second half is lost sends nobody’s flags twice (FM 25)', async () => {
    await using started = await startCompany();
    const { world, sandbox } = started;
    const deals = someDeals(started, 230);
    const lost = sandbox.faults.add({
      when: { kind: 'composite', body: 'Contact_Role_Status__c' },
      times: 1,
      do: { kind: 'edit', edit: loseSecond },
    });

    await world.once();

    expect(lost.fired()).toBe(1);
    expect(unflagged(started, deals)).toEqual([]);
    expect(new Set(triesOf(started, deals))).toEqual(new Set([1]));
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('of 75 of which 15 are refused and the others are halted sends the halted again, at no cost to them (FM 27)', async () => {
    await using started = await startCompany();
    const { world, sandbox, org } = started;
    const deals = someDeals(started, 75);
    const poison = deals.filter((_, index) => index % 5 === 0);
    const words = 'Not this one';
    org.addRule(
      validationRule('Opportunity', ({ Id }, before) => before !== null && poison.includes(String(Id)), words),
    );
    const halted = sandbox.faults.add({
      when: { kind: 'collection', body: 'Contact_Role_Status__c' },
      times: 3,
      do: {
        kind: 'refuse-rows',
        code: 'PROCESSING_HALTED',
        message: 'The transaction was rolled back since another operation in the same transaction failed',
        where: ({ id }) => !poison.includes(String(id)),
      },
    });

    await world.once();

    expect(halted.fired()).toBe(3);
    expect(unflagged(started, deals)).toEqual(poison);
    expect(triesOf(started, poison)).toEqual(poison.map(() => 1));
    expect(await deadLetters(started)).toHaveLength(15);
    expect(writesIn(await world.once())).toEqual([]);
  });
});
