import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

import { EXAMPLE } from '../support/world.ts';

/** What a stage adds to those before it (C3). */
export type StageRule = {
  readonly stage: string;
  readonly min_contacts?: number;
  readonly primary?: boolean;
  readonly require?: readonly string[];
  readonly any_of?: readonly (readonly string[])[];
  readonly engaged?: readonly string[];
  readonly distinct_people?: boolean;
};

/** The rules of a configuration that may differ from the example's in a fault scenario. */
export type DesiredConfig = {
  readonly stages: readonly StageRule[];
  /** The pool that leads from the north go to. */
  readonly nordics: string;
};

/** A configuration, and since when it has been in force by the org's clock, ms. */
export type InForce = { readonly since: number; readonly config: DesiredConfig };

type Territory = { readonly id: string; readonly assign?: string; readonly children?: readonly Territory[] };

export function readDesiredConfig(folder: string): DesiredConfig {
  const read = (file: string): unknown => parse(readFileSync(path.join(folder, file), 'utf8'));
  const { contact_roles: committees } = read('enforcement.yaml') as { contact_roles: { stages: readonly StageRule[] } };
  const { routing } = read('routing.yaml') as { routing: { territories: readonly Territory[] } };
  const emea = routing.territories.find(({ id }) => id === 'emea');
  const nordics = emea?.children?.find(({ id }) => id === 'nordics')?.assign;
  if (nordics === undefined) throw new Error(`${folder} gives the nordics to no pool`);
  return { stages: committees.stages, nordics };
}

/** The example, which is in force where a scenario says nothing of configurations. */
export const EXAMPLE_IN_FORCE: readonly InForce[] = [
  { since: Number.NEGATIVE_INFINITY, config: readDesiredConfig(EXAMPLE) },
];

/** How long a configuration may still be gone by after another has come in its place, ms (I31): replicas notice one by one. */
export const RELOAD = 10_000;

/** The configurations that a decision may go by which was made between two instants, oldest first. */
export function configsWithin(configs: readonly InForce[], from: number, until: number): readonly DesiredConfig[] {
  return configs.flatMap(({ since, config }, index) => {
    const end = (configs[index + 1]?.since ?? Number.POSITIVE_INFINITY) + RELOAD;
    return since <= until && end >= from ? [config] : [];
  });
}
