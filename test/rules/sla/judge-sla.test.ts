import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readInstant, writeInstant } from '../../../src/domain/instant.ts';
import { addOpen } from '../../../src/rules/calendars/add-open.ts';
import { compileCalendar } from '../../../src/rules/calendars/calendar.ts';
import { compileSla } from '../../../src/rules/sla/compile-sla.ts';
import type { SlaTerms } from '../../../src/rules/sla/compile-sla.ts';
import { judgeSla } from '../../../src/rules/sla/judge-sla.ts';
import type { SlaHistory } from '../../../src/rules/sla/judge-sla.ts';
import type { Touch } from '../../../src/rules/sla/read-touch.ts';
import { calendars } from '../calendars/example-calendars.ts';
import { compilePolicy, exampleSla } from './example-sla.ts';

const losAngeles = compileCalendar({
  timezone: 'America/Los_Angeles',
  open: { 'mon-fri': ['08:00-18:00'] },
  holidays: ['2026-11-26', '2026-12-25', '2027-01-01'],
});
const { policies } = compileSla(exampleSla, new Map(), new Map());
const handRaiser = termsOf(policies, 'hand_raiser');
const standard = termsOf(policies, 'standard');

const FRIDAY_EVENING = '2026-11-20T17:20Z';
const MUCH_LATER = readInstant('2027-01-04T12:00Z');

function termsOf(compiled: readonly SlaTerms[], id: string): SlaTerms {
  const terms = compiled.find((policy) => policy.id === id);
  if (terms === undefined) throw new Error(`the example has no policy ${id}`);
  return terms;
}

/** Given on Friday evening in London, ten minutes before closing time, unless it says otherwise. */
function aLead(history: Partial<SlaHistory> = {}): SlaHistory {
  return {
    assigned: readInstant(FRIDAY_EVENING),
    calendar: calendars.london,
    touches: [],
    paused: [],
    reassigned: null,
    ...history,
  };
}

function aCall(completed: string, created: string | null = null): Touch {
  return {
    channel: 'call',
    completed: readInstant(completed),
    created: created === null ? null : readInstant(created),
  };
}

function anEmail(completed: string): Touch {
  return { ...aCall(completed), channel: 'email' };
}

/** A time of Monday in UTC, or an instant of another day. */
function onMonday(time: string): number {
  return readInstant(time.includes('T') ? time : `2026-11-23T${time}Z`);
}

function iso(instant: string): string {
  return writeInstant(readInstant(instant));
}

describe('the deadlines of a lead', () => {
  test('SV1 a hand-raiser of Friday evening is due on Monday morning', () => {
    const { warn, due, reassign } = judgeSla(handRaiser, aLead(), MUCH_LATER);

    expect([warn, due, reassign].map((at) => writeInstant(at ?? 0))).toEqual(
      ['2026-11-23T09:10Z', '2026-11-23T09:20Z', '2026-11-23T10:20Z'].map(iso),
    );
  });

  test('SV5 Thanksgiving is skipped in Los Angeles, and three business days keep the wall time', () => {
    const lead = aLead({ assigned: readInstant('2026-11-25T23:00Z'), calendar: losAngeles });

    const { warn, due, reassign } = judgeSla(standard, lead, MUCH_LATER);

    expect([warn, due, reassign].map((at) => writeInstant(at ?? 0))).toEqual(
      ['2026-11-26T02:00Z', '2026-11-27T17:00Z', '2026-12-01T23:00Z'].map(iso),
    );
  });

  test('SV8 the touch window of ten business days ends at the wall time of the start', () => {
    expect(writeInstant(judgeSla(handRaiser, aLead(), MUCH_LATER).windowEnds ?? 0)).toBe(iso('2026-12-04T17:20Z'));
  });

  test('S2 a calendar that the policy names counts for every assignee', () => {
    const always = new Map([['always', calendars.always]]);
    const terms = compilePolicy({ clock: 'always', first_touch: { within: '30m' } }, always);

    expect(writeInstant(judgeSla(terms, aLead(), MUCH_LATER).due)).toBe(iso('2026-11-20T17:50Z'));
  });

  test('a policy without warning, reassignment and touch window has no such instants', () => {
    const terms = compilePolicy({ first_touch: { within: '30m' } });

    expect(judgeSla(terms, aLead(), MUCH_LATER)).toMatchObject({ warn: null, reassign: null, windowEnds: null });
  });

  test('S11 a new owner has a full clock on his own calendar', () => {
    const reassigned = { at: readInstant('2026-11-23T10:20Z'), calendar: calendars.newYork };

    const { due, warn } = judgeSla(handRaiser, aLead({ reassigned }), MUCH_LATER);

    expect([warn, due].map((at) => writeInstant(at ?? 0))).toEqual(['2026-11-23T13:20Z', '2026-11-23T13:30Z'].map(iso));
  });

  test('without any calendar the clock runs round the clock', () => {
    expect(writeInstant(judgeSla(handRaiser, aLead({ calendar: null }), MUCH_LATER).due)).toBe(
      iso('2026-11-20T17:50Z'),
    );
  });
});

