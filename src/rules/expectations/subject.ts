import type { RuleTest } from './schema.ts';

/** A value that a test may expect; instants as epoch milliseconds. */
export type Expectable = string | number | boolean | null | readonly string[] | Readonly<Record<string, unknown>>;

/** What the rules say of a subject, by the keys of `expect`; or why they cannot say anything. */
export type Answer = { readonly values: Readonly<Record<string, Expectable>> } | { readonly unanswered: string };

/** The tests of one subject. */
export type TestOf<Name extends string> = Extract<RuleTest, { readonly [Key in Name]: unknown }>;

/** The answer where the configuration has no such section. */
export function withoutSection(section: string): Answer {
  return { unanswered: `the configuration has no section ${section}` };
}
