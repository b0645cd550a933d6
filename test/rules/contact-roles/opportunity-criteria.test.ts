import { describe, expect, test } from 'vitest';

import {
  compileOpportunityCriteria,
  decideOpportunityCriteria,
} from '../../../src/rules/opportunity-criteria/decide-opportunity-criteria.ts';
import type { CriteriaRuling } from '../../../src/rules/opportunity-criteria/decide-opportunity-criteria.ts';
import { planOpportunityCriteria } from '../../../src/rules/opportunity-criteria/plan-opportunity-criteria.ts';
import { OpportunityCriteria } from '../../../src/rules/opportunity-criteria/schema.ts';
import type { Fields } from '../../../src/domain/record.ts';
import { NOW, STAGES } from './support/builders.ts';

const source = OpportunityCriteria.parse({
  mode: 'observe',
  scope: { Type: { not: 'Renewal' } },
  stages: [
    { stage: 'Needs Analysis', require: { NextStep: { blank: false }, Amount: { gt: 0 } } },
    {
      stage: 'Proposal/Price Quote',
      require: {
        Budget_Confirmed__c: true,
        any: [{ Champion__c: { blank: false } }, { Sponsor__c: { blank: false } }],
      },
    },
  ],
  set: { Deal_Gaps__c: '{missing}', Deal_Coverage__c: '{coverage}' },
});
const rules = compileOpportunityCriteria(source, new Map(), STAGES);

function rule(fields: Fields): CriteriaRuling {
  return decideOpportunityCriteria(rules, fields, NOW);
}

describe('what must be true of a deal', () => {
  test.each([
    {
      name: 'nothing before the first stage',
      fields: { StageName: 'Qualification' },
      status: 'not_applicable',
      missing: [],
    },
    {
      name: 'what its stage asks for',
      fields: { StageName: 'Needs Analysis' },
      status: 'violation',
      missing: ['NextStep', 'Amount'],
    },
    {
      name: 'only what is not there',
      fields: { StageName: 'Value Proposition', Amount: 5 },
      status: 'violation',
      missing: ['NextStep'],
    },
    {
      name: 'what the stages before ask for as well',
      fields: { StageName: 'Proposal/Price Quote', Amount: 5, Sponsor__c: 'Kim' },
      status: 'violation',
      missing: ['NextStep', 'Budget_Confirmed__c'],
    },
    {
      name: 'one of several',
      fields: { StageName: 'Negotiation/Review', Amount: 5, NextStep: 'Call', Budget_Confirmed__c: true },
      status: 'violation',
      missing: ['Champion__c or Sponsor__c'],
    },
    {
      name: 'nothing more',
      fields: { StageName: 'Needs Analysis', Amount: 5, NextStep: 'Call' },
      status: 'compliant',
      missing: [],
    },
    {
      name: 'nothing out of scope',
      fields: { StageName: 'Needs Analysis', Type: 'Renewal' },
      status: 'not_applicable',
      missing: [],
    },
    {
      name: 'nothing once it is closed',
      fields: { StageName: 'Needs Analysis', IsClosed: true },
      status: 'not_applicable',
      missing: [],
    },
    {
      name: 'nothing in a stage that nobody knows',
      fields: { StageName: 'Demo' },
      status: 'not_applicable',
      missing: [],
    },
  ])('$name', ({ fields, status, missing }) => {
    expect(rule(fields)).toMatchObject({ status, missing });
  });
});

describe('what is written', () => {
  const shown = { Deal_Gaps__c: 'Amount', Deal_Coverage__c: '1/2' };
  test.each([
    {
      name: 'what differs',
      fields: { ...shown, StageName: 'Needs Analysis', Amount: 1 },
      update: { Deal_Gaps__c: 'NextStep' },
    },
    {
      name: 'nothing that is shown already',
      fields: { ...shown, StageName: 'Needs Analysis', NextStep: 'Call' },
      update: null,
    },
    {
      name: 'blanks out of scope',
      fields: { ...shown, Type: 'Renewal' },
      update: { Deal_Gaps__c: null, Deal_Coverage__c: null },
    },
    {
      name: 'blanks before the first stage',
      fields: { ...shown, StageName: 'Prospecting' },
      update: { Deal_Gaps__c: null, Deal_Coverage__c: null },
    },
    { name: 'nothing once it is closed', fields: { ...shown, IsClosed: true }, update: null },
  ])('$name', ({ fields, update }) => {
    expect(planOpportunityCriteria(rules, { fields, fieldLengths: new Map() }, rule(fields))).toEqual(update);
  });
});
