import { createHash } from 'node:crypto';

import type { Fields, Row } from '../domain/record.ts';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { Creation, Fate, Update, WriteWorld } from './write-back.ts';

/** Whether the org has refused exactly this under the configuration of now (D15). */
export function isRefused(
  letter: DeadLetter | undefined,
  attempt: string,
  { configHash }: Pick<WriteWorld, 'configHash'>,
): letter is DeadLetter {
  return letter !== undefined && letter.attempt === attempt && letter.config_hash === configHash();
}

/** The refusal that the letter tells of. */
export function readLetter({ module, code, message, fields, attempt }: DeadLetter): Fate {
  return { kind: 'refused', module, code, message, fields, recovery: 'dead-letter', attempt, isKnown: true };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** The same text for the same change of the same state of the record; the time of the decision is no difference. */
export function attemptOf({ id, fields }: Update, shown: Row | undefined): string {
  return digestOf([id, shown?.['SystemModstamp'], lastingFields(fields)]);
}

/** The fields in order, without those that hold the time of a decision. */
export function lastingFields(fields: Fields): readonly (readonly [string, unknown])[] {
  const lasting = Object.entries(fields).filter(([, value]) => typeof value !== 'string' || !INSTANT.test(value));
  return lasting.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The same text for the same creation while people leave the record alone. */
export function attemptToMake({ key, stand }: Creation): string {
  return digestOf([key, stand]);
}

/** What a configuration writes may hold names: only a digest of it is kept. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
