import { describe, expect, test } from 'vitest';

import type { OrgFacts } from '../../src/config/live.ts';
import { liveProblems, placeOf } from './example.ts';
import { ORG_YAML } from './folder.ts';
import { anOrg, aQueue, aUser, USERNAMES } from './org-facts.ts';

test('the example fits an org that has what it names', () => {
  expect(liveProblems(anOrg())).toEqual([]);
});

function leadStatuses(statuses: readonly string[]): OrgFacts {
  const picklistValues = statuses.map((value) => ({ value, isActive: true }));
  return anOrg({ field: ['Lead', 'Status', { picklistValues }] });
}

describe('picklists', () => {
  test('QE6: a status that is written must be an active value', () => {
    const before = anOrg().describe('Lead')?.fields.get('Status')?.picklistValues ?? [];
    const picklistValues = before.map(({ value }) => ({ value, isActive: value !== 'Nurturing' }));

    expect(liveProblems(anOrg({ field: ['Lead', 'Status', { picklistValues }] }))).toEqual([
      expect.stringContaining(
        `${placeOf('Nurturing, MQL__c')} error E_PICKLIST_VALUE "Nurturing" is not an active value of Lead.Status`,
      ),
    ]);
  });

  test('a status in a condition must be a value', () => {
    const rules = 'qualification: { scope: { Status: [Opn] } }';
    const problems = liveProblems(leadStatuses(['Open', 'Working']), { 'a.yaml': ORG_YAML, 'b.yaml': rules });

    expect(problems).toEqual([
      'b.yaml:1:36 error E_PICKLIST_VALUE "Opn" is not a value of Lead.Status, did you mean "Open"?',
    ]);
  });

  test('F9: letters of either case are the same value in a condition', () => {
    const rules = 'qualification: { scope: { Status: open } }';

    expect(liveProblems(leadStatuses(['Open']), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
  });

  test('one that is not restricted takes any value', () => {
    const rules = 'qualification: { scope: { LeadSource: Carrier Pigeon } }';

    expect(liveProblems(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
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
    const problems = liveProblems(anOrg({ field: ['OpportunityContactRole', 'Role', { picklistValues }] }));

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

    expect(liveProblems(anOrg({ stages: renamed }))).toEqual([
      expect.stringContaining(
        `${placeOf('Needs Analysis')} error E_STAGE_UNKNOWN "Needs Analysis" is not a stage of the org, did you mean "Need Analysis"?`,
      ),
      expect.stringContaining(`${placeOf('Needs Analysis', 2)} error E_STAGE_UNKNOWN`),
    ]);
  });

  test('C2: stages in another order than the org has', () => {
    const moved = stages.map((stage) => (stage.apiName === 'Value Proposition' ? { ...stage, sortOrder: 1.5 } : stage));

    expect(liveProblems(anOrg({ stages: moved }))).toEqual([
      expect.stringContaining(
        `${placeOf('Value Proposition')} error E_STAGE_ORDER "Value Proposition" does not come after "Needs Analysis" in the org`,
      ),
    ]);
  });

  test('C14: the stage to treat a close deal as', () => {
    const without = stages.filter(({ apiName }) => apiName !== 'Negotiation/Review');

    expect(liveProblems(anOrg({ stages: without }))).toHaveLength(2);
  });
});

describe('users', () => {
  const users = [...anOrg().users];
  const others = users.filter(({ username }) => username !== 'ron@northwind.example');

  test('F42: a user whom nobody knows', () => {
    expect(liveProblems(anOrg({ users: others }))).toEqual([
      expect.stringContaining(`${placeOf('ron@')} error E_USER_UNKNOWN "ron@northwind.example" is no user of the org`),
    ]);
  });

  test('F42: an address that two active users share', () => {
    const shared = ['ron.a', 'ron.b'].map((name) =>
      aUser({ username: `${name}@x.example`, email: 'ron@northwind.example' }),
    );

    expect(liveProblems(anOrg({ users: [...others, ...shared] }))).toEqual([
      expect.stringContaining('E_USER_AMBIGUOUS "ron@northwind.example" is the e-mail address of 2 active users'),
    ]);
  });

  test('F42: one user who is a member of a pool by two names', () => {
    const ron = aUser({ username: 'ron@x.example', email: 'ron@sales.example' });
    const fallback = 'fallback: [{ queue: Unrouted_Leads }]';
    const pools = 'pools: { p: { members: [ron@x.example, { user: ron@sales.example, weight: 2 }] } }';
    const files = { 'a.yaml': ORG_YAML, 'b.yaml': `routing: { ${pools}, ${fallback} }` };

    expect(liveProblems(anOrg({ users: [ron] }), files)).toEqual([
      'b.yaml:1:59 error E_DUP_ID "ron@sales.example" is the same user as "ron@x.example"; a greater share is a weight',
    ]);
  });

  test('F42: an address of one active user', () => {
    const ron = aUser({ username: 'ron@x.example', email: 'Ron@Northwind.example' });
    const former = aUser({ username: 'old@x.example', email: 'ron@northwind.example', isActive: false });

    expect(liveProblems(anOrg({ users: [...others, former, ron] }))).toEqual([]);
  });

  test('F42: an id of 15 characters', () => {
    const rules = `routing: { fallback: [{ queue: Archive }], pools: { a: { members: [${users[0]?.id.slice(0, 15)}] } } }`;

    expect(liveProblems(anOrg(), { 'a.yaml': ORG_YAML, 'b.yaml': rules })).toEqual([]);
  });

  test('F6: an inactive user is a warning', () => {
    const inactive = aUser({ username: 'ron@northwind.example', isActive: false });

    expect(liveProblems(anOrg({ users: [...others, inactive] }))).toEqual([
      expect.stringContaining(
        `${placeOf('ron@')} warning W_USER_INACTIVE the user "ron@northwind.example" is inactive`,
      ),
    ]);
  });

  test('are all found that the example names', () => {
    const names = liveProblems(anOrg({ users: [] })).map((line) => / "([^"]+)@northwind/.exec(line)?.[1] ?? line);

    expect([...new Set(names)].sort()).toEqual(USERNAMES.toSorted());
  });
});

describe('queues', () => {
  const queues = anOrg().queues.filter(({ developerName }) => developerName !== 'Archive');

  test('that the org has not', () => {
    expect(liveProblems(anOrg({ queues }))).toEqual([
      expect.stringContaining(`${placeOf('Archive }')} error E_QUEUE_OBJECT "Archive" is not a queue of the org`),
    ]);
  });

  test('F42: that cannot own leads', () => {
    const cases = aQueue({ developerName: 'Archive', objects: new Set(['Case']) });

    expect(liveProblems(anOrg({ queues: [...queues, cases] }))).toEqual([
      expect.stringContaining('error E_QUEUE_OBJECT the queue "Archive" cannot own leads'),
    ]);
  });

  test('whose objects the org does not tell', () => {
    expect(liveProblems(anOrg({ queues: [...queues, aQueue({ developerName: 'archive', objects: null })] }))).toEqual(
      [],
    );
  });
});

test('YE13: a campaign that is not there is a warning', () => {
  const problems = liveProblems(anOrg({ campaigns: new Set(['Nurture - Budget', 'Nurture - Timing']) }));

  expect(problems).toEqual([
    expect.stringContaining('warning W_CAMPAIGN_UNKNOWN there is no active campaign "Nurture - UTR"'),
  ]);
});

test('a list whose file has not been delivered is a warning', () => {
  const files = { 'a.yaml': ORG_YAML, 'b.yaml': 'lists: { vips: { file: vips.csv, columns: [domain] } }' };

  expect(liveProblems(anOrg(), files)).toEqual([
    expect.stringContaining('b.yaml:1:24 warning W_LIST_EMPTY the file of the list "vips" is not there'),
  ]);
});
