import { describe, expect, test } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import type { CommitteeTask, OpportunityView } from '../../../src/rules/contact-roles/opportunity-view.ts';
import { writeEscalation } from '../../../src/rules/contact-roles/write-escalation.ts';
import { playRound } from './support/apply-plan.ts';
import { DAY, NOW, anOpportunity, roles, someRules } from './support/builders.ts';

const rules = someRules();
const proposal = { StageName: 'Proposal/Price Quote' };
const PARTIAL = roles('a*: Champion; b: Evaluator; c: Other');
const COMPLETE = roles('a*: Champion; b: Evaluator; c: Economic Buyer');

function changeTasks(view: OpportunityView, changes: Partial<CommitteeTask>): OpportunityView {
  return { ...view, tasks: view.tasks.map((task) => ({ ...task, ...changes })) };
}

function changeFields(view: OpportunityView, fields: OpportunityView['fields']): OpportunityView {
  return { ...view, fields: { ...view.fields, ...fields } };
}

describe('C17: flags', () => {
  test('show status, coverage and what is missing', () => {
    const { plan } = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    expect(plan.update).toEqual({
      Contact_Role_Status__c: 'violation',
      Contact_Role_Coverage__c: '4/5',
      Missing_Contact_Roles__c: 'economic_buyer',
      Rolecall_Episode__c: 1,
    });
  });

  test('are written only where they change', () => {
    const fields = { ...proposal, Contact_Role_Coverage__c: '4/5', Missing_Contact_Roles__c: 'champion' };

    const { plan } = playRound(rules, anOpportunity({ fields, roles: PARTIAL }), NOW);

    expect(Object.keys(plan.update ?? {})).toEqual([
      'Contact_Role_Status__c',
      'Missing_Contact_Roles__c',
      'Rolecall_Episode__c',
    ]);
  });

  test('blank what is missing once nothing is', () => {
    const fields: Fields = { Missing_Contact_Roles__c: 'primary' };

    const { plan } = playRound(rules, anOpportunity({ fields, roles: roles('a*: Champion') }), NOW);

    expect(plan.update).toMatchObject({ Contact_Role_Status__c: 'compliant', Missing_Contact_Roles__c: null });
  });

  test('are cut at the field’s length without a blank at the end', () => {
    const fieldLengths = new Map([['Missing_Contact_Roles__c', 14]]);

    const { plan } = playRound(rules, anOpportunity({ fieldLengths }), NOW);

    expect(plan.update?.['Missing_Contact_Roles__c']).toBe('contacts 0/1;');
  });

  test('keep the type of their value', () => {
    const counting = someRules({
      set: { Present__c: '{satisfied}', Text__c: '{satisfied} of {total} in {StageName}' },
    });

    const { plan } = playRound(counting, anOpportunity({ fields: { Present__c: 1 } }), NOW);

    expect(plan.update).toMatchObject({ Present__c: 0, Text__c: '0 of 2 in Qualification' });
  });

  test('show warning while the grace lasts', () => {
    const fields = { LastStageChangeDate: '2026-11-23T09:00:00.000+0000' };

    const { plan } = playRound(rules, anOpportunity({ fields }), NOW);

    expect(plan.update).toMatchObject({ Contact_Role_Status__c: 'warning', Rolecall_Episode__c: 1 });
    expect(plan.createTask).toBeNull();
  });
});

