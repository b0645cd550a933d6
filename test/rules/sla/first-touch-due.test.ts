import { describe, expect, test } from 'vitest';

import { readInstant, writeInstant } from '../../../src/domain/instant.ts';
import { compileSla } from '../../../src/rules/sla/compile-sla.ts';
import { compileFirstTouchDue } from '../../../src/rules/sla/first-touch-due.ts';
import { calendars } from '../calendars/example-calendars.ts';
import { exampleSla } from './example-sla.ts';

const from = readInstant('2026-11-20T17:20Z');
const firstTouchDue = compileFirstTouchDue(compileSla(exampleSla, new Map(), new Map()));

describe('S1 the first policy whose condition is true', () => {
  test.each([
    ['is that of hand-raisers for a demo request', 'Demo Request', '2026-11-23T09:20:00.000Z'],
    ['is the standard for the rest', 'Webinar', '2026-11-23T12:50:00.000Z'],
  ])('%s', (_what, LeadSource, due) => {
    expect(writeInstant(firstTouchDue({ LeadSource }, calendars.london, from) ?? 0)).toBe(due);
  });

  test('is none where no policy fits, and nothing is due', () => {
    const [handRaiser] = exampleSla.policies;
    const policies = compileSla({ ...exampleSla, policies: [handRaiser!] }, new Map(), new Map());

    expect(compileFirstTouchDue(policies)({ LeadSource: 'Webinar' }, calendars.london, from)).toBeNull();
  });

  test('is none where the module is off', () => {
    expect(compileFirstTouchDue(null)({}, calendars.london, from)).toBeNull();
  });
});
