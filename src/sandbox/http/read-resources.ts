import { listDeleted, listUpdated } from '../replication.ts';
import { viewOrg } from '../org-view.ts';
import { describeGlobal, describeObject } from '../schema/describe-object.ts';
import { prepareQuery } from '../soql/prepare-query.ts';
import { SandboxError } from '../types.ts';
import { seenObject } from '../world.ts';
import type { ApiCall } from './api-call.ts';
import { rootOf } from './api-call.ts';
import type { Answer } from './exchange.ts';
import { demandResource } from './record-resource.ts';

/** `GET /query` and `/queryAll` */
export function answerQuery(call: ApiCall, scanAll: boolean): Answer {
  const text = call.request.query.get('q');
  if (text === null) {
    throw new SandboxError('MALFORMED_QUERY', 'A query string has to be specified');
  }
  const query = prepareQuery(text, viewOrg(call.world, call.userId), { scanAll });
  const pageSize = call.pageSize(text, askedPageSize(call));
  return { status: 200, body: call.cursors.open(query, call.userId, pageSize, rootOf(call)) };
}

/** `GET /query/0r8…-2000` */
export function answerNextPage(call: ApiCall, position: string): Answer {
  return { status: 200, body: call.cursors.next(position, call.userId, rootOf(call)) };
}

function askedPageSize(call: ApiCall): number | null {
  const [, size] = /batchSize\s*=\s*(\d+)/i.exec(call.request.headers['sforce-query-options'] ?? '') ?? [];
  return size === undefined ? null : Math.min(2000, Math.max(200, Number(size)));
}

/** `GET /sobjects` */
export function answerDescribeGlobal(call: ApiCall): Answer {
  const schemas = [...call.world.schema.keys()].map((name) => seenObject(call.world, name, true));
  const seen = schemas.filter((schema) => schema !== undefined);
  return { status: 200, body: describeGlobal(seen, `v${call.version}`) };
}

/** `GET /sobjects/X` */
export function answerObject(call: ApiCall, object: string): Answer {
  const schema = demandResource(call, object);
  const { sobjects } = describeGlobal([schema], `v${call.version}`) as { readonly sobjects: readonly unknown[] };
  return { status: 200, body: { objectDescribe: sobjects[0], recentItems: [] } };
}

/** `GET /sobjects/X/describe` */
export function answerDescribe(call: ApiCall, object: string): Answer {
  const schema = demandResource(call, object);
  const types = [...call.world.store.rows('RecordType')].map((row) => row.record);
  const recordTypes = types
    .filter(({ SobjectType }) => SobjectType === schema.name)
    .map(({ Id, Name, DeveloperName }) => ({
      id: String(Id),
      name: String(Name),
      developerName: String(DeveloperName),
    }));
  return { status: 200, body: describeObject(schema, { apiVersion: `v${call.version}`, recordTypes }) };
}

/** `GET /sobjects/X/updated` and `/deleted` */
export function answerReplication(call: ApiCall, object: string, kind: string): Answer {
  const schema = demandResource(call, object);
  const list = kind === 'updated' ? listUpdated : listDeleted;
  const { query } = call.request;
  return { status: 200, body: list(call.world, schema.name, query.get('start'), query.get('end')) };
}

/** `GET /limits`; not every entry has only Max and Remaining. */
export function answerLimits(call: ApiCall): Answer {
  return {
    status: 200,
    body: {
      ConcurrentAsyncGetReportInstances: full(200),
      DailyApiRequests: { Max: call.limits.daily, Remaining: Math.max(0, call.limits.daily - call.limits.used()) },
      DailyBulkApiBatches: full(15_000),
      DailyBulkV2QueryJobs: full(10_000),
      DataStorageMB: { Max: 1024, Remaining: 1000 },
      FileStorageMB: full(1024),
      HourlyTimeBasedWorkflow: full(500),
      PermissionSets: { Max: 1500, Remaining: 1498, CreateCustom: { Max: 1000, Remaining: 998 } },
    },
  };
}

function full(max: number): object {
  return { Max: max, Remaining: max };
}

/** `GET /limits/recordCount?sObjects=A,B`; objects without records are left out. */
export function answerRecordCount(call: ApiCall): Answer {
  const asked =
    call.request.query.get('sObjects')?.split(',') ?? [...call.world.schema.values()].map(({ name }) => name);
  const view = viewOrg(call.world, call.userId);
  const counts = asked.map((name) => {
    const schema = seenObject(call.world, name, true);
    if (schema === undefined) throw new SandboxError('INVALID_TYPE', `sObject type '${name}' is not supported.`);
    return { count: [...view.records(schema.name, false)].length, name: schema.name };
  });
  return { status: 200, body: { sObjects: counts.filter(({ count }) => count > 0) } };
}
