import { fold } from './fold.ts';

const TRAILING = new Set(
  `ab ag and aps as asa bv co company corp corporation eg ev gmbh inc incorporated kft kg kgaa kk limited llc llp lp ltd ltda
  mbh nv oy oyj plc pt pte pty pvt sa sarl sas sau se sl spa srl sro ug uab`.split(/\s+/),
);

/**
 * A company's name in the form in which two spellings of it are the same: folded, without accents and punctuation, `&`
 * as `and`, a leading `the` and trailing legal forms (`Fjord A/S`, `Acme Co., Ltd.`) removed (so is the `and` of `Smith and Co`). A name that is nothing but
 * a legal form stays. Null when no letter or digit is left.
 */
export function companyName(text: string): string | null {
  const plain = fold(text)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .normalize('NFC')
    .replaceAll('&', ' and ')
    // S.p.A. and A/S are one word each; other punctuation parts words.
    .replace(/(?<=\b\p{L})[./](?=\p{L}\b)/gu, '')
    .replace(/['’`.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (plain === '') return null;
  const words = plain.split(' ');
  if (words.length > 1 && words[0] === 'the') words.shift();
  while (words.length > 1 && TRAILING.has(words.at(-1) ?? '')) words.pop();
  return words.join(' ');
}
