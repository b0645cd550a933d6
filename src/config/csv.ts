/** One record of a CSV text and the line it starts on, from 1. */
export type CsvRecord = { readonly line: number; readonly values: readonly string[] };

/** The next field with what ends it: quoted (RFC 4180: commas, line ends and doubled quotes inside), or plain. */
const FIELD = /[^\S\r\n]*(?:"((?:[^"]|"")*)"[^\S\r\n]*|([^",\r\n][^,\r\n]*)?)(,|\r\n|\n|\r|$)/y;

/**
 * The records of a CSV text, without blank lines; white space around values and a byte order mark are dropped.
 * `brokenAt` is the line where a quote stands astray and reading stopped, else null.
 */
export function readCsv(text: string): { readonly records: readonly CsvRecord[]; readonly brokenAt: number | null } {
  const source = text.replace(/^\uFEFF/, '');
  const records: CsvRecord[] = [];
  let values: string[] = [];
  let line = 1;
  let startLine = 1;
  for (let at = 0; at < source.length || values.length > 0;) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(source);
    if (match === null) return { records, brokenAt: line };
    const [whole, quoted, plain = '', end = ''] = match;
    at += whole.length;
    values.push((quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim());
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ',') continue;
    if (values.some((value) => value !== '')) records.push({ line: startLine, values });
    values = [];
    startLine = line;
  }
  return { records, brokenAt: null };
}
