import type { Fields, FieldValue } from '../domain/record.ts';

/** What a name in braces stands for; null is a blank, undefined a name that nobody knows. */
export type TemplateValues = (name: string) => FieldValue | undefined;

const PLACEHOLDER = /\{([^{}\n]+)\}/g;

/**
 * The names in braces, each once, in the order of their first use: `{Company} in {geo.country}` has two.
 * Whatever stands in braces is a name, so that a misspelt one is a problem of the configuration and not of a task's text.
 */
export function templateNames(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name.trim()))];
}

/**
 * The text with every `{name}` replaced. A blank and a name without a value render as nothing.
 * The values are not rendered again: a company called `{now}` stays one.
 */
export function renderTemplate(text: string, values: TemplateValues): string {
  return text.replace(PLACEHOLDER, (_, name: string) => String(values(name.trim()) ?? ''));
}

/**
 * What a `set:` entry writes. A text that is one placeholder and nothing else keeps the type of its value,
 * so that `'{points}'` fits a number field and a blank clears; a value that is not a text is itself.
 */
export function renderValue(value: FieldValue, values: TemplateValues): FieldValue {
  if (typeof value !== 'string') return value;
  const [only] = templateNames(value);
  if (only !== undefined && /^\{[^{}\n]+\}$/.test(value)) return values(only) ?? null;
  return renderTemplate(value, values);
}

/**
 * What a whole `set:` writes, and which of its fields are stamps: those that name `{now}`. A stamp alone is no reason to
 * write, since it differs at every decision.
 */
export function renderSet(
  templates: Fields,
  values: TemplateValues,
): { readonly set: Fields; readonly stamps: readonly string[] } {
  const entries = Object.entries(templates);
  return {
    set: Object.fromEntries(entries.map(([field, template]) => [field, renderValue(template, values)])),
    stamps: entries.filter(([, template]) => isStamp(template)).map(([field]) => field),
  };
}

function isStamp(template: FieldValue): boolean {
  return typeof template === 'string' && templateNames(template).includes('now');
}
