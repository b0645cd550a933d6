import { fold } from '../text/fold.ts';

const SMALL_WORDS = new Set(['the', 'of', 'and']);
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
};

/**
 * The form in which two spellings of a place's name are the same: folded, without accents and punctuation, `St` as
 * `Saint`, and the words sorted, so that `Korea, Republic of` is `Republic of Korea`. Empty when no letter is left.
 */
export function placeKey(text: string): string {
  const words = fold(text)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .normalize('NFC')
    .replace(/[øłđðıæœþ]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replace(/[.'’‘`ʻ]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
    .split(' ');
  // AND is also a code, Andorra's.
  const proper = words.filter((word) => !SMALL_WORDS.has(word));
  return (proper.length > 0 ? proper : words)
    .map((word) => (word === 'st' ? 'saint' : word))
    .sort()
    .join(' ');
}
