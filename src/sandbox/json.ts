/** A JSON object as a request holds it. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object; a list is none. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar as text, without quotes; anything else as its JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
