import type { Located } from './located.ts';
import type { Problem } from './problem.ts';
import type { ReadableConfig } from './schema.ts';

export function checkGraph(_config: ReadableConfig, _located: Located): readonly Problem[] {
  return [];
}
