import { expect, test } from 'vitest';

import { findLostModules } from '../../src/config/lost-modules.ts';
import type { OrgFacts } from '../../src/config/live.ts';
import { loadExample } from '../support/world.ts';
import { anOrg } from './org-facts.ts';

const ORG = anOrg();

/** The org as it shows itself to somebody who may not see a field. */
function hiding(object: string, field: string): OrgFacts {
  return {
    ...ORG,
    describe(name) {
      const shown = ORG.describe(name);
      if (name !== object || shown === undefined) return shown;
      return { ...shown, fields: new Map([...shown.fields].filter(([own]) => own !== field)) };
    },
  };
}

function renaming(stage: string): OrgFacts {
  return {
    ...ORG,
    stages: ORG.stages.map((each) => (each.apiName === stage ? { ...each, apiName: `New ${stage}` } : each)),
  };
}

test.each([
  { name: 'none in an org that has what the rules name', org: ORG, lost: {} },
  {
    name: 'contact_roles alone, for a flag of its own (XE9)',
    org: hiding('Opportunity', 'Missing_Contact_Roles__c'),
    lost: { contact_roles: 'E_FIELD_NO_ACCESS' },
  },
  {
    name: 'opportunity_criteria alone, for a field of its own',
    org: hiding('Opportunity', 'NextStep'),
    lost: { opportunity_criteria: 'E_FIELD_NO_ACCESS' },
  },
  {
    name: 'both, for a field that both name',
    org: hiding('Opportunity', 'Amount'),
    lost: { contact_roles: 'E_FIELD_NO_ACCESS', opportunity_criteria: 'E_FIELD_NO_ACCESS' },
  },
  {
    name: 'contact_roles, for a field of the contact that a member is judged by',
    org: hiding('Contact', 'No_Longer_At_Company__c'),
    lost: { contact_roles: 'E_FIELD_NO_ACCESS' },
  },
  {
    name: 'routing alone, for its turn key',
    org: hiding('Lead', 'Rolecall_Turn__c'),
    lost: { routing: 'E_FIELD_NO_ACCESS' },
  },
  {
    name: 'contact_roles alone, for a stage that only it lists (CE24)',
    org: renaming('Negotiation/Review'),
    lost: { contact_roles: 'E_STAGE_UNKNOWN' },
  },
  {
    name: 'both, for a stage that both list',
    org: renaming('Needs Analysis'),
    lost: { contact_roles: 'E_STAGE_UNKNOWN', opportunity_criteria: 'E_STAGE_UNKNOWN' },
  },
])('the modules that stand still are $name', ({ org, lost }) => {
  const found = findLostModules(loadExample(), org);

  expect(Object.fromEntries([...found].map(([module, { code }]) => [module, code]))).toEqual(lost);
});
