import { describe, expect, test } from 'vitest';

import { ContactRoles } from '../../../src/rules/contact-roles/schema.ts';
import { aSection } from './support/builders.ts';

type Issue = { readonly code: string; readonly path: readonly PropertyKey[] };

function problemsOf(changes: Record<string, unknown>): readonly Issue[] {
  const read = ContactRoles.safeParse(aSection(changes));
  return (read.error?.issues ?? []).map((issue) => ({
    code: issue.code === 'custom' ? String(issue.params?.['code']) : issue.code,
    path: issue.path,
  }));
}

describe('the section contact_roles', () => {
  test('reads the example of the specification', () => {
    expect(problemsOf({})).toEqual([]);
  });

  test('needs no more than stages and roles', () => {
    const small = { mode: 'observe', roles: {}, stages: [{ stage: 'Qualification', min_contacts: 1 }] };

    expect(ContactRoles.safeParse(small).success).toBe(true);
  });

  test.each([
    {
      name: 'C7: a Role value in two lists',
      changes: { roles: { champion: { values: ['Champion'] }, user: { values: ['Other', ' champion'] } }, stages: [] },
      expected: { code: 'E_ROLE_AMBIGUOUS', path: ['roles', 'user', 'values', 1] },
    },
    {
      name: 'a required role that is not defined',
      changes: { stages: [{ stage: 'Qualification' }, { stage: 'Proposal', require: ['champion', 'chmpion'] }] },
      expected: { code: 'E_ROLE_UNKNOWN', path: ['stages', 1, 'require', 1] },
    },
    {
      name: 'an unknown role in a set',
      changes: { stages: [{ stage: 'Proposal', any_of: [['user'], ['user', 'sponsor']] }] },
      expected: { code: 'E_ROLE_UNKNOWN', path: ['stages', 0, 'any_of', 1, 1] },
    },
    {
      name: 'an unknown role to be engaged',
      changes: { stages: [{ stage: 'Proposal', engaged: ['sponsor'] }] },
      expected: { code: 'E_ROLE_UNKNOWN', path: ['stages', 0, 'engaged', 0] },
    },
    {
      name: 'C4: an unknown role that a tier drops',
      changes: { tiers: [{ id: 'small', when: {}, drop: ['sponsor'] }] },
      expected: { code: 'E_ROLE_UNKNOWN', path: ['tiers', 0, 'drop', 0] },
    },
    {
      name: 'F11: a title pattern with a look-ahead',
      changes: { roles: { champion: { values: ['Champion'], titles: 'head(?=of)' } }, stages: [{ stage: 'Proposal' }] },
      expected: { code: 'E_REGEX', path: ['roles', 'champion', 'titles'] },
    },
    {
      name: 'a grace that is no duration',
      changes: { grace: { after_stage_entry: '2 days' } },
      expected: { code: 'E_DURATION', path: ['grace', 'after_stage_entry'] },
    },
    {
      name: 'a name in braces that stands for nothing',
      changes: { set: { Missing__c: '{mising}' } },
      expected: { code: 'E_TEMPLATE_NAME', path: ['set', 'Missing__c'] },
    },
    {
      name: 'F4: a key that there is not',
      changes: { graces: {} },
      expected: { code: 'unrecognized_keys', path: [] },
    },
  ])('refuses $name', ({ changes, expected }) => {
    expect(problemsOf(changes)).toContainEqual(expected);
  });

  test('F6: reports roles that there are not beside other problems', () => {
    const stages = [{ stage: 'Proposal', require: ['sponsor'], requires: [] }];

    expect(
      problemsOf({ graces: {}, stages })
        .map((issue) => issue.code)
        .toSorted(),
    ).toEqual(['E_ROLE_UNKNOWN', 'unrecognized_keys', 'unrecognized_keys']);
  });

  test('says which role was meant', () => {
    const read = ContactRoles.safeParse(aSection({ stages: [{ stage: 'Proposal', require: ['chmpion'] }] }));

    expect(read.error?.issues.map((issue) => issue.message)).toContain(
      '"chmpion" is no role of contact_roles.roles, did you mean "champion"?',
    );
  });
});
