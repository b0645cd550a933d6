import { describe, expect, it } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { assigneeCalendar } from '../../../src/rules/routing/assignee-calendar.ts';
import { planHandoff } from '../../../src/rules/routing/plan-handoff.ts';
import type { HandoffInput } from '../../../src/rules/routing/plan-handoff.ts';
import { aUser, NOW, route, routingOf } from './support/builders.ts';
import { exampleCalendars, exampleRouting } from './support/example.ts';

const LEAD: Fields = {
  Email: 'kari@fjord.example',
  Company: 'Fjord AS',
  Country: 'Norway',
  LeadSource: 'Demo Request',
  Phone: null,
};
const QUALIFIED = { reason: 'hand_raiser', points: 50 };

function handoff(fields: Fields = LEAD, changes: Partial<HandoffInput> = {}): Fields | null {
  const ruling = route(exampleRouting, fields, { qualification: QUALIFIED });
  const input: HandoffInput = {
    leadId: '00Q000000000001AAA',
    epoch: 2,
    ruling,
    qualification: QUALIFIED,
    calendar: exampleCalendars.get('berlin') ?? null,
    firstTouchDue: readInstant('2026-11-24T14:30:00Z'),
    activities: [],
    keyField: 'Rolecall_Key__c',
    ...changes,
  };
  return planHandoff(exampleRouting, input, NOW);
}

describe('the handoff task (R21)', () => {
  it('says what to do and why now', () => {
    expect(handoff()).toEqual({
      OwnerId: 'ron@northwind.example',
      WhoId: '00Q000000000001AAA',
      Subject: 'New qualified lead: Fjord AS',
      Description: [
        'Why it is sales-ready: hand_raiser (50 points)',
        'Source: Demo Request · Territory: emea/nordics · First touch by 2026-11-24 15:30 Europe/Berlin',
        'Phone:  · Email: kari@fjord.example',
        'Latest activity:',
        'none',
      ].join('\n'),
      Status: 'Not Started',
      Priority: 'High',
      ActivityDate: '2026-11-25',
      Rolecall_Key__c: 'handoff:00Q000000000001AAA:2',
    });
  });

  it('tells the last five things that happened, newest first, on the assignee’s days', () => {
    const days = ['20', '12', '23', '15', '18', '10'];
    const activities = days.map((day) => {
      return { at: readInstant(`2026-11-${day}T23:30:00Z`), kind: 'Call', what: `Talk of  the\n${day}th` };
    });

    expect(String(handoff(LEAD, { activities })?.['Description']).split('\n').slice(4)).toEqual([
      '2026-11-24 Call: Talk of the 23th',
      '2026-11-21 Call: Talk of the 20th',
      '2026-11-19 Call: Talk of the 18th',
      '2026-11-16 Call: Talk of the 15th',
      '2026-11-13 Call: Talk of the 12th',
    ]);
  });

  it('is due on a date of the assignee’s calendar', () => {
    const friday = readInstant('2026-11-27T23:30:00Z'); // Saturday in Singapore
    const ruling = route(exampleRouting, LEAD);
    const input = {
      leadId: '00Q000000000001AAA',
      epoch: 1,
      ruling,
      qualification: null,
      firstTouchDue: null,
      activities: [],
      keyField: null,
    };

    const task = planHandoff(exampleRouting, { ...input, calendar: exampleCalendars.get('singapore') ?? null }, friday);

    expect(task).toMatchObject({ ActivityDate: '2026-12-01' });
    expect(task).not.toHaveProperty('Rolecall_Key__c');
  });

  it('has a subject of at most 255 characters and no half ones', () => {
    const subject = String(handoff({ ...LEAD, Company: `${'x'.repeat(233)}😀 and sons` })?.['Subject']);

    expect(subject).toHaveLength(254);
    expect(subject.endsWith('x…')).toBe(true);
  });

  it('is not made for a queue, nor where none is configured', () => {
    const none = routingOf('territories: [{ id: all, assign: p }]\npools: { p: { members: [A] } }');
    const toQueue = route(routingOf('{}'), LEAD);

    expect(handoff(LEAD, { ruling: toQueue })).toBeNull();
    expect(planHandoff(none, { ...base(), ruling: route(none, LEAD) }, NOW)).toBeNull();
  });

  it('S2: counts on the person’s own calendar, else the pool’s, else the default', () => {
    const rules = {
      ...exampleRouting,
      personCalendars: new Map([['ron@northwind.example', exampleCalendars.get('tokyo')!]]),
    };

    expect(assigneeCalendar(rules, aUser('Ron@northwind.example'), 'nordics')?.timezone).toBe('Asia/Tokyo');
    expect(assigneeCalendar(rules, aUser('val@northwind.example'), 'sea')?.timezone).toBe('Asia/Singapore');
    expect(assigneeCalendar(rules, aUser('val@northwind.example'), null)?.timezone).toBe('Europe/London');
  });
});

function base(): Omit<HandoffInput, 'ruling'> {
  return {
    leadId: '00Q000000000001AAA',
    epoch: 1,
    qualification: null,
    calendar: null,
    firstTouchDue: null,
    activities: [],
    keyField: null,
  };
}
