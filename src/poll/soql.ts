import type { Instant } from '../domain/instant.ts';

/** A SOQL string literal, quotes included. Backslash and quote are the only characters that must be escaped (SOQL reference, v65). */
export function quoteSoql(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A LIKE pattern for texts that begin so; `%` and `_` in the text stand for themselves. */
export function quotePrefix(text: string): string {
  return `'${escapeLike(text)}%'`;
}

/** A LIKE pattern for texts that hold it somewhere; `%` and `_` in the text stand for themselves. */
export function quoteInfix(text: string): string {
  return `'%${escapeLike(text)}%'`;
}

function escapeLike(text: string): string {
  return quoteSoql(text)
    .slice(1, -1)
    .replace(/[%_]/g, String.raw`\$&`);
}

/** A SOQL date/time literal, unquoted, in UTC, cut to the second: stamps have no finer resolution. */
export function soqlInstant(at: Instant): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** `'a','b'` for an `IN (…)`. */
export function quoteList(values: readonly string[]): string {
  return values.map(quoteSoql).join(',');
}

/** `SELECT …` over the records with these ids. Fields come out once each, `Id` first. */
export function selectByIds(object: string, fields: readonly string[], ids: readonly string[]): string {
  return selectWhere(object, fields, `Id IN (${quoteList(ids)})`);
}

/** `SELECT …` with a condition that the caller has quoted. Fields come out once each, `Id` first. */
export function selectWhere(object: string, fields: readonly string[], where: string): string {
  const columns = new Map(['Id', ...fields].map((field) => [field.toLowerCase(), field]));
  return `SELECT ${[...columns.values()].join(', ')} FROM ${object} WHERE ${where}`;
}
