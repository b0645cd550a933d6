import { isJson } from '../json.ts';
import { readBody } from '../record-body.ts';
import type { Json } from '../json.ts';
import { saveNew } from '../saving.ts';
import { SandboxError } from '../types.ts';
import type { ObjectSchema } from '../types.ts';
import type { ApiCall } from './api-call.ts';
import { runWrite, writeContextOf } from './api-call.ts';
import { readJsonObject, rowError } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { demandResource } from './record-resource.ts';

const MOST_RECORDS = 200;

type Node = {
  readonly schema: ObjectSchema;
  readonly referenceId: string;
  readonly fields: Json;
  /** The node above it and the field that points there; null at the root. */
  readonly parent: { readonly node: Node; readonly field: string } | null;
};

type NodeError = { readonly referenceId: string; readonly errors: readonly Json[] };

/** `POST /composite/tree/X`: records with their children, created all or none. */
export function createTree(call: ApiCall, object: string): Answer {
  const { records } = readJsonObject(call.request);
  const nodes = readNodes(call, demandResource(call, object), records, null);
  if (nodes.length > MOST_RECORDS)
    throw new SandboxError('LIMIT_EXCEEDED', `at most ${MOST_RECORDS} records in a tree`);
  const ids = new Map<Node, string>();
  const failures = runWrite(call, () => {
    const savepoint = call.world.store.savepoint();
    const failed = nodes.flatMap((node) => createNode(call, node, ids));
    if (failed.length > 0) call.world.store.rollbackTo(savepoint);
    return failed;
  });
  if (failures.length > 0) return { status: 400, body: { hasErrors: true, results: failures } };
  const results = nodes.map((node) => ({ referenceId: node.referenceId, id: ids.get(node) }));
  return { status: 201, body: { hasErrors: false, results } };
}

function createNode(call: ApiCall, node: Node, ids: Map<Node, string>): readonly NodeError[] {
  const { parent, schema } = node;
  const parentId = parent === null ? null : ids.get(parent.node);
  if (parentId === undefined) return [];
  try {
    const body = parent === null ? node.fields : { ...node.fields, [parent.field]: parentId };
    const fields = readBody(call.world, schema, body, 'create');
    ids.set(
      node,
      call.world.transactions.attempt(() => saveNew(call.world, writeContextOf(call), schema.name, fields)),
    );
    return [];
  } catch (cause) {
    return [{ referenceId: node.referenceId, errors: [rowError(cause)] }];
  }
}

/** Parents before their children. */
function readNodes(call: ApiCall, schema: ObjectSchema, records: unknown, parent: Node['parent']): readonly Node[] {
  if (!Array.isArray(records)) throw new SandboxError('JSON_PARSER_ERROR', 'records must be a list');
  return records.flatMap((given: unknown) => {
    const { attributes, ...rest } = isJson(given) ? given : ({} as Json);
    if (!isJson(attributes) || typeof attributes['referenceId'] !== 'string') {
      throw new SandboxError('INVALID_INPUT', 'Include a reference ID for each record in the request.');
    }
    const children = Object.entries(rest).filter(([, value]) => isJson(value) && Array.isArray(value['records']));
    const names = new Set(children.map(([name]) => name));
    const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !names.has(name)));
    const node: Node = { schema, referenceId: attributes['referenceId'], fields, parent };
    return [node, ...children.flatMap(([name, value]) => readChildren(call, node, name, value))];
  });
}

function readChildren(call: ApiCall, node: Node, name: string, value: unknown): readonly Node[] {
  const child = node.schema.childRelationships.find(({ relationshipName }) => relationshipName === name);
  if (child === undefined) {
    throw new SandboxError('INVALID_FIELD', `No such relationship '${name}' on sobject of type ${node.schema.name}`);
  }
  const records = isJson(value) ? value['records'] : undefined;
  return readNodes(call, demandResource(call, child.childSObject), records, { node, field: child.field });
}
