import { describe, expect, it } from 'vitest';

import type { Segments } from '../../../src/rules/routing/segment-schema.ts';
import { segmentOf, segmentProblems } from '../../../src/rules/routing/segments.ts';
import { exampleRouting } from './support/example.ts';

describe('segments (R8)', () => {
  it.each([
    [0, 'smb'],
    [99, 'smb'],
    [100, 'mid'],
    [999.5, 'mid'],
    [1000, 'ent'],
    ['1200', 'ent'],
    [null, 'unknown'],
    [-5, 'unknown'],
    ['many', 'unknown'],
  ])('%s employees are %s', (employees, expected) => {
    expect(segmentOf(exampleRouting.segments, employees)).toBe(expected);
  });

  it('a lead is in no segment when none is meant for it', () => {
    expect(segmentOf({ big: { min: 100 } }, 5)).toBeNull();
    expect(segmentOf({ big: { min: 100 } }, null)).toBeNull();
  });

  it.each<[string, Segments, readonly (readonly [string, readonly string[]])[]]>([
    ['the example', exampleRouting.segments, []],
    ['no segments', {}, []],
    [
      'RE22: a hole between 100 and 101',
      { a: { max: 100 }, b: { min: 101 }, u: { blank: true } },
      [['E_SEGMENT_GAP', ['b']]],
    ],
    ['a start above 0', { a: { min: 1 }, u: { blank: true } }, [['E_SEGMENT_GAP', ['a']]]],
    ['an end before infinity', { a: { max: 100 }, u: { blank: true } }, [['E_SEGMENT_GAP', ['a']]]],
    ['an overlap', { a: { max: 101 }, b: { min: 100 }, u: { blank: true } }, [['E_SEGMENT_OVERLAP', ['a', 'b']]]],
    [
      'one within the other',
      { a: { min: 0 }, b: { min: 5, max: 9 }, u: { blank: true } },
      [['E_SEGMENT_OVERLAP', ['a', 'b']]],
    ],
    ['no name for the unknown', { a: { min: 0 } }, [['E_SEGMENT_GAP', []]]],
    [
      'two names for the unknown',
      { a: { min: 0 }, u: { blank: true }, v: { blank: true } },
      [['E_SEGMENT_OVERLAP', ['u', 'v']]],
    ],
  ])('finds what is wrong with %s', (_, segments, expected) => {
    expect(segmentProblems(segments).map(({ code, segments: at }) => [code, at])).toEqual(expected);
  });
});
