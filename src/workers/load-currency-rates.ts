import { AppError } from '../domain/error.ts';
import type { Row } from '../domain/record.ts';
import { selectWhere } from '../poll/soql.ts';
import type { Salesforce } from '../ports.ts';
import type { CurrencyRates } from '../rules/reports/currency.ts';

/**
 * The org's rates of exchange; null where it has one currency: then it has no such objects. At most two calls.
 * @throws AppError when they cannot be read for another reason
 */
export async function loadCurrencyRates(salesforce: Salesforce, signal: AbortSignal): Promise<CurrencyRates | null> {
  const fields = ['IsoCode', 'ConversionRate', 'IsCorporate'];
  const types = await rowsIfThere(selectWhere('CurrencyType', fields, 'IsActive = true'), salesforce, signal);
  const corporate = types.find((row) => row['IsCorporate'] === true)?.['IsoCode'];
  if (typeof corporate !== 'string') return null;
  const dated = 'SELECT Id, IsoCode, ConversionRate, StartDate, NextStartDate FROM DatedConversionRate';
  const rates = await rowsIfThere(dated, salesforce, signal);
  return {
    corporate,
    current: new Map(types.map((row) => [String(row['IsoCode']), Number(row['ConversionRate'])])),
    dated: rates.map((row) => ({
      currency: String(row['IsoCode']),
      rate: Number(row['ConversionRate']),
      from: String(row['StartDate']),
      until: String(row['NextStartDate']),
    })),
  };
}

/** An org without several currencies, or without dated rates, does not know the object. */
async function rowsIfThere(soql: string, salesforce: Salesforce, signal: AbortSignal): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    for await (const page of salesforce.query({ soql }, signal)) rows.push(...page.rows);
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_TYPE') return [];
    throw error;
  }
  return rows;
}
