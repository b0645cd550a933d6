import type { ApiCall } from './api-call.ts';
import { rootOf } from './api-call.ts';
import { createMany, deleteMany, retrieveMany, updateMany, upsertMany } from './collection-resource.ts';
import { answerBatch, answerComposite, answerGraphs } from './composite-resource.ts';
import { methodNotAllowed, notFound } from './exchange.ts';
import type { Answer } from './exchange.ts';
import {
  answerDescribe,
  answerDescribeGlobal,
  answerLimits,
  answerNextPage,
  answerObject,
  answerQuery,
  answerRecordCount,
  answerReplication,
} from './read-resources.ts';
import { createOne, deleteByKey, deleteOne, readByKey, readOne, updateOne, upsertOne } from './record-resource.ts';
import { createTree } from './tree-resource.ts';

type Resource = (call: ApiCall, names: readonly string[]) => Answer;

type Route = {
  /** Path below the version; `*` is one name, handed to the resource decoded. */
  readonly pattern: string;
  readonly methods: Readonly<Record<string, Resource>>;
};

/** The first that fits answers: names that Salesforce has reserved come before the stars. */
const ROUTES: readonly Route[] = [
  { pattern: '', methods: { GET: listResources } },
  { pattern: 'query', methods: { GET: (call) => answerQuery(call, false) } },
  { pattern: 'queryAll', methods: { GET: (call) => answerQuery(call, true) } },
  { pattern: 'query/*', methods: { GET: (call, [position = '']) => answerNextPage(call, position) } },
  { pattern: 'queryAll/*', methods: { GET: (call, [position = '']) => answerNextPage(call, position) } },
  { pattern: 'limits', methods: { GET: answerLimits } },
  { pattern: 'limits/recordCount', methods: { GET: answerRecordCount } },
  { pattern: 'sobjects', methods: { GET: answerDescribeGlobal } },
  {
    pattern: 'sobjects/*',
    methods: {
      GET: (call, [object = '']) => answerObject(call, object),
      POST: (call, [object = '']) => createOne(call, object),
    },
  },
  { pattern: 'sobjects/*/describe', methods: { GET: (call, [object = '']) => answerDescribe(call, object) } },
  {
    pattern: 'sobjects/*/updated',
    methods: { GET: (call, [object = '']) => answerReplication(call, object, 'updated') },
  },
  {
    pattern: 'sobjects/*/deleted',
    methods: { GET: (call, [object = '']) => answerReplication(call, object, 'deleted') },
  },
  {
    pattern: 'sobjects/*/*',
    methods: {
      GET: (call, [object = '', id = '']) => readOne(call, object, id),
      PATCH: (call, [object = '', id = '']) => updateOne(call, object, id),
      DELETE: (call, [object = '', id = '']) => deleteOne(call, object, id),
    },
  },
  {
    pattern: 'sobjects/*/*/*',
    methods: {
      GET: (call, [object = '', field = '', value = '']) => readByKey(call, object, field, value),
      PATCH: (call, [object = '', field = '', value = '']) => upsertOne(call, object, field, value),
      DELETE: (call, [object = '', field = '', value = '']) => deleteByKey(call, object, field, value),
    },
  },
  { pattern: 'composite', methods: { POST: (call) => answerComposite(call, dispatch) } },
  { pattern: 'composite/batch', methods: { POST: (call) => answerBatch(call, dispatch) } },
  { pattern: 'composite/graph', methods: { POST: (call) => answerGraphs(call, dispatch) } },
  { pattern: 'composite/tree/*', methods: { POST: (call, [object = '']) => createTree(call, object) } },
  { pattern: 'composite/sobjects', methods: { POST: createMany, PATCH: updateMany, DELETE: deleteMany } },
  {
    pattern: 'composite/sobjects/*',
    methods: {
      GET: (call, [object = '']) => retrieveMany(call, object),
      POST: (call, [object = '']) => retrieveMany(call, object),
    },
  },
  {
    pattern: 'composite/sobjects/*/*',
    methods: { PATCH: (call, [object = '', field = '']) => upsertMany(call, object, field) },
  },
];

/** Sends a call to its resource. @throws SandboxError 404 NOT_FOUND, 405 METHOD_NOT_ALLOWED */
export function dispatch(call: ApiCall): Answer {
  const root = rootOf(call);
  const { path } = call.request;
  // A subrequest must not leave the version of the whole.
  if (path !== root && !path.startsWith(`${root}/`)) throw notFound();
  const segments = segmentsOf(path.slice(root.length));
  for (const route of ROUTES) {
    const names = matchPattern(route.pattern, segments);
    if (names === null) continue;
    const resource = route.methods[call.request.method];
    if (resource === undefined) throw methodNotAllowed(call.request.method, Object.keys(route.methods));
    return resource(call, names);
  }
  throw notFound();
}

function segmentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1);
  // A slash at the end means nothing; inside, an empty name would be one.
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

function matchPattern(pattern: string, segments: readonly string[]): readonly string[] | null {
  const steps = pattern === '' ? [] : pattern.split('/');
  if (steps.length !== segments.length) return null;
  const names: string[] = [];
  for (const [at, step] of steps.entries()) {
    const segment = segments[at] ?? '';
    if (step === '*') names.push(decode(segment));
    else if (step.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return names;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
}

function listResources(call: ApiCall): Answer {
  const names = ['query', 'queryAll', 'sobjects', 'limits', 'composite'];
  return { status: 200, body: Object.fromEntries(names.map((name) => [name, `${rootOf(call)}/${name}`])) };
}
