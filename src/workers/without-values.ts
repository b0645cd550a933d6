/** The org's words may quote the value that it refuses; people's data is nobody's business in letters and alerts. */
export function withoutValues(text: string): string {
  return text.replace(/(data value too large: ).*(?= \(max length)/s, '$1…').replace(/[^\s'"<>(]+@[^\s'"<>)]+/g, '…');
}
