import type { Fields } from '../../domain/record.ts';

/** How many units of a currency one unit of the corporate currency is, and on which days: `2026-11-24`, `until` exclusive. */
export type DatedRate = {
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly rate: number;
};

/** The rates of an org with several currencies (Salesforce: CurrencyType and DatedConversionRate). */
export type CurrencyRates = {
  /** The corporate currency, into which amounts are converted. */
  readonly corporate: string;
  readonly current: ReadonlyMap<string, number>;
  /** Empty without advanced currency management: then the current rate holds for every day. */
  readonly dated: readonly DatedRate[];
};

/**
 * The Amount of an opportunity in corporate currency, at the rate of its CloseDate. A blank one is 0.
 * Null when the rate is not known: it is never taken for 1 (KE15).
 * @param rates  null in an org with one currency
 */
export function corporateAmount(fields: Fields, rates: CurrencyRates | null): number | null {
  const amount = Number(fields['Amount'] ?? 0);
  if (rates === null || amount === 0) return amount;
  const currency = fields['CurrencyIsoCode'];
  if (typeof currency !== 'string') return null;
  if (currency === rates.corporate) return amount;
  const rate = datedRate(currency, fields['CloseDate'], rates.dated) ?? rates.current.get(currency);
  return rate === undefined || rate <= 0 ? null : amount / rate;
}

function datedRate(currency: string, closeDate: unknown, dated: readonly DatedRate[]): number | undefined {
  if (typeof closeDate !== 'string') return undefined;
  return dated.find((each) => each.currency === currency && each.from <= closeDate && closeDate < each.until)?.rate;
}
