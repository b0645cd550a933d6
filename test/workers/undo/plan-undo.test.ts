import { describe, expect, it } from 'vitest';

import { isRedacted } from '../../../src/observe/read-decisions.ts';
import type { FieldValue } from '../../../src/domain/record.ts';
import { heedUndo } from '../../../src/workers/opportunities/heed-undo.ts';
import { planUndo, type UndoneDecision } from '../../../src/workers/undo/plan-undo.ts';

const DEAL = '006000000000001AAA';

/** A decision that wrote one field of the deal. */
function wrote(id: string, before: FieldValue, after: FieldValue, field = 'Flag__c'): UndoneDecision {
  const writes = [{ object: 'Opportunity', record_id: DEAL, fields: { [field]: { before, after } } }];
  return { id, module: 'contact_roles', object: 'Opportunity', record_id: DEAL, writes };
}

/** What is done about each field, in order, when the deal shows these. */
function kindsOf(decisions: readonly UndoneDecision[], shown: Readonly<Record<string, FieldValue>> | null) {
  const records = new Map(shown === null ? [] : [[`Opportunity:${DEAL}`, shown] as const]);
  return planUndo(decisions, records, new Set(['Episode__c']), isRedacted).map(({ kind }) => kind);
}

describe('planUndo', () => {
  it.each([
    { name: 'restores what the field still holds', shown: 'gap', kind: 'restore' },
    { name: 'has nothing to do about a field that holds what was there before', shown: 'ok', kind: 'restored' },
    { name: 'leaves a field that somebody has changed', shown: 'other', kind: 'changed_since' },
    { name: 'leaves a field that somebody has cleared', shown: null, kind: 'changed_since' },
  ])('$name (F37)', ({ shown, kind }) => {
    expect(kindsOf([wrote('a', 'ok', 'gap')], { Flag__c: shown })).toEqual([kind]);
  });

  it('leaves a record that is gone (F37)', () => {
    expect(kindsOf([wrote('a', 'ok', 'gap')], null)).toEqual(['changed_since']);
  });

  it('takes the way the org writes an instant for the same value', () => {
    const decision = wrote('a', null, '2026-11-24T10:00:00.000Z');
    expect(kindsOf([decision], { Flag__c: '2026-11-24T10:00:00.000+0000' })).toEqual(['restore']);
  });

  it('cannot restore what the log holds as a hash (F39)', () => {
    expect(kindsOf([wrote('a', 'hmac:0123456789abcdef', 'gap')], { Flag__c: 'gap' })).toEqual(['redacted']);
  });

  it('takes two writes to one field back, one on top of the other', () => {
    const decisions = [wrote('late', 'gap', 'worse'), wrote('early', null, 'gap')];
    expect(kindsOf(decisions, { Flag__c: 'worse' })).toEqual(['restore', 'restore']);
    expect(kindsOf(decisions.slice(1), { Flag__c: 'worse' })).toEqual(['changed_since']);
  });

  it('keeps the field that says which episode it was, so that its task is not made once more (F38a)', () => {
    expect(kindsOf([wrote('a', null, '3', 'Episode__c')], { Episode__c: '3' })).toEqual([]);
  });
});

describe('heedUndo', () => {
  const memory = { takenBack: { Flag__c: { wrote: 'gap', restored: 'ok' } } };

  it.each([
    { name: 'does not write again what was taken back', update: { Flag__c: 'gap' }, shown: 'ok', written: false },
    { name: 'writes what differs from it', update: { Flag__c: 'worse' }, shown: 'ok', written: true },
    { name: 'writes where a person has set the field since', update: { Flag__c: 'gap' }, shown: 'mine', written: true },
    {
      name: 'writes all once another field is to be written',
      update: { Flag__c: 'gap', Other__c: 1 },
      shown: 'ok',
      written: true,
    },
  ])('$name (F37)', ({ update, shown, written }) => {
    expect(heedUndo(update, { Flag__c: shown }, memory)).toEqual(written ? update : null);
  });

  it('writes as ever where nothing was taken back', () => {
    expect(heedUndo({ Flag__c: 'gap' }, { Flag__c: 'ok' }, { told: 'x' })).toEqual({ Flag__c: 'gap' });
  });
});
