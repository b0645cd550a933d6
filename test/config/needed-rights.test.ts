import { expect, it } from 'vitest';

import { neededRights } from '../../src/config/needed-rights.ts';
import { sandboxSchema } from '../../src/sandbox/schema/sandbox-schema.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import type { FieldSchema } from '../../src/sandbox/types.ts';
import { describeOrg } from '../faults/final-state.ts';
import { startCompany } from '../support/company-world.ts';
import { TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { loadExample } from '../support/world.ts';

const OBJECTS = ['Lead', 'Account', 'Contact', 'Opportunity', 'OpportunityContactRole', 'Task', 'Event'];

/** What must be there or is the system's has no right of its own. */
function hasOwnRight({ nillable, updateable }: FieldSchema): boolean {
  return nillable && updateable;
}

it('a daemon that sees no field but those that it is said to need does the same', async () => {
  const { read } = neededRights(loadExample());
  const schema = sandboxSchema();
  const ends = [];
  for (const isLeast of [false, true]) {
    await using started = await startCompany({ records: tinySeed(TUESDAY), frozenAt: TUESDAY });
    const { world, company, org, sandbox } = started;
    const hidden = OBJECTS.flatMap((object) =>
      [...schema.get(object.toLowerCase())!.fields.values()]
        .filter((field) => hasOwnRight(field) && !read.has(field.name.toLowerCase()))
        .map(({ name }) => [object, name] as const),
    );
    if (isLeast) for (const [object, field] of hidden) org.hideField(object, field);
    company.lead();
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);

    const events = await world.once();
    const [explained, reported] = [
      await runOn(world, ['explain', deal]),
      await runOn(world, ['report', 'contact-roles']),
    ];

    expect(hidden.length).toBeGreaterThan(50);
    expect(events.filter(({ event }) => ['module.paused', 'poll.failed', 'work.failed'].includes(event))).toEqual([]);
    expect([explained.code, reported.code]).toEqual([0, 0]);
    const refused = sandbox.log.entries.flatMap(({ refusals }) => refusals);
    expect(refused.filter(({ code }) => code === 'INVALID_FIELD')).toEqual([]);
    // The first line tells the time.
    ends.push([describeOrg(sandbox), reported.out.slice(1)]);
  }

  expect(ends[1]).toEqual(ends[0]);
});
