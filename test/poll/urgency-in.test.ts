import { describe, expect, it } from 'vitest';

import type { Row } from '../../src/domain/record.ts';
import { urgencyIn } from '../../src/poll/urgency-in.ts';

const UNTIL = Date.parse('2026-11-24T10:00:00Z');
const WINDOW = { from: UNTIL - 3_600_000, until: UNTIL };

function row(fields: Row): Row {
  return {
    CreatedDate: '2026-01-05T08:00:00.000+0000',
    SystemModstamp: '2026-11-24T09:50:00.000+0000',
    LastModifiedDate: '2026-02-01T08:00:00.000+0000',
    LastModifiedById: '005000000000001AAA',
    ...fields,
  };
}

const EDITED = { LastModifiedDate: '2026-11-24T09:50:00.000+0000' };
const PLAIN = row({});
const NEW = row({ CreatedDate: '2026-11-24T09:49:00.000+0000' });
const BY_HAND = row({ ...EDITED, LastModifiedById: '005000000000002AAA' });
const BY_LOADER = Array.from({ length: 30 }, () => row({ ...EDITED, LastModifiedById: '005000000000003AAA' }));

describe('what may wait in a pass (XE26)', () => {
  it('is nothing while it is no more than people make', () => {
    const urgency = urgencyIn({ rows: [PLAIN], totalSize: 2_000, isLast: true }, WINDOW);

    expect(urgency(PLAIN)).toBe('fresh');
  });

  it('is of a mass what only got a new stamp or was loaded, not what is new or was edited by hand', () => {
    const urgency = urgencyIn({ rows: [PLAIN, NEW, BY_HAND, ...BY_LOADER], totalSize: 80_000, isLast: false }, WINDOW);

    expect([PLAIN, BY_LOADER[0]!].map(urgency)).toEqual(['backfill', 'backfill']);
    expect([NEW, BY_HAND].map(urgency)).toEqual(['fresh', 'fresh']);
  });

  it('is what does not tell who edited it, unless it is new', () => {
    const { LastModifiedDate: _, LastModifiedById: __, ...role } = PLAIN;
    const urgency = urgencyIn({ rows: [role], totalSize: 80_000, isLast: false }, WINDOW);

    expect(urgency(role)).toBe('backfill');
  });
});