describe('S8 a pause', () => {
  test.each([
    ['SV6 keeps the hour that was used', [['10:00', '12:00']], '15:00'],
    ['that begins before the start counts from the start', [['08:00', '10:00']], '14:00'],
    ['in closed hours moves nothing', [['07:00', '09:00']], '13:00'],
    ['that begins when the lead is due comes too late', [['13:00', '14:00']], '13:00'],
    ['of no length moves nothing', [['10:00', '10:00']], '13:00'],
    [
      'after another adds to it',
      [
        ['10:00', '11:00'],
        ['11:30', '12:00'],
      ],
      '14:30',
    ],
    [
      'that overlaps another counts once',
      [
        ['10:00', '12:00'],
        ['11:00', '12:30'],
      ],
      '15:30',
    ],
    [
      'inside another counts once',
      [
        ['10:00', '12:00'],
        ['10:30', '11:00'],
      ],
      '15:00',
    ],
    [
      'that another one moves into reach counts',
      [
        ['10:00', '12:00'],
        ['14:00', '14:30'],
      ],
      '15:30',
    ],
    [
      'in any order comes to the same',
      [
        ['14:00', '14:30'],
        ['10:00', '12:00'],
      ],
      '15:30',
    ],
    ['moves the rest to the next morning', [['10:00', '17:30']], '2026-11-24T12:00Z'],
  ] as const)('%s', (_what, pauses, due) => {
    const paused = pauses.map(([from, to]) => [onMonday(from), onMonday(to)] as const);
    const lead = aLead({ assigned: onMonday('09:00'), paused });

    expect(writeInstant(judgeSla(standard, lead, MUCH_LATER).due)).toBe(writeInstant(onMonday(due)));
  });

  test('over a weekend adds the open hours of its ends only', () => {
    const paused = [[readInstant('2026-11-20T17:25Z'), readInstant('2026-11-23T10:00Z')]] as const;

    // Five minutes of Friday are used, twenty-five are left on Monday at ten.
    expect(writeInstant(judgeSla(handRaiser, aLead({ paused }), MUCH_LATER).due)).toBe(iso('2026-11-23T10:25Z'));
  });

  test('over the weekend leaves a lead due that was due at closing time', () => {
    const assigned = readInstant('2026-11-20T13:30Z');
    const paused = [[readInstant('2026-11-20T17:30Z'), readInstant('2026-11-23T10:00Z')]] as const;

    expect(writeInstant(judgeSla(standard, aLead({ assigned, paused }), MUCH_LATER).due)).toBe(
      iso('2026-11-20T17:30Z'),
    );
  });

  test('stops the touch window too', () => {
    const paused = [[readInstant('2026-11-23T10:00Z'), readInstant('2026-11-23T12:00Z')]] as const;

    expect(writeInstant(judgeSla(handRaiser, aLead({ paused }), MUCH_LATER).windowEnds ?? 0)).toBe(
      iso('2026-12-07T10:50Z'),
    );
  });

  test('adds its hours by the clock on the wall to days of 24 hours', () => {
    const terms = compilePolicy({ first_touch: { within: '2d' } });
    const paused = [[readInstant('2026-11-21T10:00Z'), readInstant('2026-11-21T13:00Z')]] as const;

    expect(writeInstant(judgeSla(terms, aLead({ paused }), MUCH_LATER).due)).toBe(iso('2026-11-22T20:20Z'));
  });
});

