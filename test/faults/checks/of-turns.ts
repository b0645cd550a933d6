import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

import type { StoredRecord } from '../../../src/sandbox/types.ts';
import type { Facts } from './facts.ts';

type Pool = {
  readonly strategy?: string;
  readonly members: readonly (string | { readonly user: string; readonly weight?: number })[];
};

type Turn = { readonly pool: string; readonly number: number; readonly lead: StoredRecord };

export function sharedTurns({ sandbox }: Facts): readonly string[] {
  const turns = sandbox.org.all('Lead').flatMap((lead) => lead['Rolecall_Turn__c'] ?? []);
  return turns.length === new Set(turns).size ? [] : ['a turn went to two leads'];
}

/** Turns that nobody holds: no more than there are leads that went away, were taken or were refused. */
export function skippedTurns(facts: Facts): readonly string[] {
  if (!facts.scenario.isJudged) return [];
  return byPool(facts).flatMap(([pool, turns]) => {
    const skipped = Math.max(...turns.map(({ number }) => number)) - turns.length;
    const excused = lostLeads(facts);
    return skipped > excused ? [`${skipped} turns of ${pool} were skipped, ${excused} leads were lost`] : [];
  });
}

/** Nobody has got more than one turn above or below what is theirs by weight. */
export function unfairPools(facts: Facts): readonly string[] {
  const { sandbox, scenario } = facts;
  if (!scenario.isJudged) return [];
  const { routing } = parse(readFileSync(ROUTING, 'utf8')) as {
    readonly routing: { readonly pools: Record<string, Pool> };
  };
  return byPool(facts).flatMap(([name, turns]) => {
    const pool = routing.pools[name];
    if (pool === undefined || pool.strategy === 'least_loaded') return [];
    const weights = pool.members.map((member): readonly [string, number] =>
      typeof member === 'string' ? [member, 1] : [member.user, member.weight ?? 1],
    );
    const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
    const slack = 1 + lostLeads(facts);
    return weights.flatMap(([user, weight]) => {
      // Who is not there all the time is not owed anything (R15).
      if (AWAY.has(user)) return [];
      const got = turns.filter(({ lead }) => sandbox.org.record(String(lead['OwnerId']))?.['Username'] === user).length;
      const due = (turns.length * weight) / whole;
      return Math.abs(got - due) > slack ? [`${user} got ${got} of ${turns.length} turns of ${name}, due ${due}`] : [];
    });
  });
}

const ROUTING = path.resolve(import.meta.dirname, '../../../config/routing.yaml');

const AWAY = new Set(['pia@northwind.example', 'jon@northwind.example']);

function byPool({ sandbox }: Facts): readonly (readonly [string, readonly Turn[]])[] {
  const turns = sandbox.org.all('Lead').flatMap((lead): readonly Turn[] => {
    const [, pool, number] = /^(.+):(\d+)$/.exec(String(lead['Rolecall_Turn__c'] ?? '')) ?? [];
    return pool === undefined ? [] : [{ pool, number: Number(number), lead }];
  });
  return [...Map.groupBy(turns, ({ pool }) => pool)].filter(([pool]) => !AWAY_POOLS.has(pool));
}

/** All their picks go on to others while Pia is away. */
const AWAY_POOLS = new Set(['dach', 'dach-south']);

/** Leads that were deleted, converted, taken by a person or refused after they were given away: their turns may be missing. */
function lostLeads({ sandbox, attempts }: Facts): number {
  const given = attempts.filter(({ object, fields }) => object === 'Lead' && 'Rolecall_Turn__c' in fields);
  return [...Map.groupBy(given, ({ id }) => String(id))].filter(([id, tries]) => {
    const row = sandbox.org.row(id);
    if (row === undefined || row.deletedAt !== null || row.record['IsConverted'] === true) return true;
    return row.record['LastModifiedById'] !== sandbox.userId || tries.some(({ refusal }) => refusal !== null);
  }).length;
}
