import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { compileRulebook } from '../../src/rules/rulebook.ts';
import type { LeadModule } from '../../src/workers/leads/lead-input.ts';
import { replayLead } from '../../src/workers/leads/replay-lead.ts';
import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { loadExample, startWorld, type TestWorld } from '../support/world.ts';

type Line = {
  readonly id: string;
  readonly ts: string;
  readonly module: LeadModule;
  readonly record_id: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
};

function readDecisions({ folder }: TestWorld): readonly Line[] {
  const text = readFileSync(path.join(folder, 'decisions.ndjson'), 'utf8');
  const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Line); // oxfmt-ignore
  return lines.filter(({ module }) => module === 'qualification' || module === 'routing');
}

/** What the log says of a decision, in a word or two. */
function kindOf({ module, result }: Line): string {
  const { result: kind, route, reason, pool } = result;
  const why = route === 'territory' ? pool : (route ?? (kind === 'disqualified' ? reason : null));
  return [module, kind, why].flatMap((part) => (typeof part === 'string' ? [part] : [])).join(' ');
}

it('what the decision log keeps is enough to decide again, to the same result (F39, F40)', async () => {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  await using _ = world;
  const { sandbox } = world;
  const { org, clock } = sandbox;
  clock.set(TUESDAY);
  const company = openCompany(sandbox);
  const asLee = org.as('lee@northwind.example');
  org.admin.insert('Account', {
    Name: 'Acme Holding',
    Website: 'www.acme.example',
    BillingCountry: 'France',
    OwnerId: company.userId('lee'),
  });
  org.admin.insert('Account', { Name: 'Anybody', Website: 'gmail.com', OwnerId: company.userId('lee') });
  asLee.insert('Contact', { LastName: 'Berg', Email: 'Nils@Berg.example', OwnerId: company.userId('lee') });

  const uki = ['One', 'Two', 'Three'].map((name) =>
    company.lead({ LastName: name, Country: 'United Kingdom', PostalCode: 'M1 1AA' }),
  );
  company.lead({ LastName: 'Berg', Email: 'nils@berg.example' });
  company.lead({ LastName: 'Web', Email: 'a@sales.example', Website: 'acme.example', Country: 'FR' });
  // A domain that only the hidden address tells, and a free one that is no company's (RE9).
  company.lead({ LastName: 'Mail', Email: 'a@acme.example', Country: 'FR' });
  company.lead({ LastName: 'Free', Email: 'a@gmail.com', LeadSource: 'Partner Referral' });
  company.lead({ LastName: 'Munich', Country: 'Germany', PostalCode: '80331' });
  company.lead({ LastName: 'Sold', Country: 'US', State: 'NY', PostalCode: '10001', NumberOfEmployees: 5000 });
  company.lead({ LastName: 'Seoul', Country: 'KR' });
  company.lead({ LastName: 'Chosen', Routing_Override_User__c: company.userId('kim') });
  company.lead({ LastName: 'TEST' });
  company.lead({ LastName: 'Nowhere', Country: null });
  company.lead({ LastName: 'Cold', LeadSource: 'Webinar' });
  company.lead({ LastName: 'Ours', OwnerId: company.userId('max') });
  await world.once();
  clock.advance(60);
  org.as('marketo@northwind.example').update(uki[0]!, { Country: 'France', PostalCode: null });
  asLee.update(uki[1]!, { OwnerId: company.userId('lee') });
  await world.once();

  const lines = readDecisions(world);
  const rulebook = compileRulebook(loadExample(), null);
  const replayed = lines.map(({ record_id: recordId, ts, input }) =>
    replayLead({ recordId, at: Date.parse(ts), input }, rulebook),
  );

  expect([...new Set(lines.map(kindOf))].toSorted()).toEqual([
    'qualification disqualified junk_name',
    'qualification hold',
    'qualification nurture',
    'qualification out_of_scope',
    'qualification qualified',
    'routing assigned dach',
    'routing assigned fallback',
    'routing assigned matched_account',
    'routing assigned nordics',
    'routing assigned record_override',
    'routing assigned sticky_duplicate',
    'routing assigned uki',
    'routing noop',
    'routing owned',
    'routing waiting',
  ]);
  expect(replayed).toEqual(lines.map(({ result }) => result));
  // Same id, same result: no two decisions that differ have one.
  const results = Map.groupBy(lines, ({ id }) => id);
  expect(
    [...results.values()].filter((same) => new Set(same.map(({ result }) => JSON.stringify(result))).size > 1),
  ).toEqual([]);
  const munich = lines.find(({ result }) => result['pool'] === 'dach')!;
  const [pia, otto] = [company.userId('pia'), company.userId('otto')];
  const nobody = { cw: 0, last_at: null, open: 0, today: 0 };
  expect(munich.input['route']).toMatchObject({
    pools: {
      'dach-south': { turns: 0, members: { [pia]: { ...nobody, out: 'away' } } },
      dach: { turns: 0, members: { [otto]: { ...nobody, out: null }, [pia]: { ...nobody, out: 'away' } } },
    },
  });
  const junk = lines.find(({ result }) => result['reason'] === 'junk_name')!;
  expect(junk.input['LastName']).toMatch(/^hmac:/);
  expect(junk.input['conditions']).toMatchObject({ 'LastName {"matches":"^(test|asdf+|qwerty|none|n/?a)$"}': true });
}, 60_000);