describe('C18: the task of a gap', () => {
  test('is made once grace is over, for the owner, with its key and due day', () => {
    const { plan } = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    expect(plan.createTask).toEqual({
      OwnerId: '005-owner',
      WhatId: '006000000000001AAA',
      Subject: 'Add to the buying committee: economic_buyer',
      Description: expect.stringContaining('Missing: economic_buyer'),
      ActivityDate: '2026-11-25',
      Priority: 'Normal',
      Status: 'Not Started',
      Rolecall_Key__c: 'contact-roles:006000000000001AAA:1',
    });
  });

  test.each([
    { to: 'manager', managerId: '005-manager', ownerId: '005-manager' },
    { to: 'manager', managerId: null, ownerId: '005-owner' },
    { to: 'revops@northwind.example', managerId: null, ownerId: '005-revops' },
  ])('goes to $to, who is $ownerId', ({ to, managerId, ownerId }) => {
    const task = { to, subject: 'Complete the committee' };

    const { plan } = playRound(someRules({ task }), anOpportunity({ managerId }), NOW);

    expect(plan.createTask).toMatchObject({ OwnerId: ownerId });
    expect(plan.createTask).not.toHaveProperty('ActivityDate');
  });

  test('has a subject of at most 255 characters, cut between words', () => {
    const task = { subject: `${'Please '.repeat(40)}{missing}` };

    const { plan } = playRound(someRules({ task }), anOpportunity(), NOW);

    expect(String(plan.createTask?.['Subject']).length).toBeLessThanOrEqual(255);
    expect(plan.createTask?.['Subject']).toMatch(/ Please…$/);
  });

  test('is not made without a field for its key', () => {
    const keyless = { ...rules, settings: { ...rules.settings, taskKeyField: null } };

    expect(playRound(keyless, anOpportunity(), NOW).plan.createTask).toBeNull();
  });

  test('follows the gap in its subject and description', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    const worse = playRound(rules, { ...first.view, roles: PARTIAL.slice(0, 2) }, NOW + DAY);
    const same = playRound(rules, worse.view, NOW + DAY);

    expect(worse.plan.updateTasks).toEqual([
      {
        id: '00T-0',
        fields: {
          Subject: 'Add to the buying committee: contacts 2/3; economic_buyer',
          Description: expect.stringContaining('Missing: contacts 2/3; economic_buyer'),
        },
        seen: {
          IsClosed: false,
          Subject: 'Add to the buying committee: economic_buyer',
          Description: expect.stringContaining('Missing: economic_buyer'),
        },
      },
    ]);
    expect([worse.plan.createTask, same.plan.updateTasks]).toEqual([null, []]);
  });

  test('follows the opportunity to its new owner', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    const given = playRound(rules, changeFields(first.view, { OwnerId: '005-next' }), NOW + DAY);
    const again = playRound(rules, changeFields(given.view, { OwnerId: '005-third' }), NOW + DAY);

    expect(given.plan.updateTasks.map(({ fields }) => fields)).toEqual([{ OwnerId: '005-next' }]);
    expect(again.plan.updateTasks.map(({ fields }) => fields)).toEqual([{ OwnerId: '005-third' }]);
  });

  test('still follows the gap when its last change did not reach the org', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const lost = playRound(rules, { ...first.view, roles: PARTIAL.slice(0, 2) }, NOW + DAY);

    const again = playRound(rules, { ...lost.view, tasks: first.view.tasks, roles: PARTIAL.slice(0, 1) }, NOW + DAY);

    expect(again.plan.updateTasks).toHaveLength(1);
  });

  test.each([
    { what: 'subject', changes: { subject: 'Ask Kim on Thursday' }, left: 'Subject' },
    { what: 'description', changes: { description: 'Kim knows the CFO' }, left: 'Description' },
    { what: 'owner', changes: { ownerId: '005-kim' }, left: 'OwnerId' },
  ])('F38a: leaves the $what that a person changed, and what is remembered tells', ({ changes, left }) => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const changed = changeTasks(changeFields(first.view, { OwnerId: '005-next' }), { ...changes, isUntouched: false });

    const worse = playRound(rules, { ...changed, roles: PARTIAL.slice(0, 2) }, NOW + DAY);

    const followed = ['Subject', 'Description', 'OwnerId'].filter((name) => name !== left);
    expect(worse.plan.updateTasks.map(({ fields }) => Object.keys(fields))).toEqual([followed]);
  });

  test.each([
    { name: 'leaves a task that a person changed last', changes: { isUntouched: false }, written: [] },
    { name: 'follows one that nobody changed', changes: {}, written: ['Subject', 'Description', 'OwnerId'] },
    {
      name: 'leaves what a person added to the description before we wrote the subject again',
      changes: { description: 'The committee lacks somebody.\nKim knows the CFO' },
      written: ['Subject', 'OwnerId'],
    },
  ])('F38a: $name, where the memory is lost', ({ changes, written }) => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const view = changeTasks(changeFields(first.view, { OwnerId: '005-next' }), changes);

    const worse = playRound(rules, { ...view, memory: null, roles: PARTIAL.slice(0, 2) }, NOW + DAY);

    expect(worse.plan.updateTasks.flatMap(({ fields }) => Object.keys(fields))).toEqual(written);
  });

  test('is closed with the reason once the opportunity is compliant, and keeps a person’s notes', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const noted = changeTasks(first.view, { description: 'Kim is on holiday' });

    const whole = playRound(rules, { ...noted, roles: [...PARTIAL, ...roles('d: Decision Maker')] }, NOW + DAY);

    expect(whole.plan.updateTasks).toEqual([
      {
        id: '00T-0',
        fields: { Status: 'Completed', Description: 'Kim is on holiday\n\nClosed by rolecall: compliant' },
        seen: { IsClosed: false, Description: 'Kim is on holiday' },
      },
    ]);
    expect(whole.plan.update).not.toHaveProperty('Rolecall_Episode__c');
  });

  test('comes anew, with the next episode, for the next gap', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const whole = playRound(rules, { ...first.view, roles: [...PARTIAL, ...roles('d: Decision Maker')] }, NOW + DAY);
    const gap = playRound(rules, { ...whole.view, roles: PARTIAL }, NOW + 2 * DAY);

    const overdue = playRound(rules, gap.view, gap.ruling.graceEnds ?? 0);

    expect([gap.plan.createTask, gap.plan.update?.['Rolecall_Episode__c']]).toEqual([null, 2]);
    expect(overdue.plan.createTask).toMatchObject({ Rolecall_Key__c: 'contact-roles:006000000000001AAA:2' });
  });

  test.each([
    { name: 'closed', changes: { isClosed: true } },
    { name: 'deleted', changes: { isDeleted: true } },
  ])('a task that a person $name is not made again for the same gap', ({ changes }) => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    const again = playRound(rules, changeTasks(first.view, changes), NOW + DAY);

    expect([again.plan.createTask, again.plan.updateTasks, again.plan.update]).toEqual([null, [], null]);
  });

  test('a deleted task is not made again even when it cannot be seen any more', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);
    const seen = playRound(rules, first.view, NOW + 1000);

    expect(playRound(rules, { ...seen.view, tasks: [] }, NOW + DAY).plan.createTask).toBeNull();
  });

  test('a task whose creation was lost is made again with the same key', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: PARTIAL }), NOW);

    const again = playRound(rules, { ...first.view, tasks: [] }, NOW + 1000);

    expect(again.plan.createTask?.['Rolecall_Key__c']).toBe(first.plan.createTask?.['Rolecall_Key__c']);
  });

  test('a new missing item after that opens a new one, fewer or the same do not', () => {
    const rows = roles('a*: Champion; c: Other; d: Other');
    const first = playRound(rules, anOpportunity({ fields: proposal, roles: rows }), NOW - 18 * DAY);
    const closed = playRound(rules, changeTasks(first.view, { isClosed: true }), NOW);

    const fewer = playRound(rules, { ...closed.view, roles: [...rows, ...roles('b: Evaluator')] }, NOW + DAY);
    const same = playRound(rules, { ...fewer.view, roles: rows }, NOW + DAY);
    const more = playRound(rules, { ...same.view, roles: rows.slice(1) }, NOW + DAY);

    expect([fewer.plan.createTask, same.plan.createTask]).toEqual([null, null]);
    expect(more.plan.createTask).toMatchObject({ Rolecall_Key__c: 'contact-roles:006000000000001AAA:2' });
    expect(more.plan.update).toMatchObject({ Rolecall_Episode__c: 2 });
    expect([closed.plan.escalation?.to, more.plan.escalation]).toEqual(['005-revops', null]);
  });
});

