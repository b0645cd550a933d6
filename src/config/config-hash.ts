import { createHash } from 'node:crypto';

import type { Config } from './schema.ts';

/**
 * SHA-256, in hex, of what decisions depend on: the same for the same meaning, whatever the files, the order of keys
 * or the comments. The tests are left out: a new example changes no decision.
 */
export function configHash(config: Config): string {
  const { tests: _, ...decisive } = config;
  return createHash('sha256').update(canonicalJson(decisive)).digest('hex');
}

/**
 * SHA-256, in hex, of what opportunities are judged by: their modules, and what those rest on. The calendar of an owner
 * may be that of a pool (C13).
 */
export function opportunityRulesHash(config: Config): string {
  const { org, write, calendars, lists, routing, contact_roles, opportunity_criteria } = config;
  const { task_key, episode } = write;
  const pools = Object.values(routing?.pools ?? {}).map(({ calendar, members }) => [
    calendar,
    members.map(({ user }) => user),
  ]);
  const decisive = { org, task_key, episode, calendars, lists, pools, contact_roles, opportunity_criteria };
  return createHash('sha256').update(canonicalJson(decisive)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
