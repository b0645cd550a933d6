import type { Change } from '../../../src/sandbox/store.ts';
import type { Doing } from '../../../src/sandbox/transactions.ts';
import type { StoredRecord } from '../../../src/sandbox/types.ts';
import type { Scenario } from '../scenario.ts';

/** What came from outside the daemon to one record: instants of the org's clock, ms, in no order. */
export type Outside = {
  /** When people changed the record, or what belongs to it; once for each transaction. */
  people(id: string): readonly number[];
  /**
   * When something else made another decision of it possible. Deals, and the tasks about them: every edit of the
   * configuration may change what their stage needs, and a lost Redis forgets since when a gap is known, so that
   * its grace begins anew. A lead is decided once, by what was in force then (Q8, R20), and all that is known of it stands
   * in the org: neither makes another write right.
   */
  events(id: string): readonly number[];
};

const DEAL = /^006/;

export function gatherOutside(
  doings: readonly Doing[],
  { configs, redisLostAt }: Pick<Required<Scenario>, 'configs' | 'redisLostAt'>,
): Outside {
  const editedAt = configs.slice(1).map(({ since }) => since);
  const changes = doings.flatMap((doing) => doing.changes);
  const records = changes.flatMap(({ object, before, after }) =>
    [before, after].flatMap((record) => (record === null ? [] : [{ object, record }])),
  );
  const dealsOf = Map.groupBy(
    records.filter(({ object }) => object === 'OpportunityContactRole'),
    ({ record }) => record['ContactId'],
  );
  const dealsAt = Map.groupBy(
    records.filter(({ object }) => object === 'Opportunity'),
    ({ record }) => record['AccountId'],
  );
  const instants = new Map<string, number[]>();
  for (const { at, changes: done } of doings) {
    const touched = new Set(done.filter(isFelt).flatMap(concernedBy));
    for (const id of touched) instants.set(id, [...(instants.get(id) ?? []), at]);
  }
  return {
    people: (id) => instants.get(id) ?? [],
    events: (id) => [...(instants.get(id) ?? []), ...(DEAL.test(id) ? [...editedAt, ...redisLostAt] : [])],
  };

  /** A record, and those that it belongs to: before the change and after it. */
  function concernedBy({ object, id, before, after }: Change): readonly string[] {
    const parents = [before, after].flatMap((record) => (record === null ? [] : parentsOf(object, record)));
    return [id, ...parents].filter((one) => typeof one === 'string');
  }

  function parentsOf(object: string, record: StoredRecord): readonly StoredRecord[string][] {
    if (object === 'OpportunityContactRole') return [record['OpportunityId'] ?? null];
    if (object === 'Task' || object === 'Event')
      return [record['WhatId'] ?? null, record['WhoId'] ?? null, ...committeesOf(record['WhoId'])];
    if (object === 'CampaignMember') return [record['LeadId'] ?? null, ...committeesOf(record['ContactId'])];
    if (object === 'Contact') return committeesOf(record['Id']);
    return object === 'Account' ? (dealsAt.get(record['Id']) ?? []).map((deal) => deal.record['Id'] ?? null) : [];
  }

  function committeesOf(contactId: StoredRecord[string] | undefined): readonly StoredRecord[string][] {
    return (dealsOf.get(contactId) ?? []).map(({ record }) => record['OpportunityId'] ?? null);
  }
}

/** What Salesforce moves by itself where something else was changed. */
const MOVED = new Set(['SystemModstamp', 'LastActivityDate']);

function isFelt({ before, after }: Change): boolean {
  if (before === null || after === null) return true;
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].some((field) => !MOVED.has(field) && (before[field] ?? null) !== (after[field] ?? null));
}
