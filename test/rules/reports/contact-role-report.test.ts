import { describe, expect, test } from 'vitest';

import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import { reportContactRoles } from '../../../src/rules/reports/contact-role-report.ts';
import { corporateAmount, type CurrencyRates } from '../../../src/rules/reports/currency.ts';
import { NOW, anOpportunity, someRules } from '../contact-roles/support/builders.ts';

const RATES: CurrencyRates = {
  corporate: 'EUR',
  current: new Map([
    ['EUR', 1],
    ['USD', 1.25],
    ['GBP', 0.8],
  ]),
  dated: [
    { currency: 'USD', from: '2026-01-01', until: '2026-07-01', rate: 2 },
    { currency: 'USD', from: '2026-07-01', until: '9999-12-31', rate: 1.25 },
  ],
};

describe('amounts in corporate currency', () => {
  test.each([
    { name: 'stay as they are in it', fields: { Amount: 100, CurrencyIsoCode: 'EUR' }, amount: 100 },
    { name: 'are converted', fields: { Amount: 100, CurrencyIsoCode: 'GBP' }, amount: 125 },
    {
      name: 'take the rate of the close date',
      fields: { Amount: 100, CurrencyIsoCode: 'USD', CloseDate: '2026-06-30' },
      amount: 50,
    },
    {
      name: 'take the new rate from its first day on',
      fields: { Amount: 100, CurrencyIsoCode: 'USD', CloseDate: '2026-07-01' },
      amount: 80,
    },
    { name: 'are not known without a rate (KE15)', fields: { Amount: 100, CurrencyIsoCode: 'CHF' }, amount: null },
    { name: 'are 0 when they are blank', fields: { Amount: null, CurrencyIsoCode: 'CHF' }, amount: 0 },
  ])('$name', ({ fields, amount }) => {
    expect(corporateAmount(fields, RATES)).toBe(amount);
  });

  test('are the amounts themselves in an org with one currency', () => {
    expect(corporateAmount({ Amount: 100 }, null)).toBe(100);
  });
});

describe('the report', () => {
  const rules = someRules();
  const deals = (...currencies: readonly string[]) =>
    currencies.map((CurrencyIsoCode) => {
      const view = anOpportunity({ fields: { Amount: 10_000, CurrencyIsoCode } });
      return { view, ruling: decideContactRoles(rules, view, NOW) };
    });

  test('never adds up currencies, and says what it left out (KE15)', () => {
    const report = reportContactRoles(deals('EUR', 'GBP', 'CHF', 'CHF'), deals('SEK'), [], RATES);

    expect(report.open_opps_without_contact_roles).toEqual({ opportunities: 4, amount: 22_500 });
    expect(report.closed_without_committee).toEqual({ opportunities: 1, amount: 0 });
    expect(report.findings).toEqual([
      { finding: 'currency_rate_missing', currency: 'CHF', opportunities: 2 },
      { finding: 'currency_rate_missing', currency: 'SEK', opportunities: 1 },
    ]);
  });
});
