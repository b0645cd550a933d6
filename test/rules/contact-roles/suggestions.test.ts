import { describe, expect, test } from 'vitest';

import { decideContactRoles } from '../../../src/rules/contact-roles/decide-contact-roles.ts';
import type { Candidate, Evidence } from '../../../src/rules/contact-roles/opportunity-view.ts';
import { suggestContacts } from '../../../src/rules/contact-roles/suggest-contacts.ts';
import type { Suggestion } from '../../../src/rules/contact-roles/suggest-contacts.ts';
import { playRound } from './support/apply-plan.ts';
import { DAY, NOW, anOpportunity, aSection, roles, someRules } from './support/builders.ts';

const fields = { StageName: 'Value Proposition' };
const met: Evidence = { source: 'meeting_on_opportunity', at: NOW - DAY };

function aCandidate(contactId: string, sketch: Partial<Candidate> = {}): Candidate {
  return { contactId, evidence: [met], ...sketch, contact: { AccountId: '001-acme', ...sketch.contact } };
}

function suggest(
  candidates: readonly Candidate[],
  changes: Record<string, unknown> = {},
  who = 'a*: Other',
): readonly Suggestion[] {
  const rules = someRules(changes);
  const view = anOpportunity({ fields, roles: roles(who), candidates });
  return suggestContacts(rules, view, decideContactRoles(rules, view, NOW), NOW);
}

describe('C20: the score of a suggestion', () => {
  test.each([
    { name: 'each source counts once', evidence: [met, { ...met, at: NOW - 2 * DAY }], score: 40 },
    { name: 'several sources add up', evidence: [met, { source: 'email_on_opportunity', at: NOW }], score: 65 },
    {
      name: 'a campaign response of 90 days counts',
      evidence: [met, { source: 'campaign_response_90d', at: NOW - 90 * DAY }],
      score: 55,
    },
    {
      name: 'an older one does not',
      evidence: [met, { source: 'campaign_response_90d', at: NOW - 90 * DAY - 1 }],
      score: 40,
    },
    {
      name: 'account activity of 31 days does not',
      evidence: [met, { source: 'account_activity_30d', at: NOW - 31 * DAY }],
      score: 40,
    },
    {
      name: 'a meeting to come does not',
      evidence: [
        { ...met, at: NOW + DAY },
        { source: 'converted_lead', at: NOW - 400 * DAY },
      ],
      score: 50,
    },
  ] satisfies readonly { name: string; evidence: readonly Evidence[]; score: number }[])(
    '$name',
    ({ evidence, score }) => {
      expect(suggest([aCandidate('k', { evidence })])[0]?.score).toBe(score);
    },
  );

  test.each([
    { title: 'Head of Sales', role: 'champion', score: 70, why: 'hints at a missing role' },
    {
      title: 'IT Director',
      role: 'champion',
      score: 70,
      why: 'is proposed for the first missing role that it matches',
    },
    { title: 'Software Architect', role: 'technical', score: 70, why: 'may hint at a later one' },
    {
      title: 'Chief Financial Officer',
      role: 'unspecified',
      score: 40,
      why: 'gets nothing for a role that is not missing',
    },
    { title: null, role: 'unspecified', score: 40, why: 'may be blank' },
  ])('the title $title $why', ({ title, role, score }) => {
    expect(suggest([aCandidate('k', { contact: { Title: title } })])).toMatchObject([{ role, score }]);
  });

  test('carries its evidence, newest first', () => {
    const evidence: readonly Evidence[] = [met, { source: 'email_on_opportunity', at: NOW }];

    expect(suggest([aCandidate('k', { evidence, contact: { Title: 'manager' } })])[0]?.evidence).toEqual([
      { source: 'email_on_opportunity', at: NOW },
      met,
      { source: 'title_hint', at: null },
    ]);
  });
});

