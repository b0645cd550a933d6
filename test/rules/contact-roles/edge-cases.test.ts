import { describe, expect, test } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import { findingCodes } from '../../../src/rules/contact-roles/finding.ts';
import type { OpportunityView } from '../../../src/rules/contact-roles/opportunity-view.ts';
import { playRound } from './support/apply-plan.ts';
import { DAY, NOW, aRole, anOpportunity, engaged, roles, someRules } from './support/builders.ts';

const rules = someRules();
const WHOLE = roles('a*: Champion; b: Economic Buyer; c: Evaluator');
const proposal = { StageName: 'Proposal/Price Quote' };

function change(view: OpportunityView, fields: OpportunityView['fields']): OpportunityView {
  return { ...view, fields: { ...view.fields, ...fields } };
}

describe('edge cases of the buying committee', () => {
  test('CE1: an opportunity with zero role rows is found', () => {
    expect(playRound(rules, anOpportunity(), NOW).ruling.status).toBe('violation');
  });

  test('CE2: a jump over stages is judged once against the last, with one grace from that change', () => {
    const first = playRound(rules, anOpportunity({ roles: roles('a*: Champion') }), NOW - DAY);

    const moved = { StageName: 'Negotiation/Review', LastStageChangeDate: '2026-11-23T09:30:00.000+0000' };
    const { ruling } = playRound(rules, change(first.view, moved), NOW);

    expect(ruling).toMatchObject({ status: 'warning', requiredBy: 'Negotiation/Review' });
    expect(ruling.graceEnds).toBe(readInstant('2026-11-25T09:30:00Z'));
  });

  test('CE3: a stage back lowers the bar and closes the task', () => {
    const rows = roles('a*: Champion; b: Other');
    const late = playRound(rules, anOpportunity({ fields: proposal, roles: rows }), NOW);

    const moved = { StageName: 'Needs Analysis', LastStageChangeDate: '2026-11-23T11:00:00.000+0000' };
    const back = playRound(rules, change(late.view, moved), NOW + 3_600_000);

    expect(late.plan.createTask).not.toBeNull();
    expect([back.ruling.status, back.plan.updateTasks]).toMatchObject([
      'compliant',
      [{ fields: { Status: 'Completed' } }],
    ]);
  });

  test.each(['CE4: a contact was deleted', 'CE27: the only Economic Buyer row was deleted'])(
    '%s: grace is counted from the moment of the gap',
    () => {
      const whole = playRound(rules, anOpportunity({ fields: proposal, roles: WHOLE }), NOW - DAY);

      const rows = WHOLE.filter((row) => row.contactId !== 'b');
      const { ruling, plan } = playRound(rules, { ...whole.view, roles: rows }, NOW);

      expect([whole.ruling.status, ruling.status, ruling.gapSince]).toEqual(['compliant', 'warning', NOW]);
      expect(plan.createTask).toBeNull();
    },
  );

  test('CE4: the same, when nothing is remembered but the org shows the flag', () => {
    const fields = { ...proposal, Contact_Role_Status__c: 'compliant' };

    const { ruling } = playRound(rules, anOpportunity({ fields, roles: [] }), NOW);

    expect(ruling).toMatchObject({ status: 'warning', gapSince: NOW });
  });

  test('CE4: what is forgotten of a gap within its grace is told by the last change, never twice another grace', () => {
    const written = '2026-11-23T09:30:00.000+0000';
    const fields = { ...proposal, Contact_Role_Status__c: 'warning', LastModifiedDate: written };
    const view = anOpportunity({ fields, roles: [] });

    const { ruling } = playRound(rules, view, NOW);
    const later = playRound(rules, view, ruling.graceEnds ?? 0);

    expect(ruling).toMatchObject({ status: 'warning', gapSince: readInstant(written) });
    expect(later.ruling).toMatchObject({ status: 'violation', gapSince: readInstant(written) });
  });

  test('CE4: the next look at the same gap does not prolong grace', () => {
    const whole = playRound(rules, anOpportunity({ fields: proposal, roles: WHOLE }), NOW - DAY);
    const gap = playRound(rules, { ...whole.view, roles: [] }, NOW);

    const later = playRound(rules, gap.view, gap.ruling.graceEnds ?? 0);

    expect([later.ruling.status, later.ruling.gapSince]).toEqual(['violation', NOW]);
  });

  test('CE5: a contact that we cannot see is stale, cause no_access', () => {
    const rows = [...roles('a*: Champion'), aRole('b', 'Other', { contact: null })];

    const { ruling } = playRound(rules, anOpportunity({ roles: rows }), NOW);

    expect(ruling.findings).toMatchObject([{ code: 'stale_member', cause: 'no_access' }]);
  });

  test('CE6: the same contact and role twice counts once, and no row is touched', () => {
    const rows = roles('a*: Champion; a: Influencer; a: Champion');

    const { ruling, plan } = playRound(
      rules,
      anOpportunity({ fields: { StageName: 'Needs Analysis' }, roles: rows }),
      NOW,
    );

    expect(ruling.missing).toEqual(['contacts 1/2']);
    expect(ruling.findings.map(({ code, cause }) => [code, cause])).toEqual([
      ['duplicate_row', 'other_role'],
      ['duplicate_row', 'same_role'],
    ]);
    expect(plan.createRoles).toEqual([]);
  });

  test('CE8: the Champion row of a partner counts', () => {
    const rows = roles('a: Partner; a*: Champion; b: Other');

    const { ruling } = playRound(rules, anOpportunity({ fields: { StageName: 'Needs Analysis' }, roles: rows }), NOW);

    expect([ruling.status, findingCodes(ruling.findings)]).toEqual(['compliant', []]);
  });

  test('CE10: the contact of a person account counts', () => {
    const row = aRole('003-person', 'Champion', {
      isPrimary: true,
      contact: { AccountId: '001-acme', IsPersonAccount: true },
    });

    expect(playRound(rules, anOpportunity({ roles: [row] }), NOW).ruling.status).toBe('compliant');
  });

  test('CE11: of 30 rows in 4 minutes only the engaged count', () => {
    const rows = Array.from({ length: 30 }, (_, at) =>
      aRole(`c${at}`, 'Other', { isPrimary: at === 0, createdById: '005-rep', createdAt: NOW - DAY + at * 8000 }),
    );
    const view = anOpportunity({
      fields: { StageName: 'Needs Analysis' },
      roles: rows,
      engagedContacts: engaged(rows.slice(3, 4), NOW - DAY),
    });

    const { ruling } = playRound(rules, view, NOW);

    expect(ruling.missing).toEqual(['contacts 1/2', 'primary', 'champion']);
    expect(findingCodes(ruling.findings)).toEqual(['blanket_association']);
  });

  test('CE12: a blank Amount is in scope and relaxes nothing', () => {
    const { ruling } = playRound(
      rules,
      anOpportunity({ fields: { Amount: null, StageName: 'Negotiation/Review' } }),
      NOW,
    );

    expect(ruling).toMatchObject({ total: 9, appliedTier: null });
  });

  test('CE13: exempt to the end of today in the org’s zone, then a fresh grace', () => {
    const exempt = { OCR_Exempt__c: true, OCR_Exempt_Until__c: '2026-11-23' };
    const today = playRound(rules, anOpportunity({ fields: exempt }), NOW);
    const midnight = readInstant('2026-11-24T00:00:00Z');

    const tomorrow = playRound(rules, today.view, midnight);

    expect(today.ruling).toMatchObject({ status: 'exempt', wakeAt: midnight });
    expect(tomorrow.ruling).toMatchObject({ status: 'warning', gapSince: midnight });
  });

  test('CE13: an exemption that somebody takes back ends with a fresh grace too', () => {
    const today = playRound(rules, anOpportunity({ fields: { OCR_Exempt__c: true } }), NOW);

    const later = playRound(rules, change(today.view, { OCR_Exempt__c: false }), NOW + DAY);

    expect(later.ruling).toMatchObject({ status: 'warning', gapSince: NOW + DAY });
  });

  test('CE14: CloseDate moved near starts pre-close now, and far again ends it and closes its task', () => {
    const rows = roles('a*: Champion; b: Other');
    const fields = { StageName: 'Needs Analysis', CloseDate: '2026-12-23' };
    const far = playRound(rules, anOpportunity({ fields, roles: rows }), NOW - DAY);

    const near = playRound(rules, change(far.view, { CloseDate: '2026-12-03' }), NOW);
    const overdue = playRound(rules, near.view, near.ruling.graceEnds ?? 0);
    const back = playRound(rules, change(overdue.view, { CloseDate: '2026-12-23' }), NOW + 3 * DAY);

    expect(near.ruling).toMatchObject({ status: 'warning', gapSince: NOW, requiredBy: 'Negotiation/Review' });
    expect(overdue.plan.createTask).not.toBeNull();
    expect([back.ruling.status, back.view.tasks.map((task) => task.isClosed)]).toEqual(['compliant', [true]]);
  });

  test('CE14: a gap that stood before gets a fresh grace when pre-close begins by itself', () => {
    const fields = { CloseDate: '2026-12-08' };
    const before = playRound(rules, anOpportunity({ fields }), NOW);
    const midnight = readInstant('2026-11-24T00:00:00Z');

    const after = playRound(rules, before.view, midnight + 5000);

    expect(before.ruling).toMatchObject({ status: 'violation', wakeAt: midnight });
    expect(after.ruling).toMatchObject({ status: 'warning', gapSince: midnight });
  });

  test('CE15: closing in violation closes the task, freezes the flags, and is counted', () => {
    const open = playRound(rules, anOpportunity({ fields: proposal }), NOW);

    const { plan } = playRound(rules, change(open.view, { IsClosed: true, StageName: 'Closed Won' }), NOW + DAY);

    expect(plan.update).toBeNull();
    expect(plan.updateTasks[0]?.fields['Description']).toMatch(/\n\nClosed by rolecall: opportunity_closed$/);
    expect(findingCodes(plan.findings)).toEqual(['closed_without_committee']);
  });

  test('CE17: a task that the rep closed without adding anyone is not reopened', () => {
    const first = playRound(rules, anOpportunity({ fields: proposal }), NOW);
    const closed = { ...first.view, tasks: first.view.tasks.map((task) => ({ ...task, isClosed: true })) };

    const later = playRound(rules, closed, NOW + DAY);

    expect([later.plan.createTask, later.plan.updateTasks]).toEqual([null, []]);
  });

  test('CE17: the step fires at three business days after grace, though the rep closed the task', () => {
    const fields = { ...proposal, LastStageChangeDate: '2026-11-19T10:00:00.000+0000' };
    const first = playRound(rules, anOpportunity({ fields }), NOW);
    const closed = { ...first.view, tasks: first.view.tasks.map((task) => ({ ...task, isClosed: true })) };
    const due = readInstant('2026-11-26T10:00:00Z');

    const before = playRound(rules, closed, due - 1);
    const at = playRound(rules, before.view, due);
    const after = playRound(rules, at.view, due + 1);

    expect([first.plan.wakeAt, before.plan.escalation, after.plan.escalation]).toEqual([due, null, null]);
    expect(at.plan.escalation).toMatchObject({ to: '005-manager', dueAt: due });
  });

  test('CE18: without a manager the next in the list is told', () => {
    const fields = { ...proposal, LastStageChangeDate: '2026-11-16T10:00:00.000+0000' };

    const seen = playRound(rules, anOpportunity({ fields, managerId: null }), readInstant('2026-11-16T10:00:00Z'));

    const { plan } = playRound(rules, seen.view, NOW);

    expect(plan.escalation).toMatchObject({ to: '005-revops', target: 'revops@northwind.example' });
    expect(findingCodes(plan.findings)).toEqual(['no_manager']);
  });

  test('CE23: a contact of two opportunities counts on both', () => {
    const view = anOpportunity({ roles: roles('a*: Champion') });

    const rulings = [view, { ...view, id: '006000000000002AAA' }].map((each) => playRound(rules, each, NOW).ruling);

    expect(rulings.map((ruling) => ruling.status)).toEqual(['compliant', 'compliant']);
  });

  test('CE24: a stage that nobody knows changes nothing in the org', () => {
    const open = playRound(rules, anOpportunity({ fields: proposal }), NOW);

    const { plan } = playRound(rules, change(open.view, { StageName: 'Proposal (renamed)' }), NOW);

    expect([plan.update, plan.createTask, plan.updateTasks]).toEqual([null, null, []]);
    expect(findingCodes(plan.findings)).toEqual(['stage_unknown']);
  });

  test('CE25: out of scope closes the task and clears the flags', () => {
    const open = playRound(rules, anOpportunity({ fields: proposal }), NOW);

    const { plan } = playRound(rules, change(open.view, { 'RecordType.DeveloperName': 'Renewal' }), NOW + DAY);

    expect(plan.update).toEqual({
      Contact_Role_Status__c: null,
      Contact_Role_Coverage__c: null,
      Missing_Contact_Roles__c: null,
    });
    expect(plan.updateTasks[0]?.fields['Description']).toMatch(/Closed by rolecall: out_of_scope$/);
  });

  test('CE25: an opportunity that never was in scope is not written to', () => {
    const { plan } = playRound(rules, anOpportunity({ fields: { 'RecordType.DeveloperName': 'Renewal' } }), NOW);

    expect([plan.update, plan.createTask]).toEqual([null, null]);
  });

  test('CE26: merged contacts count once, and the deal may be left without a primary', () => {
    const rows = roles('a: Champion; a: Evaluator');

    const { ruling } = playRound(rules, anOpportunity({ fields: { StageName: 'Needs Analysis' }, roles: rows }), NOW);

    expect(ruling.missing).toEqual(['contacts 1/2', 'primary']);
    expect(findingCodes(ruling.findings)).toEqual(['duplicate_row']);
  });
});
