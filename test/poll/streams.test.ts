import { describe, expect, test } from 'vitest';

import { streamGroups, type Concern } from '../../src/poll/streams.ts';

const ALL: Concern = {
  leads: true,
  opportunities: true,
  committees: true,
  taskKey: 'Rolecall_Key__c',
  userId: '005000000000001AAA',
};
const LEADS = { leads: true, opportunities: false, committees: false };
const CRITERIA = { leads: false, opportunities: true, committees: false };
const COMMITTEES = { leads: false, opportunities: true, committees: true };

describe('the objects that are polled', () => {
  const people = ['OpportunityContactRole', 'Contact', 'Task', 'Event', 'CampaignMember'];
  test.each([
    { name: 'all of them where everything is on', concern: {}, objects: ['Lead', 'Opportunity', ...people] },
    { name: 'leads and their responses for leads alone', concern: LEADS, objects: ['Lead', 'CampaignMember'] },
    { name: 'opportunities alone for opportunity_criteria', concern: CRITERIA, objects: ['Opportunity'] },
    { name: 'no leads for contact_roles', concern: COMMITTEES, objects: ['Opportunity', ...people] },
  ])('are $name (F43)', ({ concern, objects }) => {
    const polled = streamGroups({ ...ALL, ...concern }).flat();

    expect(polled.map(({ object }) => object)).toEqual(objects);
  });
});

describe('what a task touches', () => {
  const deal = '006000000000001AAA';
  const contact = '003000000000001AAA';
  const ours = { Rolecall_Key__c: `contact-roles:${deal}:1`, WhatId: deal, WhoId: null };
  test.each([
    { name: 'the deal it is about and the contact', row: { WhatId: deal, WhoId: contact }, touched: [deal, contact] },
    { name: 'nobody of ours, if it is about a case and a lead', row: { WhatId: '500', WhoId: '00Q' }, touched: [] },
    { name: 'nobody, if it is ours and nobody changed it (F29, XE25)', row: ours, by: ALL.userId, touched: [] },
    { name: 'its deal, if it is ours and a rep closed it (C18)', row: ours, by: '005000000000002AAA', touched: [deal] },
  ])('is $name', ({ row, by = '005000000000002AAA', touched }) => {
    const task = streamGroups(ALL)
      .flat()
      .find(({ object }) => object === 'Task')!;

    const read = { ...row, LastModifiedById: by };
    expect([...task.touches(read).map(({ id }) => id), ...(task.contacts?.(read) ?? [])]).toEqual(touched);
  });
});
