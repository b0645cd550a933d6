import type { FieldSchema, ObjectSchema, SandboxValue, StoredRecord } from '../types.ts';
import { type ChildQuery, compileChildQuery, renderChildren } from './child-query.ts';
import { type Hop, type QueryContext, hopsAlong, parentOf, resolvePath, targetOf } from './field-path.ts';
import { NAME_ENTITY, objectNameOf } from './name-entity.ts';
import { malformed } from './query-errors.ts';
import type { FunctionCall, SelectItem, Statement } from './statement.ts';

type Rendered = Record<string, unknown>;

/** What to show of a record, in the order of the SELECT clause. */
export type Selection = { readonly object: ObjectSchema; readonly entries: Entry[] };

type Entry =
  | { readonly kind: 'field'; readonly key: string; readonly field: FieldSchema; readonly isLabel: boolean }
  | { readonly kind: 'parent'; readonly key: string; readonly hop: Hop; readonly selection: Selection }
  | { readonly kind: 'children'; readonly key: string; readonly query: ChildQuery }
  | {
      readonly kind: 'typeof';
      readonly key: string;
      readonly hop: Hop;
      readonly cases: ReadonlyMap<string, Selection>;
      readonly otherwise: Selection | null;
    };

/** Holds a SELECT clause without aggregates against the schema. `depth` counts the levels of child queries. */
export function compileSelection(
  context: QueryContext,
  object: ObjectSchema,
  statement: Statement,
  depth: number,
): Selection {
  const root: Selection = { object, entries: [] };
  for (const item of statement.select) addItem(context, root, statement, item, depth);
  const children = root.entries.filter((entry) => entry.kind === 'children');
  if (children.length > MAX_CHILDREN)
    throw malformed(`Maximum ${MAX_CHILDREN} child relationships are allowed in a query`);
  if (countParents(root) > MAX_PARENTS)
    throw malformed(`Maximum ${MAX_PARENTS} parent relationships are allowed in a query`);
  return root;
}

/** A record as REST shows it, `attributes` first. */
export function renderRecord(context: QueryContext, selection: Selection, record: StoredRecord): Rendered {
  const rendered: Rendered = { attributes: attributesOf(context, selection.object, record) };
  for (const entry of selection.entries) rendered[entry.key] = renderEntry(context, entry, record);
  return rendered;
}

function addItem(context: QueryContext, root: Selection, statement: Statement, item: SelectItem, depth: number): void {
  switch (item.kind) {
    case 'field':
      if (item.alias !== null) throw malformed('only aggregate expressions use field aliasing');
      addPath(context, root, statement.alias, item.path);
      return;
    case 'function':
      addFunction(context, root, statement, item);
      return;
    case 'children': {
      const query = compileChildQuery(context, root.object, item.statement, depth + 1);
      addEntry(root, { kind: 'children', key: query.relationshipName, query });
      return;
    }
    case 'typeof':
      addTypeof(context, root, item);
  }
}

function addPath(context: QueryContext, root: Selection, alias: string | null, path: string): void {
  const { field, hops } = resolvePath(context, root.object, alias, path, 'SELECT');
  const selection = hops.reduce(enterParent, root);
  addEntry(selection, { kind: 'field', key: field.name, field, isLabel: false });
}

function enterParent(selection: Selection, hop: Hop): Selection {
  const known = selection.entries.find((entry) => entry.key === hop.relationshipName);
  if (known?.kind === 'parent') return known.selection;
  const parent: Selection = { object: hop.object, entries: [] };
  addEntry(selection, { kind: 'parent', key: hop.relationshipName, hop, selection: parent });
  return parent;
}

function addFunction(context: QueryContext, root: Selection, statement: Statement, call: FunctionCall): void {
  if (call.name === 'FIELDS') {
    for (const field of fieldsOf(root.object, call.argument ?? '', statement.limit)) {
      addEntry(root, { kind: 'field', key: field.name, field, isLabel: false });
    }
    return;
  }
  if (call.name !== 'TOLABEL' || call.argument === null) throw malformed(`unexpected token: '${call.written}'`);
  const { field, hops } = resolvePath(context, root.object, statement.alias, call.argument, 'SELECT');
  if (hops.length > 0) throw malformed(`unexpected token: '${call.written}'`);
  addEntry(root, { kind: 'field', key: call.alias ?? field.name, field, isLabel: true });
}

function fieldsOf(object: ObjectSchema, set: string, limit: number | null): readonly FieldSchema[] {
  const name = set.toUpperCase();
  const fields = [...object.fields.values()];
  if (name === 'STANDARD') return fields.filter((field) => !field.custom);
  if (name !== 'ALL' && name !== 'CUSTOM') throw malformed(`unexpected token: '${set}'`);
  if (limit === null || limit > MAX_FIELDS_LIMIT) {
    throw malformed(`The SOQL FIELDS function must have a LIMIT of at most ${MAX_FIELDS_LIMIT}`);
  }
  return name === 'ALL' ? fields : fields.filter((field) => field.custom);
}

