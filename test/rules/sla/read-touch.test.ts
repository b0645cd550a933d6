import { describe, expect, test } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { compileTouch, readTouch } from '../../../src/rules/sla/read-touch.ts';
import type { Activity } from '../../../src/rules/sla/read-touch.ts';
import { exampleSla } from './example-sla.ts';

const now = readInstant('2026-11-23T12:00Z');
const rules = compileTouch(exampleSla.touch, new Map());
const byAnyone = compileTouch({ ...exampleSla.touch, by: 'anyone' }, new Map());
const KIM = 'kim@northwind.example';

function aTask(fields: Fields = {}): Activity {
  return {
    object: 'Task',
    fields: {
      TaskSubtype: 'Call',
      Status: 'Completed',
      Subject: 'Call',
      CompletedDateTime: '2026-11-23T09:15:00.000+0000',
      CreatedDate: '2026-11-23T09:16:00.000+0000',
      'Owner.Username': KIM,
      'CreatedBy.Username': KIM,
      ...fields,
    },
  };
}

function anEvent(fields: Fields = {}): Activity {
  const start = { StartDateTime: '2026-11-23T10:00:00.000+0000', IsAllDayEvent: false };
  return { object: 'Event', fields: { ...start, Subject: 'Demo', 'Owner.Username': KIM, ...fields } };
}

describe('what is a touch', () => {
  test('a completed call by the owner is one, with both of its times', () => {
    expect(readTouch(rules, aTask(), () => KIM, now)).toEqual({
      channel: 'call',
      completed: readInstant('2026-11-23T09:15Z'),
      created: readInstant('2026-11-23T09:16Z'),
    });
  });

  test('an event is a meeting that counts from its start', () => {
    expect(readTouch(rules, anEvent(), () => KIM, now)).toEqual({
      channel: 'meeting',
      completed: readInstant('2026-11-23T10:00Z'),
      created: null,
    });
  });

  test.each([
    ['an email is', aTask({ TaskSubtype: 'Email' }), true],
    ['another subtype is not', aTask({ TaskSubtype: 'LinkedIn' }), false],
    ['an open task is not', aTask({ Status: 'Not Started', CompletedDateTime: null }), false],
    ['a task of another user is not', aTask({ 'Owner.Username': 'lee@northwind.example' }), false],
    ['the owner may be written in other letters', aTask({ 'Owner.Username': 'Kim@Northwind.example' }), true],
    [
      'SE1 an email that marketing logs for the owner is not',
      aTask({ 'CreatedBy.Username': 'marketo@northwind.example' }),
      false,
    ],
    ['an automated subject is not', aTask({ Subject: '[auto] Welcome' }), false],
    ['a mass email is not', aTask({ Subject: 'Mass Email: News' }), false],
    ['a day-long event is not', anEvent({ IsAllDayEvent: true }), false],
    ['a day is no time', anEvent({ StartDateTime: '2026-11-23' }), false],
  ])('%s', (_what, activity, isTouch) => {
    expect(readTouch(rules, activity, () => KIM, now) !== null).toBe(isTouch);
  });

  test('SE2 a reply from the team mailbox is one only where anybody may touch', () => {
    const reply = aTask({ TaskSubtype: 'Email', 'Owner.Username': 'team@northwind.example' });

    expect(readTouch(rules, reply, () => KIM, now)).toBeNull();
    expect(readTouch(byAnyone, reply, () => KIM, now)).not.toBeNull();
  });

  test('SE1 also where anybody may touch, the marketing user may not', () => {
    expect(readTouch(byAnyone, aTask({ 'Owner.Username': 'marketo@northwind.example' }), () => KIM, now)).toBeNull();
  });

  test('SE5 the owner is the one at that time, and a queue has none', () => {
    const handedOver = readInstant('2026-11-23T09:30Z');
    const ownerAt = (at: number) => (at < handedOver ? 'lee@northwind.example' : KIM);

    expect(readTouch(rules, aTask(), ownerAt, now)).toBeNull();
    expect(readTouch(rules, aTask({ CompletedDateTime: '2026-11-23T09:31:00Z' }), ownerAt, now)).not.toBeNull();
    expect(readTouch(rules, aTask({ 'Owner.Username': null }), () => null, now)).toBeNull();
  });

  test('an object that is not listed has no touches', () => {
    const { Task } = exampleSla.touch.counts;
    const tasksOnly = compileTouch({ ...exampleSla.touch, counts: { Task } }, new Map());

    expect(readTouch(tasksOnly, anEvent(), () => KIM, now)).toBeNull();
  });
});
