import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isKnownCode, recoveryOf } from '../../../src/adapters/salesforce/error-codes.ts';

const VOCABULARY = new URL('../../../../shared/data/salesforce-error-codes/codes.json', import.meta.url);

describe('the recovery of a Salesforce code (F35)', () => {
  it.each([
    ['a locked row comes free', 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record', 'retry'],
    ['the victim of another row is sent again', 'PROCESSING_HALTED', 'The transaction was rolled back', 'retry'],
    ['a row rolled back with others is sent again', 'ALL_OR_NONE_OPERATION_ROLLED_BACK', '', 'retry'],
    ['a cursor that ran out is opened anew', 'INVALID_QUERY_LOCATOR', 'invalid query locator', 'retry'],
    ['a slow query may be quicker', 'QUERY_TIMEOUT', 'Your query request was running for too long.', 'retry'],
    ['the daily allocation frees up in hours', 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 'wait'],
    ['long calls of others end', 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.', 'retry'],
    ['full storage wants an admin, and time', 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', 'dead-letter'],
    ['maintenance ends', 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE', '', 'wait'],
    ['a busy server gets room', 'SERVER_UNAVAILABLE', 'Server too busy', 'wait'],
    ['a validation rule wants another record', 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Amount is needed', 'dead-letter'],
    ['a duplicate rule wants a person', 'DUPLICATES_DETECTED', 'Use one of these records?', 'dead-letter'],
    ['a converted lead is closed', 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', 'dead-letter'],
    ['an inactive owner is refused', 'INACTIVE_OWNER_OR_USER', 'operation performed with inactive user', 'dead-letter'],
    ['a missing permission on a record', 'INSUFFICIENT_ACCESS_OR_READONLY', '', 'dead-letter'],
    ['a field that is hidden or gone', 'INVALID_FIELD', "No such column 'Foo__c'", 'fix-config'],
    ['a field that must not be edited', 'INVALID_FIELD_FOR_INSERT_UPDATE', '', 'fix-config'],
    ['an API that is switched off', 'API_DISABLED_FOR_ORG', '', 'fix-config'],
    ['a query that does not parse', 'MALFORMED_QUERY', 'unexpected token', 'stop'],
    ['a record that is gone', 'NOT_FOUND', 'The requested resource does not exist', 'dead-letter'],
    ['a key field that the org lacks', 'NOT_FOUND', 'Provided external ID field does not exist', 'fix-config'],
    ['a flow that met a lock', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'failed: UNABLE_TO_LOCK_ROW: unable to obtain', 'retry'],
    ['a trigger that met a limit', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Too many SOQL queries: 101', 'retry'],
    ['a trigger that ran out of time', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Apex CPU time limit exceeded', 'retry'],
    [
      'a trigger that says no',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'execution of BeforeUpdate caused',
      'dead-letter',
    ],
    ['a code of a later release', 'A_CODE_OF_SPRING_27', '', 'retry'],
  ])('%s', (_, code, message, recovery) => {
    expect(recoveryOf(code, message)).toBe(recovery);
  });

  it.skipIf(!existsSync(VOCABULARY))(
    'names every code of the Partner WSDL, so that none is tried again by default',
    () => {
      const vocabulary = JSON.parse(readFileSync(VOCABULARY, 'utf8')) as Record<string, string[]>;

      const unnamed = Object.values(vocabulary)
        .flat()
        .filter((code) => !isKnownCode(code));

      expect(unnamed).toEqual([]);
    },
  );

  it('puts each code in one class only, so that none depends on the order of the lists (D8)', () => {
    const source = readFileSync(new URL('../../../src/adapters/salesforce/error-codes.ts', import.meta.url), 'utf8');
    const lists = [...source.matchAll(/^const [A-Z_]+ = `([^`]*)`/gm)].map(([, list = '']) => list.trim().split(/\s+/));
    const codes = lists.flat();

    expect(lists).toHaveLength(5);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it.each(['NOT_FOUND', 'METHOD_NOT_ALLOWED', 'APEX_ERROR', 'OPERATION_WITH_INACTIVE_USER'])(
    'names %s, which only REST or Apex answers',
    (code) => {
      expect(isKnownCode(code)).toBe(true);
    },
  );
});
