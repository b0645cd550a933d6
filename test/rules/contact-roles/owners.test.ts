import { describe, expect, test } from 'vitest';

import { compileCalendar } from '../../../src/rules/calendars/calendar.ts';
import { pickOwnerCalendar } from '../../../src/rules/contact-roles/pick-owner-calendar.ts';
import { pickTaskSlots } from '../../../src/rules/contact-roles/pick-task-slots.ts';
import type { TaskWish } from '../../../src/rules/contact-roles/pick-task-slots.ts';
import { scopeDefaults } from '../../../src/rules/contact-roles/scope-defaults.ts';

describe('C13: the owner’s calendar', () => {
  const open = { 'mon-fri': ['09:00-17:00'] };
  const zones = { london: 'Europe/London', berlin: 'Europe/Berlin', munich: 'Europe/Berlin' };
  const calendars = new Map(
    Object.entries(zones).map(([name, timezone]) => [name, compileCalendar({ timezone, open, holidays: [] })]),
  );
  const pools = [
    { calendar: null, members: ['ann@northwind.example'] },
    { calendar: 'munich', members: ['ann@northwind.example', 'bob@northwind.example'] },
    { calendar: 'london', members: ['ann@northwind.example'] },
  ];
  const sources = { pools, calendars, defaultCalendar: 'london' };

  test.each([
    { name: 'of the first pool that has one', owner: ['Ann@Northwind.example', null], calendar: 'munich' },
    {
      name: 'of the pool rather than of the time zone',
      owner: ['bob@northwind.example', 'Europe/London'],
      calendar: 'munich',
    },
    { name: 'with the owner’s time zone', owner: ['cy@northwind.example', 'Europe/Berlin'], calendar: 'berlin' },
    { name: 'else the default', owner: ['cy@northwind.example', 'Asia/Tokyo'], calendar: 'london' },
  ] as const)('is the one $name', ({ owner: [username, timeZone], calendar }) => {
    expect(pickOwnerCalendar('owner', { username, timeZone }, sources)).toBe(calendar);
  });

  test('is the one that grace.calendar names for all', () => {
    const owner = { username: 'bob@northwind.example', timeZone: null };

    expect(pickOwnerCalendar('berlin', owner, sources)).toBe('berlin');
  });
});

function wish(opportunityId: string, changes: Partial<TaskWish> = {}): TaskWish {
  return { opportunityId, ownerId: 'ann', amount: 100, closeDate: '2026-12-31', ...changes };
}

describe('C18: slots for tasks', () => {
  test.each([
    { name: 'largest Amount first', wishes: [wish('a'), wish('b', { amount: 200 })], granted: ['b'] },
    { name: 'a blank Amount last', wishes: [wish('a', { amount: null }), wish('b', { amount: 0 })], granted: ['b'] },
    { name: 'then earliest CloseDate', wishes: [wish('a'), wish('b', { closeDate: '2026-12-30' })], granted: ['b'] },
    { name: 'then Id', wishes: [wish('b'), wish('a')], granted: ['a'] },
    { name: 'each owner for themselves', wishes: [wish('a'), wish('b', { ownerId: 'bob' })], granted: ['a', 'b'] },
  ])('$name', ({ wishes, granted }) => {
    expect([...pickTaskSlots(wishes, new Map(), 1)].toSorted()).toEqual(granted);
  });

  test('CE16: a sixth task waits until a slot is free', () => {
    expect([...pickTaskSlots([wish('f')], new Map([['ann', 5]]), 5)]).toEqual([]);
    expect([...pickTaskSlots([wish('f')], new Map([['ann', 4]]), 5)]).toEqual(['f']);
  });
});

describe('an example that leaves scope fields out', () => {
  test('is about an opportunity in scope', () => {
    const scope = {
      IsClosed: false,
      'RecordType.DeveloperName': ['New_Business', 'Expansion'],
      Amount: { gte: 10_000 },
      any: [{ Type: 'New' }],
    };

    expect(scopeDefaults(scope)).toEqual({ IsClosed: false, 'RecordType.DeveloperName': 'New_Business' });
  });
});
