import { describe, expect, it } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import { compileSla } from '../../../src/rules/sla/compile-sla.ts';
import { describeHistory, type LeadHistory } from '../../../src/rules/sla/lead-history.ts';
import type { Touch } from '../../../src/rules/sla/read-touch.ts';
import { exampleSla } from './example-sla.ts';

const RULES = compileSla(exampleSla, new Map(), new Map());
const ASSIGNED = readInstant('2026-11-20T09:00:00Z');

function call(at: string, created: string | null = null): Touch {
  return { channel: 'call', completed: readInstant(at), created: created === null ? null : readInstant(created) };
}

function response(at: string, source: string) {
  return { at: readInstant(at), source };
}

function history(changes: Partial<LeadHistory>): LeadHistory {
  return { assignedAt: ASSIGNED, touches: [], responses: [], ...changes };
}

describe('what rules may ask of a lead’s past (F13)', () => {
  it('counts touches and answers from the assignment on, but knows the last touch ever', () => {
    const touches = [call('2026-11-19T10:00:00Z'), call('2026-11-20T10:00:00Z'), call('2026-11-20T10:04:00Z')];
    const responses = [response('2026-11-21T08:00:00Z', 'Demo Request'), response('2026-11-01T08:00:00Z', 'Webinar')];

    expect(describeHistory(history({ touches, responses }), RULES)).toEqual({
      'sla.age': '2026-11-20T09:00:00.000Z',
      // S5: two calls within five minutes are one touch.
      'sla.touches': 1,
      'sla.responses': 1,
      last_touch: '2026-11-20T10:00:00.000Z',
      'response.source': 'Demo Request',
    });
  });

  it('a touch that was logged too late counts when it was logged (S4)', () => {
    const touches = [call('2026-11-20T10:00:00Z', '2026-11-20T12:00:00Z')];

    expect(describeHistory(history({ touches }), RULES)).toMatchObject({ last_touch: '2026-11-20T12:00:00.000Z' });
  });

  it('of a lead that was given to nobody nothing is counted, and nothing else than its source is a response', () => {
    expect(describeHistory(history({ assignedAt: null }), RULES)).toEqual({
      'sla.age': null,
      'sla.touches': null,
      'sla.responses': null,
      last_touch: null,
    });
  });
});
