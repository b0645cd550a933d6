import { AppError } from './error.ts';

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Whether the text has the form of a Salesforce id, in 15 or 18 characters. */
export function isRecordId(text: string): boolean {
  return /^[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?$/.test(text);
}

/**
 * The 18-character form, the only one used inside: 15-character ids differ only by case (F30).
 * @throws AppError `bad-id` (dead-letter) when the text has not the form of an id.
 */
export function to18(id: string): string {
  if (!isRecordId(id)) {
    throw new AppError({
      code: 'bad-id',
      recovery: 'dead-letter',
      message: `"${id}" is not a Salesforce id`,
      mend: 'give the 15 or 18 characters of the record page',
    });
  }
  const short = id.slice(0, 15);
  let checksum = '';
  for (let block = 0; block < 3; block++) {
    let bits = 0;
    for (let place = 0; place < 5; place++) {
      if (/[A-Z]/.test(short.charAt(block * 5 + place))) bits |= 1 << place;
    }
    checksum += SUFFIX.charAt(bits);
  }
  return short + checksum;
}
