import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { fieldsUsed } from '../../src/config/fields-used.ts';
import type { OrgFacts } from '../../src/config/live.ts';
import { checkLive, objectsToDescribe } from '../../src/config/live.ts';
import { loadConfig } from '../../src/config/load.ts';
import { printProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { aFolder, ORG_YAML } from './folder.ts';
import { anOrg, aQueue, aUser, USERNAMES } from './org-facts.ts';

const example = Object.fromEntries(
  ['org', 'routing', 'enforcement'].map((name) => [`${name}.yaml`, readFileSync(`config/${name}.yaml`, 'utf8')]),
);

/** The problems of a configuration in an org, without the folder. */
function problemsIn(org: OrgFacts, files: Readonly<Record<string, string>> = example): readonly string[] {
  const folder = aFolder({ 'lists/named_accounts.csv': 'acme.example', ...files });
  const { config, located, problems } = loadConfig(folder);
  if (config === null) throw new Error(problems.map(printProblem).join('\n'));
  return checkLive(config, located, org).map((problem) => printProblem(problem).replaceAll(`${folder}/`, ''));
}

/** The place in the example where a text stands for the nth time, as `file:line:column`. */
function placeOf(text: string, nth = 1): string {
  for (const [file, content] of Object.entries(example)) {
    const parts = content.split(text);
    if (parts.length <= nth) continue;
    const before = parts.slice(0, nth).join(text).split('\n');
    return `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
  }
  throw new Error(`the example has no "${text}"`);
}

function aConfig(files: Readonly<Record<string, string>>): Config {
  const { config, problems } = loadConfig(aFolder(files));
  if (config === null) throw new Error(problems.map(printProblem).join('\n'));
  return config;
}

test('the example fits an org that has what it names', () => {
  expect(problemsIn(anOrg())).toEqual([]);
});

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
    const problems = problemsIn(anOrg({ field: [object, name, null] }));

    expect(problems).toContainEqual(
      expect.stringContaining(`${place} error E_FIELD_UNKNOWN ${object} has no field "${name}"`),
    );
  });

  test('are suggested by the nearest name', () => {
    const rules = 'qualification: { suppress: [{ id: a, when: { LeadSorce: Web } }] }';

    expect(problemsIn(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([
      'b.yaml:1:46 error E_FIELD_UNKNOWN Lead has no field "LeadSorce", or the integration user may not see it, did you mean "LeadSource"?',
    ]);
  });

  test('of a relationship that is not there are told by its name', () => {
    const rules = 'qualification: { suppress: [{ id: a, when: { Ower.Email: x } }] }';

    expect(problemsIn(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })[0]).toContain('did you mean "Owner"?');
  });

  test.each([
    ['set', 'Lead', 'MQL__c', { isUpdateable: false }, placeOf('MQL__c')],
    ['the episode', 'Opportunity', 'Rolecall_Episode__c', { isUpdateable: false }, placeOf('Rolecall_Episode__c')],
    ['the key of tasks', 'Task', 'Rolecall_Key__c', { isCreateable: false }, placeOf('Rolecall_Key__c')],
  ])('E_FIELD_NO_ACCESS for %s that the integration user may not write', (_, object, name, change, place) => {
    const problems = problemsIn(anOrg({ field: [object, name, change] }));

    expect(problems[0]).toContain(
      `${place} error E_FIELD_NO_ACCESS the integration user may not write ${object}.${name}`,
    );
  });

  test('F38: a module that only observes needs no right to write', () => {
    expect(problemsIn(anOrg({ field: ['Opportunity', 'Deal_Gaps__c', { isUpdateable: false }] }))).toEqual([]);
  });

  test('a module that is off needs no field at all', () => {
    const off = {
      ...example,
      'enforcement.yaml': (example['enforcement.yaml'] ?? '').replace('mode: observe', 'mode: off'),
    };

    expect(problemsIn(anOrg({ field: ['Opportunity', 'Deal_Gaps__c', null] }), off)).toEqual([]);
  });

  test('F38a: the key of tasks must be unique', () => {
    expect(problemsIn(anOrg({ field: ['Task', 'Rolecall_Key__c', { isUnique: false }] }))).toEqual([
      expect.stringContaining('E_FIELD_TYPE Task.Rolecall_Key__c must be an external id and unique'),
    ]);
  });

  test('F14: an org without country picklists is no problem', () => {
    expect(problemsIn(anOrg({ field: ['Lead', 'CountryCode', null] }))).toEqual([]);
  });

  test('a guarded field may belong to either object, but not to none', () => {
    const org = { ...example, 'org.yaml': (example['org.yaml'] ?? '').replace('IsClosed]', 'IsClosd]') };

    expect(problemsIn(anOrg(), org)).toEqual([
      expect.stringContaining('E_FIELD_UNKNOWN neither Lead nor Opportunity has a field "IsClosd"'),
    ]);
  });
});

function leadStatuses(statuses: readonly string[]): OrgFacts {
  const picklistValues = statuses.map((value) => ({ value, isActive: true }));
  return anOrg({ field: ['Lead', 'Status', { picklistValues }] });
}

describe('picklists', () => {
  test('QE6: a status that is written must be an active value', () => {
    const before = anOrg().describe('Lead')?.fields.get('Status')?.picklistValues ?? [];
    const picklistValues = before.map(({ value }) => ({ value, isActive: value !== 'Nurturing' }));

    expect(problemsIn(anOrg({ field: ['Lead', 'Status', { picklistValues }] }))).toEqual([
      expect.stringContaining(
        `${placeOf('Nurturing, MQL__c')} error E_PICKLIST_VALUE "Nurturing" is not an active value of Lead.Status`,
      ),
    ]);
  });

  test('a status in a condition must be a value', () => {
    const rules = 'qualification: { scope: { Status: [Opn] } }';
    const problems = problemsIn(leadStatuses(['Open', 'Working']), { 'a.yaml': ORG_YAML, 'b.yaml': rules });

    expect(problems).toEqual([
      'b.yaml:1:36 error E_PICKLIST_VALUE "Opn" is not a value of Lead.Status, did you mean "Open"?',
    ]);
  });

  test('F9: letters of either case are the same value in a condition', () => {
    const rules = 'qualification: { scope: { Status: open } }';

    expect(problemsIn(leadStatuses(['Open']), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
  });

  test('one that is not restricted takes any value', () => {
    const rules = 'qualification: { scope: { LeadSource: Carrier Pigeon } }';

    expect(problemsIn(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
  });

  test('C7: a role of the committee without any value in the org', () => {
    const picklistValues = [
      'Economic Buyer',
      'Champion',
      'Evaluator',
      'Executive Sponsor',
      'Business User',
      'Other',
    ].map((value) => ({ value, isActive: true }));
    const problems = problemsIn(anOrg({ field: ['OpportunityContactRole', 'Role', { picklistValues }] }));

    expect(problems.filter((line) => line.includes('error'))).toEqual([
      expect.stringContaining(
        `${placeOf('procurement:')} error E_PICKLIST_VALUE no value of the role "procurement" is in`,
      ),
    ]);
    expect(problems).toContainEqual(
      expect.stringContaining(`${placeOf('Influencer')} warning W_ROLE_VALUE "Influencer" is not in the picklist`),
    );
  });
});

describe('stages', () => {
  const stages = anOrg().stages;

  test('CE24: a renamed stage', () => {
    const renamed = stages.map(({ apiName, sortOrder }) => ({ apiName: apiName.replace('Needs', 'Need'), sortOrder }));

    expect(problemsIn(anOrg({ stages: renamed }))).toEqual([
      expect.stringContaining(
        `${placeOf('Needs Analysis')} error E_STAGE_UNKNOWN "Needs Analysis" is not a stage of the org, did you mean "Need Analysis"?`,
      ),
      expect.stringContaining(`${placeOf('Needs Analysis', 2)} error E_STAGE_UNKNOWN`),
    ]);
  });

  test('C2: stages in another order than the org has', () => {
    const moved = stages.map((stage) => (stage.apiName === 'Value Proposition' ? { ...stage, sortOrder: 1.5 } : stage));

    expect(problemsIn(anOrg({ stages: moved }))).toEqual([
      expect.stringContaining(
        `${placeOf('Value Proposition')} error E_STAGE_ORDER "Value Proposition" does not come after "Needs Analysis" in the org`,
      ),
    ]);
  });

  test('C14: the stage to treat a close deal as', () => {
    const without = stages.filter(({ apiName }) => apiName !== 'Negotiation/Review');

    expect(problemsIn(anOrg({ stages: without }))).toHaveLength(2);
  });
});

describe('users', () => {
  const users = [...anOrg().users];
  const others = users.filter(({ username }) => username !== 'ron@northwind.example');

  test('F42: a user whom nobody knows', () => {
    expect(problemsIn(anOrg({ users: others }))).toEqual([
      expect.stringContaining(`${placeOf('ron@')} error E_USER_UNKNOWN "ron@northwind.example" is no user of the org`),
    ]);
  });

  test('F42: an address that two active users share', () => {
    const shared = ['ron.a', 'ron.b'].map((name) =>
      aUser({ username: `${name}@x.example`, email: 'ron@northwind.example' }),
    );

    expect(problemsIn(anOrg({ users: [...others, ...shared] }))).toEqual([
      expect.stringContaining('E_USER_AMBIGUOUS "ron@northwind.example" is the e-mail address of 2 active users'),
    ]);
  });

  test('F42: an address of one active user', () => {
    const ron = aUser({ username: 'ron@x.example', email: 'Ron@Northwind.example' });
    const former = aUser({ username: 'old@x.example', email: 'ron@northwind.example', isActive: false });

    expect(problemsIn(anOrg({ users: [...others, former, ron] }))).toEqual([]);
  });

  test('F42: an id of 15 characters', () => {
    const rules = `routing: { fallback: [{ queue: Archive }], pools: { a: { members: [${users[0]?.id.slice(0, 15)}] } } }`;

    expect(problemsIn(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
  });

  test('F6: an inactive user is a warning', () => {
    const inactive = aUser({ username: 'ron@northwind.example', isActive: false });

    expect(problemsIn(anOrg({ users: [...others, inactive] }))).toEqual([
      expect.stringContaining(
        `${placeOf('ron@')} warning W_USER_INACTIVE the user "ron@northwind.example" is inactive`,
      ),
    ]);
  });

  test('are all found that the example names', () => {
    const names = problemsIn(anOrg({ users: [] })).map((line) => / "([^"]+)@northwind/.exec(line)?.[1] ?? line);

    expect([...new Set(names)].sort()).toEqual(USERNAMES.toSorted());
  });
});

describe('queues', () => {
  const queues = anOrg().queues.filter(({ developerName }) => developerName !== 'Archive');

  test('that the org has not', () => {
    expect(problemsIn(anOrg({ queues }))).toEqual([
      expect.stringContaining(`${placeOf('Archive }')} error E_QUEUE_OBJECT "Archive" is not a queue of the org`),
    ]);
  });

  test('F42: that cannot own leads', () => {
    const cases = aQueue({ developerName: 'Archive', objects: new Set(['Case']) });

    expect(problemsIn(anOrg({ queues: [...queues, cases] }))).toEqual([
      expect.stringContaining('error E_QUEUE_OBJECT the queue "Archive" cannot own leads'),
    ]);
  });

  test('whose objects the org does not tell', () => {
    expect(problemsIn(anOrg({ queues: [...queues, aQueue({ developerName: 'archive', objects: null })] }))).toEqual([]);
  });
});

test('YE13: a campaign that is not there is a warning', () => {
  const problems = problemsIn(anOrg({ campaigns: new Set(['Nurture - Budget', 'Nurture - Timing']) }));

  expect(problems).toEqual([
    expect.stringContaining('warning W_CAMPAIGN_UNKNOWN there is no active campaign "Nurture - UTR"'),
  ]);
});

test('a list whose file has not been delivered is a warning', () => {
  const files = { 'a.yaml': ORG_YAML, 'b.yaml': 'lists: { vips: { file: vips.csv, columns: [domain] } }' };

  expect(problemsIn(anOrg(), files)).toEqual([
    expect.stringContaining('b.yaml:1:24 warning W_LIST_EMPTY the file of the list "vips" is not there'),
  ]);
});

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