describe('when the memory is older than what was written', () => {
  const strict = someRules({ grace: undefined });
  const whole = playRound(strict, anOpportunity({ fields: proposal, roles: COMPLETE }), NOW - DAY);
  const gap = playRound(strict, { ...whole.view, roles: PARTIAL }, NOW);

  test.each([
    { name: 'the flags', tasks: [], created: 1 },
    { name: 'the flags and the task', tasks: gap.view.tasks, created: undefined },
  ])('XE23: a daemon that was killed once $name were written begins no second episode', ({ tasks, created }) => {
    const { plan } = playRound(strict, { ...gap.view, tasks, memory: whole.view.memory }, NOW + 1_000);

    const key = created === undefined ? undefined : `contact-roles:006000000000001AAA:${created}`;
    expect([plan.update, plan.createTask?.['Rolecall_Key__c']]).toEqual([null, key]);
    expect(gap.view.tasks).toHaveLength(1);
  });
});

describe('when the memory is lost', () => {
  const known = {
    ...proposal,
    Contact_Role_Status__c: 'violation',
    Contact_Role_Coverage__c: '4/5',
    Missing_Contact_Roles__c: 'economic_buyer',
    Rolecall_Episode__c: 3,
  };
  const task: CommitteeTask = {
    id: '00T-3',
    key: 'contact-roles:006000000000001AAA:3',
    subject: 'Add to the buying committee: economic_buyer',
    description: null,
    isClosed: false,
    isDeleted: false,
    isUntouched: true,
    ownerId: '005-owner',
    createdAt: NOW - 10 * DAY,
  };

  test.each([
    { name: 'an open task stays the task of the gap', tasks: [task], created: null },
    { name: 'a task that a person closed is not made again', tasks: [{ ...task, isClosed: true }], created: null },
    { name: 'a task that is not there is made with the key of its episode', tasks: [], created: 3 },
    {
      name: 'after a task that we closed a new episode begins',
      tasks: [{ ...task, isClosed: true, description: 'Closed by rolecall: compliant' }],
      created: 4,
    },
  ])('$name', ({ tasks, created }) => {
    const { plan } = playRound(rules, anOpportunity({ fields: known, roles: PARTIAL, tasks }), NOW);

    const key = created === null ? undefined : `contact-roles:006000000000001AAA:${created}`;
    expect(plan.createTask?.['Rolecall_Key__c']).toBe(key);
  });

  test('a flag of no gap means that a new episode begins', () => {
    const fields = { ...known, Contact_Role_Status__c: 'exempt' };

    const { plan } = playRound(rules, anOpportunity({ fields, roles: PARTIAL }), NOW);

    expect(plan.update).toMatchObject({ Rolecall_Episode__c: 4 });
  });
});

