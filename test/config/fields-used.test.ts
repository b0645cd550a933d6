import { describe, expect, test } from 'vitest';

import { fieldsUsed } from '../../src/config/fields-used.ts';
import { objectsToDescribe } from '../../src/config/live.ts';
import { aConfig, example } from './example.ts';
import { ORG_YAML } from './folder.ts';
import { anOrg } from './org-facts.ts';

describe('the fields that are used', () => {
  test('are those of rules, texts and writes, with derived names resolved', () => {
    const config = aConfig({
      'a.yaml': ORG_YAML.replace('extract', 'write: { guard: [] }\nextract'),
      'b.yaml': `qualification:
  suppress: [{ id: a, when: { any: [{ Title: x }, { not: { email.domain: y.example } }] } }]
  outcomes: { nurture: { set: { Status: Nurturing, Note__c: '{Company}' } } }
contact_roles:
  mode: observe
  roles: { user: { values: [Other] } }
  stages: [{ stage: Qualification }]
  member: { when: { Contact.Left__c: false } }
opportunity_criteria: { mode: off, stages: [{ stage: Qualification, require: { NextStep: { blank: false } } }] }
`,
    });

    expect(fieldsUsed(config)).toMatchObject({
      Lead: expect.arrayContaining(['Company', 'Email', 'Note__c', 'Status', 'Title']),
      Opportunity: [],
      OpportunityContactRole: ['Contact.Left__c'],
    });
  });

  test('leave out what the org has not and need not have', () => {
    const config = aConfig(example);
    const { describe: known } = anOrg({ field: ['Lead', 'CountryCode', null] });

    expect(fieldsUsed(config).Lead).toEqual(expect.arrayContaining(['Country', 'CountryCode', 'StageName']));
    expect(fieldsUsed(config, known).Lead).toContain('Country');
    expect(fieldsUsed(config, known).Lead).not.toContain('CountryCode');
    expect(fieldsUsed(config, known).Lead).not.toContain('StageName');
  });

  test('lie in the objects that are to be described', () => {
    expect(objectsToDescribe(aConfig(example)).toSorted()).toEqual([
      'Account',
      'Contact',
      'Event',
      'Lead',
      'Opportunity',
      'OpportunityContactRole',
      'RecordType',
      'Task',
    ]);
  });
});
