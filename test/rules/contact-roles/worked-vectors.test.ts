import { describe, expect, test } from 'vitest';

import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import { findingCodes } from '../../../src/rules/contact-roles/finding.ts';
import { NOW, aRole, anOpportunity, roles, someRules } from './support/builders.ts';

const leaver = aRole('b', 'Evaluator', { contact: { AccountId: '001-acme', No_Longer_At_Company__c: true } });

describe('worked vectors of the buying committee', () => {
  test.each([
    {
      id: 'CV1',
      stage: 'Prospecting',
      roles: roles(''),
      expected: { status: 'not_applicable', coverage: null, missing: [], findings: [] },
    },
    {
      id: 'CV2',
      stage: 'Qualification',
      roles: roles(''),
      expected: { status: 'violation', coverage: '0/2', missing: ['contacts 0/1', 'primary'], findings: [] },
    },
    {
      id: 'CV3',
      stage: 'Qualification',
      roles: roles('a*: blank'),
      expected: { status: 'compliant', coverage: '2/2', missing: [], findings: ['role_blank'] },
    },
    {
      id: 'CV5',
      stage: 'Needs Analysis',
      roles: roles('a*: Influencer; b: blank'),
      expected: { status: 'compliant', coverage: '3/3', missing: [], findings: ['role_blank'] },
    },
    {
      id: 'CV7',
      stage: 'Proposal/Price Quote',
      roles: roles('a*: Champion; a: Economic Buyer; b: Evaluator; c: Other'),
      expected: { status: 'violation', coverage: '4/5', missing: ['economic_buyer'], findings: ['duplicate_row'] },
    },
    {
      id: 'CV9',
      stage: 'Negotiation/Review',
      amount: 20_000,
      roles: roles('a*: Champion; b: Economic Buyer; c: Evaluator; d: Business User'),
      expected: { status: 'compliant', coverage: '8/8', missing: [], appliedTier: 'small_deal' },
    },
    {
      id: 'CV11',
      stage: 'Negotiation/Review',
      roles: roles('a*: Champion; b: Economic Buyer; c: Evaluator; d: Business User; e: Procurement'),
      expected: { status: 'compliant', coverage: '9/9', missing: [], appliedTier: null },
    },
    {
      id: 'CV13',
      stage: 'Needs Analysis',
      roles: [...roles('a*: Champion'), leaver],
      expected: { status: 'violation', coverage: '2/3', missing: ['contacts 1/2'], findings: ['stale_member'] },
    },
  ])('$id: $stage', ({ stage, amount = 50_000, roles, expected }) => {
    const view = anOpportunity({ fields: { StageName: stage, Amount: amount }, roles });

    const ruling = decideContactRoles(someRules(), view, NOW);

    expect({ ...ruling, findings: findingCodes(ruling.findings) }).toMatchObject(expected);
  });
});
