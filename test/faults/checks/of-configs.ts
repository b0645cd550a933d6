import type { StoredRecord } from '../../../src/sandbox/types.ts';
import { configsWithin, type DesiredConfig } from '../desired-config.ts';
import type { Facts } from './facts.ts';

/**
 * What is flagged goes by a configuration that was in force since the deal was read. The log tells them apart where they
 * differ in the roles that some stage, or every stage, requires.
 */
export function effectsOfOtherConfigs({ effects, entries, studies, scenario }: Facts): readonly string[] {
  return effects.flatMap(({ object, id, at, receivedAt, fields, after }) => {
    if (object !== 'Opportunity' || after === null || !FLAGS.some((flag) => fields.includes(flag))) return [];
    const configs = configsWithin(scenario.configs, studies.before(entries[at]!, at, id), receivedAt);
    if (configs.some((config) => mayShow(config, after))) return [];
    return [`${id} shows "${String(after['Missing_Contact_Roles__c'])}", which no configuration of that time asks for`];
  });
}

const FLAGS = ['Contact_Role_Status__c', 'Contact_Role_Coverage__c', 'Missing_Contact_Roles__c'];

const JUDGED: ReadonlySet<unknown> = new Set(['compliant', 'warning', 'violation']);

/** Nobody has this role in any scenario: who asks for it misses it. */
const HELD_BY_NOBODY = 'exec_sponsor';

function mayShow({ stages }: DesiredConfig, deal: StoredRecord): boolean {
  if (!JUDGED.has(deal['Contact_Role_Status__c'])) return true;
  const missing = String(deal['Missing_Contact_Roles__c'] ?? '').split('; ');
  const required = new Set(stages.flatMap(({ require = [] }) => require));
  const always = stages[0]?.require ?? [];
  return required.has(HELD_BY_NOBODY)
    ? !always.includes(HELD_BY_NOBODY) || missing.includes(HELD_BY_NOBODY)
    : !missing.includes(HELD_BY_NOBODY);
}
