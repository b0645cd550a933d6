import type { FieldDescription, ObjectDescription } from '../domain/object-description.ts';

/** What the org says about a name. */
export type FieldResolution =
  | { readonly kind: 'found'; readonly field: FieldDescription }
  | {
      readonly kind: 'unknown';
      /** The object that lacks it. */
      readonly object: string;
      /** The part of the path that it lacks. */
      readonly name: string;
      readonly known: readonly string[];
    }
  /** An object on the way was not described. */
  | { readonly kind: 'unchecked' };

/** Follows a path (`Owner.Email`) from an object; where a relationship leads to several objects, one must have the field. */
export function resolveField(
  object: string,
  path: string,
  describe: (object: string) => ObjectDescription | undefined,
): FieldResolution {
  const description = describe(object);
  if (description === undefined) return { kind: 'unchecked' };
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    const field = description.fields.get(name);
    return field === undefined ? unknown(object, name, description.fields.keys()) : { kind: 'found', field };
  }
  const relationships = [...description.fields.values()].filter(({ relationshipName }) => relationshipName !== null);
  const parent = relationships.find(({ relationshipName }) => relationshipName === name);
  if (parent === undefined)
    return unknown(
      object,
      name,
      relationships.map(({ relationshipName }) => relationshipName ?? ''),
    );
  const found = parent.referenceTo.map((target) => resolveField(target, rest.join('.'), describe));
  return (
    found.find(({ kind }) => kind === 'found') ??
    found.find(({ kind }) => kind === 'unchecked') ??
    found[0] ?? { kind: 'unchecked' }
  );
}

function unknown(object: string, name: string, known: Iterable<string>): FieldResolution {
  return { kind: 'unknown', object, name, known: [...known] };
}