function addTypeof(context: QueryContext, root: Selection, item: Extract<SelectItem, { kind: 'typeof' }>): void {
  const [hop] = hopsAlong(context, root.object, [item.relationship], item.relationship, 'SELECT');
  if (hop === undefined || hop.object !== NAME_ENTITY) {
    throw malformed(`Field '${item.relationship}' is not polymorphic and cannot be used with TYPEOF`);
  }
  const cases = item.cases.map((when) => {
    const name = hop.field.referenceTo.find((target) => target.toLowerCase() === when.object.toLowerCase());
    const object = name === undefined ? undefined : context.objectNamed(name);
    if (object === undefined) throw malformed(`'${when.object}' is not a type that '${item.relationship}' can have`);
    return [object.name, branch(context, object, when.fields)] as const;
  });
  const otherwise = item.otherwise === null ? null : branch(context, NAME_ENTITY, item.otherwise);
  addEntry(root, { kind: 'typeof', key: hop.relationshipName, hop, cases: new Map(cases), otherwise });
}

function branch(context: QueryContext, object: ObjectSchema, paths: readonly string[]): Selection {
  const selection: Selection = { object, entries: [] };
  for (const path of paths) addPath(context, selection, null, path);
  return selection;
}

function addEntry(selection: Selection, entry: Entry): void {
  if (selection.entries.some(({ key }) => key === entry.key)) throw malformed(`duplicate field selected: ${entry.key}`);
  selection.entries.push(entry);
}

function countParents(selection: Selection): number {
  const parents = selection.entries.filter((entry) => entry.kind === 'parent');
  return parents.reduce((sum, entry) => sum + 1 + countParents(entry.selection), 0);
}

function renderEntry(context: QueryContext, entry: Entry, record: StoredRecord): unknown {
  switch (entry.kind) {
    case 'field':
      return entry.isLabel ? labelOf(entry.field, record) : valueOf(entry.field, record);
    case 'parent': {
      const parent = parentOf(context, entry.hop, record);
      return parent === null ? null : renderRecord(context, entry.selection, parent);
    }
    case 'children':
      return renderChildren(context, entry.query, String(record['Id']));
    case 'typeof':
  }
  return renderTypeof(context, entry, record);
}

/** The cases show the record itself, ELSE what the entity Name makes of it; without a fitting case there are no fields. */
function renderTypeof(
  context: QueryContext,
  entry: Extract<Entry, { kind: 'typeof' }>,
  record: StoredRecord,
): Rendered | null {
  const named = parentOf(context, entry.hop, record);
  const id = String(record[entry.hop.field.name]);
  const target = targetOf(context, entry.hop.field, id);
  const itself = context.org.record(id, context.scanAll);
  if (named === null || target === null || itself === undefined) return null;
  const fitting = entry.cases.get(target.name);
  const attributes = attributesOf(context, target, itself);
  if (fitting !== undefined) return { ...renderRecord(context, fitting, itself), attributes };
  return entry.otherwise === null ? { attributes } : { ...renderRecord(context, entry.otherwise, named), attributes };
}

function valueOf(field: FieldSchema, record: StoredRecord): SandboxValue | Rendered {
  if (field.type === 'address') return addressOf(field, record);
  return record[field.name] ?? (field.type === 'boolean' ? false : null);
}

function labelOf(field: FieldSchema, record: StoredRecord): SandboxValue | Rendered {
  const value = valueOf(field, record);
  return field.picklistValues.find((entry) => entry.value === value)?.label ?? value;
}

/** A compound is nothing but its parts: null when all of them are. */
function addressOf(field: FieldSchema, record: StoredRecord): Rendered | null {
  const prefix = field.name.replace(/Address$/, '');
  const parts = ADDRESS_PARTS.map(
    (part) => [part, record[`${prefix}${part[0]!.toUpperCase()}${part.slice(1)}`] ?? null] as const,
  );
  return parts.every(([, value]) => value === null) ? null : Object.fromEntries(parts);
}

function attributesOf(context: QueryContext, object: ObjectSchema, record: StoredRecord): Rendered {
  // Behind the entity Name the url still leads to the real object.
  const type = object === NAME_ENTITY ? objectNameOf(record) : object.name;
  return { type: object.name, url: `/services/data/${context.apiVersion}/sobjects/${type}/${String(record['Id'])}` };
}

const ADDRESS_PARTS = ['city', 'country', 'geocodeAccuracy', 'latitude', 'longitude', 'postalCode', 'state', 'street'];

/** SOQL and SOSL Reference: relationships in one query, and rows that FIELDS() may return. */
const MAX_CHILDREN = 20;
const MAX_PARENTS = 55;
const MAX_FIELDS_LIMIT = 200;