describe('the first touch of a hand-raiser of Friday evening', () => {
  test.each([
    ['SV2 a call at the due instant is in time', [aCall('2026-11-23T09:20:00Z')], 'met'],
    ['S6 a call a second later is not', [aCall('2026-11-23T09:20:01Z')], 'breached'],
    ['SV10 a call that we hear of hours later was in time', [aCall('2026-11-23T09:15Z')], 'met'],
    [
      'SV12 a task logged at eleven for ten past nine counts at eleven',
      [aCall('2026-11-23T09:10Z', '2026-11-23T11:00Z')],
      'breached',
    ],
    ['S4 a task logged half an hour later is believed', [aCall('2026-11-23T09:10Z', '2026-11-23T09:40Z')], 'met'],
    [
      'S4 a task logged a second later than that is not',
      [aCall('2026-11-23T09:10Z', '2026-11-23T09:40:01Z')],
      'breached',
    ],
    [
      'S4 a task planned before it was done counts when it was done',
      [aCall('2026-11-23T09:10Z', FRIDAY_EVENING)],
      'met',
    ],
    ['SE3 a status without any activity is no touch', [], 'breached'],
    ['SE4 a task completed before the routing belongs to no epoch of ours', [aCall('2026-11-20T17:00Z')], 'breached'],
    ['SE16 a call of three seconds is a call', [aCall('2026-11-23T09:19:57Z')], 'met'],
    ['SE17 twenty seconds before the start is a skew of clocks', [aCall('2026-11-20T17:19:40Z')], 'met'],
    ['S3 a minute before the start still is', [aCall('2026-11-20T17:19:00Z')], 'met'],
    ['S3 a second more is not', [aCall('2026-11-20T17:18:59Z')], 'breached'],
    ['the first of several decides', [aCall('2026-11-23T11:00Z'), anEmail('2026-11-20T18:00Z')], 'met'],
  ] as const)('%s', (_what, touches, firstTouch) => {
    expect(judgeSla(handRaiser, aLead({ touches }), MUCH_LATER).firstTouch).toBe(firstTouch);
  });

  test.each([
    ['is running before it is due', '2026-11-23T09:19Z', 'running'],
    ['is running at the due instant', '2026-11-23T09:20Z', 'running'],
    ['is breached after it', '2026-11-23T09:20:01Z', 'breached'],
  ])('%s', (_what, now, firstTouch) => {
    expect(judgeSla(handRaiser, aLead(), readInstant(now)).firstTouch).toBe(firstTouch);
  });

  test('S3 a meeting later today is no touch until it starts', () => {
    const touches = [{ channel: 'meeting', completed: readInstant('2026-11-23T09:15Z'), created: null }];

    const [before, then] = ['2026-11-23T09:14Z', '2026-11-23T09:15Z'].map((now) =>
      judgeSla(handRaiser, aLead({ touches }), readInstant(now)),
    );

    expect(before).toMatchObject({ firstTouch: 'running', touches: 0 });
    expect(then).toMatchObject({ firstTouch: 'met', touches: 1 });
  });

  test('SE5 a touch before the reassignment does not meet the clock of the new owner', () => {
    const reassigned = { at: readInstant('2026-11-23T10:20Z'), calendar: calendars.london };
    const touches = [aCall('2026-11-23T10:00Z')];

    expect(judgeSla(handRaiser, aLead({ touches, reassigned }), readInstant('2026-11-23T10:30Z'))).toMatchObject({
      firstTouch: 'running',
      touches: 0,
    });
  });
});

describe('S5 the number of touches', () => {
  test.each([
    ['two calls within five minutes are one', [aCall('2026-11-23T10:00Z'), aCall('2026-11-23T10:05Z')], 1],
    ['two calls further apart are two', [aCall('2026-11-23T10:00Z'), aCall('2026-11-23T10:05:01Z')], 2],
    ['a call and an email at the same time are two', [aCall('2026-11-23T10:00Z'), anEmail('2026-11-23T10:00Z')], 2],
    [
      'a third call is measured from the one that counted',
      [aCall('2026-11-23T10:00Z'), aCall('2026-11-23T10:04Z'), aCall('2026-11-23T10:08Z')],
      2,
    ],
    [
      'order does not matter',
      [aCall('2026-11-23T10:05Z'), anEmail('2026-11-23T10:02Z'), aCall('2026-11-23T10:00Z')],
      2,
    ],
    ['S13 the end of the window is in it', [aCall('2026-12-04T17:20Z')], 1],
    ['S13 what comes after the window is not', [aCall('2026-12-04T17:20:01Z')], 0],
  ] as const)('%s', (_what, touches, count) => {
    expect(judgeSla(handRaiser, aLead({ touches }), MUCH_LATER).touches).toBe(count);
  });
});

describe('laws of the clock', () => {
  const instant = fc.integer({ min: Date.UTC(2026, 9, 1), max: Date.UTC(2027, 1, 1) }).map((at) => at - (at % 1000));
  const pause = fc
    .tuple(instant, fc.integer({ min: 0, max: 200_000 }))
    .map(([from, s]) => [from, from + s * 1000] as const);

  test('pauses never bring a deadline forward, and their order does not matter', () => {
    fc.assert(
      fc.property(instant, fc.array(pause, { maxLength: 5 }), (assigned, paused) => {
        const forwards = judgeSla(handRaiser, aLead({ assigned, paused }), MUCH_LATER).due;
        const backwards = judgeSla(handRaiser, aLead({ assigned, paused: paused.toReversed() }), MUCH_LATER).due;

        expect(backwards).toBe(forwards);
        expect(forwards).toBeGreaterThanOrEqual(addOpen(calendars.london, assigned, handRaiser.within));
      }),
    );
  });

  test('S6 the verdict on a touch does not depend on when we look, once it has happened', () => {
    fc.assert(
      fc.property(instant, fc.nat(1e9), fc.nat(1e9), (assigned, touchedAfter, later) => {
        const completed = assigned + touchedAfter;
        const lead = aLead({ assigned, touches: [{ channel: 'call', completed, created: null }] });
        const sooner = judgeSla(handRaiser, lead, completed).firstTouch;

        expect(sooner).not.toBe('running');
        expect(judgeSla(handRaiser, lead, completed + later).firstTouch).toBe(sooner);
      }),
    );
  });
});
