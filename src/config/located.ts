import type { LocatedYaml, Path } from './located-yaml.ts';
import type { Place } from './problem.ts';

/** The source of a configuration: what stands where, over all its files. */
export type Located = {
  /** The place of what stands at the path, or of the nearest thing around it. Paths start with a section's name. */
  readonly locate: (path: Path, part?: 'key' | 'value') => Place;
  /** The plain value at a path as it is written, or undefined. */
  readonly valueAt: (path: Path) => unknown;
};

/** @param fileOf  the file of each section  @param fallback  the place of what no file holds */
export function locateIn(fileOf: ReadonlyMap<string, LocatedYaml>, fallback: Place): Located {
  return {
    locate: (path, part) => fileOf.get(String(path[0]))?.locate(path, part) ?? fallback,
    valueAt: (path) => {
      let value: unknown = fileOf.get(String(path[0]))?.values;
      for (const step of path) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
        value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
      }
      return value;
    },
  };
}