describe('C20: who is suggested', () => {
  test.each([
    { name: 'a contact with enough evidence', candidate: aCandidate('k'), isSuggested: true },
    {
      name: 'not one below min_score',
      candidate: aCandidate('k', { evidence: [{ source: 'email_on_opportunity', at: NOW }] }),
      isSuggested: false,
    },
    { name: 'not one who is on the deal', candidate: aCandidate('a'), isSuggested: false },
    {
      name: 'CE21: not one who opted out of e-mail',
      candidate: aCandidate('k', { contact: { HasOptedOutOfEmail: true } }),
      isSuggested: false,
    },
    {
      name: 'not one who left',
      candidate: aCandidate('k', { contact: { No_Longer_At_Company__c: true } }),
      isSuggested: false,
    },
    {
      name: 'not one who is deleted',
      candidate: aCandidate('k', { contact: { IsDeleted: true } }),
      isSuggested: false,
    },
    {
      name: 'one of another account',
      candidate: aCandidate('k', { contact: { AccountId: '001-x' } }),
      isSuggested: true,
    },
  ])('$name', ({ candidate, isSuggested }) => {
    expect(suggest([candidate])).toHaveLength(isSuggested ? 1 : 0);
  });

  test('not one of another account where the same one is required', () => {
    const stranger = aCandidate('k', { contact: { AccountId: '001-x' } });

    expect(suggest([stranger], { member: { same_account: 'require' } })).toEqual([]);
  });

  test('nobody when nothing is missing', () => {
    expect(suggest([aCandidate('k')], {}, 'a*: Champion; b: Evaluator; c: Other')).toEqual([]);
  });

  test('at most three, by score, then newest evidence, then Id', () => {
    const candidates = [
      aCandidate('f', { evidence: [{ ...met, at: NOW - 3 * DAY }] }),
      aCandidate('e'),
      aCandidate('d', { contact: { Title: 'manager' } }),
      aCandidate('c', { evidence: [{ ...met, at: NOW }] }),
    ];

    expect(suggest(candidates).map((suggestion) => suggestion.contactId)).toEqual(['d', 'c', 'e']);
  });

  test('CE22: of two alike the lowest Id', () => {
    expect(suggest([aCandidate('k2'), aCandidate('k1')]).map((each) => each.contactId)).toEqual(['k1', 'k2']);
  });

  test('C5: of two alike the one at the account, where that is preferred', () => {
    const stranger = aCandidate('k1', { contact: { AccountId: '001-x' } });

    expect(suggest([stranger, aCandidate('k2')]).map((each) => each.contactId)).toEqual(['k2', 'k1']);
  });
});

describe('C16: auto_add', () => {
  const { suggest: settings } = aSection() as { suggest: Record<string, unknown> };
  const adding = someRules({ suggest: { ...settings, auto_add: { enabled: true, min_score: 65 } } });
  const candidates = [
    aCandidate('k', { contact: { Title: 'Head of Sales' } }),
    aCandidate('l', { evidence: [met, { source: 'email_on_opportunity', at: NOW }] }),
    aCandidate('m'),
  ];

  test('inserts rows of those with enough points, never a primary one', () => {
    const { plan } = playRound(adding, anOpportunity({ fields, candidates }), NOW);

    expect(plan.createRoles).toEqual([
      { OpportunityId: '006000000000001AAA', ContactId: 'k', Role: 'Champion' },
      { OpportunityId: '006000000000001AAA', ContactId: 'l', Role: null },
    ]);
  });

  test('inserts nobody a second time', () => {
    const first = playRound(adding, anOpportunity({ fields, candidates }), NOW);

    expect(playRound(adding, first.view, NOW).plan.createRoles).toEqual([]);
  });

  test('inserts nothing while it is off', () => {
    expect(playRound(someRules(), anOpportunity({ fields, candidates }), NOW).plan.createRoles).toEqual([]);
  });

  test('the task says whom to add, and what speaks for them', () => {
    const { plan } = playRound(someRules(), anOpportunity({ fields, candidates }), NOW);

    expect(plan.createTask?.['Description']).toContain(
      'Suggested: Head of Sales, k as champion (meeting_on_opportunity 2026-11-22, title_hint)',
    );
  });
});
