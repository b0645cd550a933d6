/** A cell of a CSV file; null is an empty one. */
export type Cell = string | number | boolean | null;

/** One line of CSV (RFC 4180), without its end. */
export function writeCsvLine(cells: readonly Cell[]): string {
  return cells.map(writeCell).join(',');
}

function writeCell(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  // A spreadsheet takes a text that begins so for a formula, and anybody may type one into the org.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