describe('escalation', () => {
  const entered = readInstant('2026-11-02T09:00:00Z');

  test('S9: fires only the last of several steps that became overdue in a pause', () => {
    const seen = playRound(rules, anOpportunity({ fields: proposal }), entered);

    const { plan, view } = playRound(rules, seen.view, readInstant('2026-11-20T10:00:00Z'));

    expect(plan.escalation).toMatchObject({
      key: 'contact-roles-escalation-2:006000000000001AAA:1',
      to: '005-revops',
    });
    expect(playRound(rules, view, NOW).plan.escalation).toBeNull();
  });

  test('of a violation that is old when it is first seen counts from then: its owner was not told before', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal }), NOW);
    const due = readInstant('2026-11-26T10:00:00Z');

    expect([first.plan.createTask === null, first.plan.escalation, first.plan.wakeAt]).toEqual([false, null, due]);
    expect(playRound(rules, first.view, due).plan.escalation).toMatchObject({ to: '005-manager', dueAt: due });
  });

  test('counts from the task where the memory is lost, and has the same key', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal }), NOW);
    const due = readInstant('2026-11-26T10:00:00Z');
    const told = playRound(rules, first.view, due);
    const tasks = first.view.tasks.map((task) => ({ ...task, createdAt: NOW }));

    const forgotten = playRound(rules, { ...told.view, tasks, memory: null }, due + 1000);

    expect(forgotten.plan.escalation?.key).toBe(told.plan.escalation?.key);
  });

  test('makes a task of its own for whom it tells, with its key', () => {
    const view = anOpportunity({ fields: proposal, roles: roles('a*: Champion; c: Evaluator; d: Other') });
    const ruling = decideContactRoles(rules, view, NOW);
    const key = 'contact-roles-escalation-1:006000000000001AAA:1';

    const task = writeEscalation(rules, view, ruling, { key, to: '005-manager', target: 'manager', dueAt: NOW });

    expect(task).toMatchObject({
      OwnerId: '005-manager',
      WhatId: '006000000000001AAA',
      Subject: 'The buying committee is still incomplete: economic_buyer',
      ActivityDate: '2026-11-23',
      Rolecall_Key__c: key,
    });
  });

  test('leaves the subject of the one who was told alone, and closes with the gap', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal }), NOW);
    const told = { ...first.view.tasks[0]!, id: '00T-told', key: 'contact-roles-escalation-1:006000000000001AAA:1' };
    const both = { ...first.view, tasks: [told, ...first.view.tasks] };

    const changed = playRound(rules, { ...both, roles: roles('a*: Champion') }, NOW + DAY);
    const complete = playRound(rules, { ...both, roles: COMPLETE }, NOW + DAY);

    expect(changed.plan.updateTasks.map(({ id }) => id)).toEqual(['00T-0']);
    expect(complete.plan.updateTasks.map(({ id }) => id)).toEqual(['00T-told', '00T-0']);
  });
});
