import { describe, expect, test } from 'vitest';

import { ORG_YAML } from './folder.ts';
import { example, liveProblems, placeOf } from './example.ts';
import { anOrg } from './org-facts.ts';

describe('fields', () => {
  test.each([
    ['in a condition', 'Lead', 'Do_Not_Route__c', placeOf('Do_Not_Route__c')],
    ['inside any', 'Lead', 'LastName', placeOf('LastName: {')],
    ['in set', 'Opportunity', 'Deal_Gaps__c', placeOf('Deal_Gaps__c')],
    ['in require_data', 'Lead', 'Company', placeOf('Company, geo.country')],
    ['in a template', 'Lead', 'Phone', placeOf('|\n        Why')],
    ['as an override', 'Lead', 'Routing_Override_User__c', placeOf('Routing_Override_User__c')],
    ['for the key of tasks', 'Task', 'Rolecall_Key__c', placeOf('Rolecall_Key__c')],
    ['of the matched account', 'Account', 'Status__c', placeOf('Status__c: { not: Inactive')],
    ['of a disposition', 'Lead', 'Recycle_Reason__c', placeOf('Recycle_Reason__c]')],
    ['of the contact of a role', 'Contact', 'EmailBouncedDate', placeOf('Contact.EmailBouncedDate')],
    ['of the record type', 'RecordType', 'DeveloperName', placeOf('RecordType.DeveloperName')],
  ])('E_FIELD_UNKNOWN %s, where it is named', (_, object, name, place) => {
    const problems = liveProblems(anOrg({ field: [object, name, null] }));

    expect(problems).toContainEqual(
      expect.stringContaining(`${place} error E_FIELD_UNKNOWN ${object} has no field "${name}"`),
    );
  });

  test('are suggested by the nearest name', () => {
    const rules = 'qualification: { suppress: [{ id: a, when: { LeadSorce: Web } }] }';

    expect(liveProblems(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([
      'b.yaml:1:46 error E_FIELD_UNKNOWN Lead has no field "LeadSorce", or the integration user may not see it, did you mean "LeadSource"?',
    ]);
  });

  test('of a relationship that is not there are told by its name', () => {
    const rules = 'qualification: { suppress: [{ id: a, when: { Ower.Email: x } }] }';

    expect(liveProblems(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })[0]).toContain('did you mean "Owner"?');
  });

  test.each([
    ['set', 'Lead', 'MQL__c', { isUpdateable: false }, placeOf('MQL__c')],
    ['the episode', 'Opportunity', 'Rolecall_Episode__c', { isUpdateable: false }, placeOf('Rolecall_Episode__c')],
    ['the key of tasks', 'Task', 'Rolecall_Key__c', { isCreateable: false }, placeOf('Rolecall_Key__c')],
  ])('E_FIELD_NO_ACCESS for %s that the integration user may not write', (_, object, name, change, place) => {
    const problems = liveProblems(anOrg({ field: [object, name, change] }));

    expect(problems[0]).toContain(
      `${place} error E_FIELD_NO_ACCESS the integration user may not write ${object}.${name}`,
    );
  });

  test('F38: a module that only observes needs no right to write', () => {
    expect(liveProblems(anOrg({ field: ['Opportunity', 'Deal_Gaps__c', { isUpdateable: false }] }))).toEqual([]);
  });

  test('a module that is off needs no field at all', () => {
    const off = {
      ...example,
      'enforcement.yaml': (example['enforcement.yaml'] ?? '').replace('mode: observe', 'mode: off'),
    };

    expect(liveProblems(anOrg({ field: ['Opportunity', 'Deal_Gaps__c', null] }), off)).toEqual([]);
  });

  test('F38a, FM 22: the key of tasks must be unique', () => {
    expect(liveProblems(anOrg({ field: ['Task', 'Rolecall_Key__c', { isUnique: false }] }))).toEqual([
      expect.stringContaining('E_FIELD_TYPE Task.Rolecall_Key__c must be an external id and unique'),
    ]);
  });

  test('F14: an org without country picklists is no problem', () => {
    expect(liveProblems(anOrg({ field: ['Lead', 'CountryCode', null] }))).toEqual([]);
  });

  test('a guarded field may belong to either object, but not to none', () => {
    const org = { ...example, 'org.yaml': (example['org.yaml'] ?? '').replace('IsClosed]', 'IsClosd]') };

    expect(liveProblems(anOrg(), org)).toEqual([
      expect.stringContaining('E_FIELD_UNKNOWN neither Lead nor Opportunity has a field "IsClosd"'),
    ]);
  });
});
