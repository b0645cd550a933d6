import path from 'node:path';

import { lintRouting } from '../src/config/lint.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import type { Fields } from '../src/domain/record.ts';
import { decideRoute } from '../src/rules/routing/decide-route.ts';
import { quietWorld } from '../src/rules/routing/quiet-world.ts';
import type { RoutingRules } from '../src/rules/routing/routing-rules.ts';
import type { TerritorySource } from '../src/rules/routing/territory-schema.ts';
import { compileRulebook } from '../src/rules/rulebook.ts';
import type { Bench, Figure } from './bench.ts';

const LEADS = 1000;
const ROUNDS = 15;
const TUESDAY = Date.parse('2026-11-24T14:00:00Z');

/** What whoever runs `check` waits for. */
const LINT_SECONDS = 2;

/** How much slower 2,000 territories may make a decision than the example's twenty. */
const SLOWDOWN = 3;

/** Routing decisions per second on one core, with the example configuration and with 2,000 territories. */
export const bench: Bench = { name: 'routing', run: measure };

async function measure(): Promise<readonly Figure[]> {
  const { config } = loadConfig(path.join(import.meta.dirname, '../config'));
  if (config?.routing == null) throw new Error('the configuration has no routing');
  const example = rulesOf(config, config.routing.territories);
  const large = rulesOf(config, manyTerritories());
  const leads = Array.from({ length: LEADS }, (_none, number) => aLead(number));
  const few = perSecond(example, leads);
  const many = perSecond(large, leads);
  return [
    { name: 'routing decisions per second with the example', value: few, atMost: null },
    { name: 'routing decisions per second with 2,000 territories', value: many, atMost: null },
    {
      name: 'a decision with 2,000 territories, in times of one with the example',
      value: few / many,
      atMost: SLOWDOWN,
    },
    { name: 'seconds to lint 2,000 territories', value: lintSeconds(config), atMost: LINT_SECONDS },
  ];
}

/** A thousand Germans by the beginnings of their postal codes, and a thousand Americans by range: all are siblings. */
function manyTerritories(): readonly TerritorySource[] {
  const assign = { kind: 'pool', pool: 'global-triage' } as const;
  const german = Array.from({ length: 1000 }, (_none, number): TerritorySource => {
    const prefix = String(number).padStart(3, '0');
    return { id: `de-${prefix}`, match: { country: ['DE'], postal: { prefix: [prefix] } }, assign, children: [] };
  });
  const american = Array.from({ length: 1000 }, (_none, number): TerritorySource => {
    const first = String(number * 100).padStart(5, '0');
    const last = String(number * 100 + 99).padStart(5, '0');
    const match = { country: ['US'], postal: { range: [[first, last] as [string, string]] } };
    return { id: `us-${first}`, match, assign, children: [] };
  });
  return [...german, ...american];
}

function rulesOf(config: Config, territories: readonly TerritorySource[]): RoutingRules {
  const routing = { ...config.routing!, territories };
  return compileRulebook({ ...config, routing }, null).routing!.rules;
}

function lintSeconds(config: Config): number {
  const routing = { ...config.routing!, territories: manyTerritories() };
  const begun = performance.now();
  lintRouting(routing, { locate: () => ({ file: 'routing.yaml', line: 1, column: 1 }), valueAt: () => undefined });
  return (performance.now() - begun) / 1000;
}

/** Of the fastest round: the others met something else that the machine had to do. */
function perSecond(rules: RoutingRules, leads: readonly Fields[]): number {
  const world = quietWorld(rules);
  let fastest = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (const fields of leads) {
      const rest = { duplicates: [], accounts: [], previousAssignees: [], refused: [], qualification: null };
      const input = { id: null, fields, owner: null, cause: 'initial', states: new Map(), world, ...rest } as const;
      if (decideRoute(rules, input, TUESDAY).owner === null) throw new Error('a lead was left hanging');
    }
    fastest = Math.min(fastest, performance.now() - begun);
  }
  return (leads.length * 1000) / fastest;
}

/** Half in Germany, half in the United States: in both configurations somebody's at an open hour. */
function aLead(number: number): Fields {
  const isGerman = number % 2 === 0;
  return {
    Company: `Werk ${number} GmbH`,
    Email: `anna@werk-${number}.example`,
    Website: `https://www.werk-${number}.example/de`,
    Country: isGerman ? 'Germany' : 'United States',
    State: isGerman ? null : 'New York',
    PostalCode: String((number * 7919) % 100_000).padStart(5, '0'),
    NumberOfEmployees: number,
    LeadSource: 'Demo Request',
  };
}
