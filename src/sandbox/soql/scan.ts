import type { ObjectSchema, StoredRecord } from '../types.ts';
import type { QueryContext } from './field-path.ts';
import type { Filter, Lookup } from './filter.ts';

/** The records of an object that pass, each once, in no order. Looks them up where the filter names ids or keys. */
export function matchingRecords(context: QueryContext, object: ObjectSchema, filter: Filter): StoredRecord[] {
  filter.refresh();
  const candidates = lookUp(context, object, filter.lookup) ?? context.org.records(object.name, context.scanAll);
  const found: StoredRecord[] = [];
  for (const record of candidates) if (filter.test(record)) found.push(record);
  return found;
}

/** The records whose reference points at a parent, by index or by a scan. */
export function childRecords(
  context: QueryContext,
  object: ObjectSchema,
  field: string,
  parentId: string,
): Iterable<StoredRecord> {
  const indexed = context.org.recordsBy?.(object.name, field, [parentId], context.scanAll);
  if (indexed !== undefined) return indexed;
  return Array.from(context.org.records(object.name, context.scanAll)).filter((record) => record[field] === parentId);
}

/** Every record that can pass the lookup, and perhaps others; undefined when no index helps. */
function lookUp(
  context: QueryContext,
  object: ObjectSchema,
  lookup: Lookup | null,
): Iterable<StoredRecord> | undefined {
  if (lookup === null) return undefined;
  switch (lookup.kind) {
    case 'values':
      return lookup.isId ? byIds(context, object, lookup.values()) : byField(context, object, lookup);
    case 'all':
      return smallest(context, object, lookup.parts);
    case 'any':
  }
  const found = lookup.parts.map((part) => lookUp(context, object, part));
  if (found.includes(undefined)) return undefined;
  return new Map(found.flatMap((records) => Array.from(records!, (record) => [record['Id'], record]))).values();
}

function byIds(context: QueryContext, object: ObjectSchema, ids: readonly string[]): Iterable<StoredRecord> {
  const prefix = object.keyPrefix ?? '';
  const own = ids.filter((id) => id.startsWith(prefix));
  return own.map((id) => context.org.record(id, context.scanAll)).filter((record) => record !== undefined);
}

function byField(
  context: QueryContext,
  object: ObjectSchema,
  lookup: Extract<Lookup, { kind: 'values' }>,
): Iterable<StoredRecord> | undefined {
  return context.org.recordsBy?.(object.name, lookup.field, lookup.values(), context.scanAll);
}

/** Of several conditions that all must hold, the one that leaves the fewest records to look at. */
function smallest(
  context: QueryContext,
  object: ObjectSchema,
  parts: readonly Lookup[],
): Iterable<StoredRecord> | undefined {
  const bySize = parts.map((part) => ({ part, size: sizeOf(part) })).sort((a, b) => a.size - b.size);
  for (const { part } of bySize) {
    const found = lookUp(context, object, part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sizeOf(lookup: Lookup): number {
  if (lookup.kind === 'values') return lookup.values().length * (lookup.isId ? 1 : EXPECTED_CHILDREN);
  const sizes = lookup.parts.map(sizeOf);
  return lookup.kind === 'all' ? Math.min(...sizes) : sizes.reduce((sum, size) => sum + size, 0);
}

const EXPECTED_CHILDREN = 4;
