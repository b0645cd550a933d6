/**
 * The text as rules compare it (F9): NFC, trimmed, inner white space collapsed to one blank, Unicode case folding
 * (`Straße` is `STRASSE`, a final sigma is a sigma). An empty text stays empty.
 */
export function fold(text: string): string {
  return foldCase(tidy(text));
}

/** The text in NFC, trimmed, inner white space collapsed to one blank; letters keep their case. */
export function tidy(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/** Full Unicode case folding of a text, in NFC. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (/^\p{ASCII}*$/u.test(lower)) return lower;
  // Up and down again is full folding: ß and ẞ give ss, ﬁ gives fi. The dotless ı would come back as i, and the
  // lower case of Σ depends on its place in the word, so both are kept out of it.
  return lower
    .replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase())
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}
