import { describe, expect, it } from 'vitest';

import type { Fields } from '../../../src/domain/record.ts';
import { readAccount, type AccountCandidate } from '../../../src/rules/routing/match-account.ts';
import { aUser, ownerOf, route, routingOf, worldWith } from './support/builders.ts';
import { exampleRouting } from './support/example.ts';

const KIM = 'kim@northwind.example';
const LEE = 'lee@northwind.example';

function anAccount(id: string, ownerId: string, fields: Fields): AccountCandidate {
  const common = { Name: 'Acme Holding', Website: 'www.acme.example', BillingCountry: 'France' };
  return { id, ownerId, fields: readAccount({ ...common, ...fields }) };
}

/** Who gets a lead by its account; null when no account is its own. */
function ownerByAccount(lead: Fields, ...accounts: readonly AccountCandidate[]): string | null {
  const ruling = route(exampleRouting, { Country: 'FR', ...lead }, { accounts });
  return ruling.route === 'matched_account' ? ownerOf(ruling) : null;
}

describe('matched account (R5)', () => {
  it.each<[string, Fields, Fields, string | null]>([
    ['the address’s domain is enough', { Email: 'a@acme.example' }, {}, KIM],
    ['RE10: web site and country are enough', { Website: 'acme.example' }, {}, KIM],
    ['the web site alone is not', { Website: 'acme.example', Country: 'DE' }, {}, null],
    ['RE10: name and country are not', { Company: 'Acme Holding GmbH' }, {}, null],
    ['a country alone is not', {}, {}, null],
    ['RE9: a free domain is no key', { Email: 'a@gmail.com' }, { Website: 'gmail.com' }, null],
    ['RE9: not on the web site either', { Website: 'gmail.com' }, { Website: 'gmail.com' }, null],
    ['an account that the condition leaves out', { Email: 'a@acme.example' }, { Status__c: 'Inactive' }, null],
    ['a country that is written otherwise', { Website: 'acme.example' }, { BillingCountry: 'FRA' }, KIM],
  ])('%s', (_, lead, account, expected) => {
    expect(ownerByAccount(lead, anAccount('001000000000001AAA', KIM, account))).toBe(expected);
  });

  it('a country alone is not even where its points would be enough', () => {
    const rules = routingOf('matched_account: { keys: { email_domain: 60, country: 60 }, accept_score: 60 }');
    const accounts = [anAccount('001000000000001AAA', KIM, {})];

    expect(route(rules, { Country: 'FR' }, { accounts }).route).toBe('fallback');
    expect(route(rules, { Country: 'FR', Email: 'a@acme.example' }, { accounts }).steps[0]?.reason).toMatch(
      /^\w+:matched_account/,
    );
  });

  it('the highest score wins', () => {
    const both = anAccount('001000000000002AAA', LEE, { Name: 'Acme' });
    const one = anAccount('001000000000001AAA', KIM, { BillingCountry: 'DE' });

    expect(ownerByAccount({ Email: 'a@acme.example', Company: 'ACME S.A.' }, one, both)).toBe(LEE);
  });

  it.each<[string, Fields, Fields]>([
    ['RE8: a customer', { Type: 'Prospect', OpenOpportunities: 9 }, { Type: 'customer' }],
    ['RE8: then more open opportunities', { OpenOpportunities: 2 }, { OpenOpportunities: 10 }],
    ['then the latest activity', { LastActivityDate: null }, { LastActivityDate: '2026-01-01' }],
    [
      'then the oldest',
      { CreatedDate: '2025-01-02T00:00:00.000+0000' },
      { CreatedDate: '2025-01-01T00:00:00.000+0000' },
    ],
    ['RE8: at last the lowest id', {}, {}],
  ])('of two alike takes %s', (_, loser, winner) => {
    const accounts = [anAccount('001000000000002AAA', LEE, loser), anAccount('001000000000001AAA', KIM, winner)];
    const lead = { Email: 'a@acme.example' };

    expect(ownerByAccount(lead, ...accounts)).toBe(KIM);
    expect(ownerByAccount(lead, ...accounts.toReversed())).toBe(KIM);
  });

  it('RE11: an inactive owner is passed, the next account is not taken, and it is found out', () => {
    const world = worldWith(exampleRouting, [aUser(KIM, { isActive: false })]);
    const accounts = [
      anAccount('001000000000001AAA', KIM, { Type: 'Customer' }),
      anAccount('001000000000002AAA', LEE, {}),
    ];

    const ruling = route(exampleRouting, { Email: 'a@acme.example', Country: 'Norway' }, { accounts, world });

    expect(ruling).toMatchObject({ route: 'territory', findings: ['account_owner_inactive'] });
  });
});
