import type { Cursors } from '../cursors.ts';
import type { ApiLimits } from '../api-limits.ts';
import type { Change } from '../store.ts';
import type { SandboxError } from '../types.ts';
import type { World, WriteContext } from '../world.ts';
import type { OrgRequest } from './exchange.ts';

/** One authenticated call of the REST API, or one subrequest of a composite. */
export type ApiCall = {
  readonly world: World;
  readonly cursors: Cursors;
  readonly limits: ApiLimits;
  readonly request: OrgRequest;
  readonly userId: string;
  /** `66.0` */
  readonly version: string;
  /** Host and port with the scheme, as the client knows the org. */
  readonly url: string;
  /** The rows of a page, given what the client asked for. */
  pageSize(soql: string, asked: number | null): number;
  /** An error injected into one row of a write; null for none. */
  rowFault(row: unknown, index: number): SandboxError | null;
  /** Everything the call has committed, for the request log. */
  readonly changes: Change[];
};

/** The path of the version's resources: `/services/data/v66.0`. */
export function rootOf(call: ApiCall): string {
  return `/services/data/v${call.version}`;
}

/** Runs a write of the call; its changes are kept for the log once they stand. */
export function runWrite<T>(call: ApiCall, work: () => T): T {
  const { value, changes } = call.world.transactions.run(work);
  call.changes.push(...changes);
  return value;
}

/** Who writes, with the switches of the call's own headers: a composite does not hand its own on. */
export function writeContextOf(call: ApiCall): WriteContext {
  const { headers } = call.request;
  return {
    userId: call.userId,
    at: call.world.clock.now(),
    isApi: true,
    isAutoAssigned: headers['sforce-auto-assign']?.trim().toLowerCase() !== 'false',
    allowsDuplicates: /allowSave\s*=\s*true/i.test(headers['sforce-duplicate-rule-header'] ?? ''),
  };
}
