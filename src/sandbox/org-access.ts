import type { SeedRecord } from './base-data.ts';
import { touchRecord } from './automation/system-writes.ts';
import { loadRecords } from './loading.ts';
import { actAs } from './person.ts';
import type { Person } from './person.ts';
import { toLongId } from './record-ids.ts';
import type { Row } from './store.ts';
import type { Doing, RunningTransaction } from './transactions.ts';
import { SandboxError } from './types.ts';
import type { StoredRecord } from './types.ts';
import type { OrgSetup, SaveFlow, SaveRule, World } from './world.ts';

/** The org as tests and the demo reach into it, past the API. Ids may have 15 or 18 characters. */
export type OrgAccess = {
  /** An active or inactive user by name. @throws SandboxError when there is none */
  as(username: string): Person;
  /** Somebody with all rights who is not the API user. */
  readonly admin: Person;
  /** What an admin sets up: assignment rule, validation rules, flows, hidden fields, sharing. */
  readonly setup: OrgSetup;
  /** A living record; undefined when it is deleted or never was. */
  record(id: string): StoredRecord | undefined;
  /** The row of a record, deleted or not. */
  row(id: string): Row | undefined;
  /** Living records of an object, those that match. */
  all(object: string, matches?: (record: StoredRecord) => boolean): readonly StoredRecord[];
  /** What people did, and what was put in while the org ran, in order; late commits stand where they became visible. */
  doings(): readonly Doing[];
  /** Puts records in as they are, past every rule; answers their ids. */
  load(records: readonly SeedRecord[]): readonly string[];
  /** Takes the stamps now, shows the change only later by the org's clock, and locks its rows meanwhile. */
  lateCommit(options: { readonly delaySeconds: number }, change: (admin: Person) => void): RunningTransaction;
  /** Changes it now, but queries show it only so much later: their index lags behind the commit. */
  indexLag(options: { readonly seconds: number }, change: (admin: Person) => void): RunningTransaction;
  /** Moves SystemModstamp though no field changes, as a renamed picklist value or a new roll-up does. */
  bump(ids: readonly string[]): void;
  /** Keeps a row locked until the answer is called. */
  hold(id: string): () => void;
  /** Field-level security: the API user loses and gets back the field. */
  hideField(object: string, field: string): void;
  showField(object: string, field: string): void;
  addRule(rule: SaveRule): void;
  addFlow(flow: SaveFlow): void;
  /** Forgets deletions before the instant, as the purge of a full delete log does. */
  purgeDeleteLog(before: number): void;
};

/** The reach into a world for its tests, acting as the admin unless somebody else is named. */
export function accessOrg(world: World, admin: Person): OrgAccess {
  const { store, setup, transactions } = world;
  return {
    admin,
    setup,
    as: (username) => actAs(world, userNamed(world, username)),
    record(id) {
      transactions.settle();
      return store.live(toLongId(id));
    },
    row(id) {
      transactions.settle();
      return store.row(toLongId(id));
    },
    all(object, matches = () => true) {
      transactions.settle();
      const living = [...store.rows(object)].filter(({ deletedAt }) => deletedAt === null);
      return living.map(({ record }) => record).filter(matches);
    },
    doings() {
      transactions.settle();
      return transactions.doings;
    },
    load(records) {
      const ids = loadRecords(world, records, admin.userId);
      transactions.note(
        ids.map((id, at) => ({ object: records[at]!.object, id, before: null, after: store.row(id)?.record ?? null })),
      );
      return ids;
    },
    lateCommit: ({ delaySeconds }, change) => transactions.runLate(delaySeconds, () => change(admin)),
    indexLag: ({ seconds }, change) => transactions.runLate(seconds, () => change(admin), true),
    bump(ids) {
      for (const id of ids) touchRecord(world, toLongId(id), world.clock.now(), {});
    },
    hold: (id) => transactions.hold(toLongId(id)),
    hideField: (object, field) => void setup.hidden.add(`${object}.${field}`.toLowerCase()),
    showField: (object, field) => void setup.hidden.delete(`${object}.${field}`.toLowerCase()),
    addRule(rule) {
      setup.rules = [...setup.rules, rule];
    },
    addFlow(flow) {
      setup.flows = [...setup.flows, flow];
    },
    purgeDeleteLog(before) {
      setup.deleteLogStart = before;
    },
  };
}

function userNamed(world: World, username: string): string {
  for (const { record } of world.store.rows('User')) {
    if (record['Username'] === username) return String(record['Id']);
  }
  throw new SandboxError('NOT_FOUND', `no user ${username} in the sandbox org`, 404);
}
