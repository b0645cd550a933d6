import type { FieldSchema, ObjectSchema, QueryableOrg, SandboxValue, StoredRecord } from '../types.ts';
import { NAME_ENTITY, nameEntityRecord } from './name-entity.ts';
import { type Clause, errorAt } from './query-errors.ts';

/** What every part of one query looks at. */
export type QueryContext = {
  readonly org: QueryableOrg;
  /** As `org.object`, but asked once per name: with hidden fields the org makes a new schema each time. */
  readonly objectNamed: (name: string) => ObjectSchema | undefined;
  readonly scanAll: boolean;
  /** `v66.0`, for the urls of the records. */
  readonly apiVersion: string;
  /** The query as it came, for the carets of the errors. */
  readonly text: string;
};

export type Hop = {
  readonly relationshipName: string;
  readonly field: FieldSchema;
  /** The parent's object; the entity `Name` when the lookup points at several. */
  readonly object: ObjectSchema;
};

export type FieldPath = {
  readonly field: FieldSchema;
  /** The object that the field belongs to. */
  readonly object: ObjectSchema;
  readonly hops: readonly Hop[];
  /** The value, null through a missing parent. */
  readonly read: (record: StoredRecord) => SandboxValue;
};

/** Finds a dotted path in the schema. @throws INVALID_FIELD with a caret for an unknown field or relationship. */
export function resolvePath(
  context: QueryContext,
  object: ObjectSchema,
  alias: string | null,
  path: string,
  clause: Clause,
): FieldPath {
  const segments = withoutPrefix(path.split('.'), object, alias);
  const names = segments.slice(0, -1);
  if (names.length > MAX_LEVELS) {
    throw errorAt(
      context.text,
      clause,
      path,
      'INVALID_FIELD',
      `The field path '${path}' exceeds ${MAX_LEVELS} levels.`,
    );
  }
  const hops = hopsAlong(context, object, names, path, clause);
  const owner = hops.at(-1)?.object ?? object;
  const name = segments.at(-1) ?? '';
  const field = owner.fields.get(name.toLowerCase());
  if (field === undefined) throw unknownField(context, clause, path, name, owner);
  return { field, object: owner, hops, read: reader(context, hops, field) };
}

/** The relationships from an object up, in order. */
export function hopsAlong(
  context: QueryContext,
  object: ObjectSchema,
  names: readonly string[],
  path: string,
  clause: Clause,
): readonly Hop[] {
  const hops: Hop[] = [];
  for (const name of names) {
    const from = hops.at(-1)?.object ?? object;
    const hop = hopFrom(context, from, name);
    if (hop === null) throw unknownRelationship(context, clause, path, name);
    hops.push(hop);
  }
  return hops;
}

/** The parent that a record's lookup points at, as the hop's object shows it; null when there is none to see. */
export function parentOf(context: QueryContext, hop: Hop, record: StoredRecord): StoredRecord | null {
  const id = record[hop.field.name];
  if (typeof id !== 'string') return null;
  const parent = context.org.record(id, context.scanAll) ?? null;
  if (parent === null || hop.object !== NAME_ENTITY) return parent;
  const target = targetOf(context, hop.field, id);
  return target === null ? null : nameEntityRecord(parent, target);
}

/** The object that an id of a polymorphic lookup belongs to, told by its key prefix. */
export function targetOf(context: QueryContext, field: FieldSchema, id: string): ObjectSchema | null {
  for (const name of field.referenceTo) {
    const object = context.objectNamed(name);
    if (object?.keyPrefix !== null && object?.keyPrefix === id.slice(0, 3)) return object;
  }
  return null;
}

function reader(
  context: QueryContext,
  hops: readonly Hop[],
  field: FieldSchema,
): (record: StoredRecord) => SandboxValue {
  const { name } = field;
  const absent = field.type === 'boolean' ? false : null;
  if (hops.length === 0) return (record) => record[name] ?? absent;
  return (record) => {
    let at: StoredRecord | null = record;
    for (const hop of hops) {
      at = parentOf(context, hop, at);
      if (at === null) return null;
    }
    return at[name] ?? absent;
  };
}

function hopFrom(context: QueryContext, object: ObjectSchema, name: string): Hop | null {
  const wanted = name.toLowerCase();
  for (const field of object.fields.values()) {
    if (field.relationshipName?.toLowerCase() !== wanted) continue;
    const [only] = field.referenceTo;
    const parent = field.referenceTo.length > 1 ? NAME_ENTITY : context.objectNamed(only ?? '');
    return parent === undefined ? null : { relationshipName: field.relationshipName, field, object: parent };
  }
  return null;
}

/** `a.Name` after `FROM Account a`, and `Account.Name` in a query of Account. */
function withoutPrefix(segments: readonly string[], object: ObjectSchema, alias: string | null): readonly string[] {
  const [first, ...rest] = segments;
  if (rest.length === 0 || first === undefined) return segments;
  const isPrefix = [alias, object.name].some((prefix) => prefix?.toLowerCase() === first.toLowerCase());
  return isPrefix ? rest : segments;
}

function unknownField(context: QueryContext, clause: Clause, path: string, name: string, object: ObjectSchema): Error {
  return errorAt(
    context.text,
    clause,
    path,
    'INVALID_FIELD',
    `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to ` +
      "append the '__c' after the custom field name. Please reference your WSDL or the describe call for the " +
      'appropriate names.',
  );
}

function unknownRelationship(context: QueryContext, clause: Clause, path: string, name: string): Error {
  return errorAt(
    context.text,
    clause,
    path,
    'INVALID_FIELD',
    `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be ` +
      "sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call " +
      'for the appropriate names.',
  );
}

/** SOQL and SOSL Reference: relationships from child to parent in one path. */
const MAX_LEVELS = 5;
