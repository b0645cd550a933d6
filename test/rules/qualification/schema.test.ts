import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import { Qualification } from '../../../src/rules/qualification/schema.ts';

function problemsOf(text: string): readonly string[] {
  const { issues } = Qualification.safeParse(parse(text)).error ?? { issues: [] };
  return issues.map((issue) => {
    const params = 'params' in issue ? (issue.params as { readonly code?: string } | undefined) : undefined;
    return `${issue.path.join('.')} ${params?.code ?? issue.code}`;
  });
}

describe('the section qualification', () => {
  it.each([
    ['an unknown key', 'suppres: []', ' unrecognized_keys'],
    ['an unknown mode', 'mode: on', 'mode invalid_value'],
    ['an id that is used twice', 'suppress: [{ id: a, when: {} }, { id: a, when: {} }]', 'suppress.1.id E_DUP_ID'],
    ['a group with neither when nor score', 'qualify: [{ id: a }]', 'qualify.0 custom'],
    ['a group with both', 'qualify: [{ id: a, when: {}, score: { enter: 1, points: [] } }]', 'qualify.0 custom'],
    [
      'leave above enter',
      'qualify: [{ id: a, score: { enter: 1, leave: 2, points: [] } }]',
      'qualify.0.score.leave custom',
    ],
    [
      'a hold without a length',
      'require_data: { fields: [Email], hold: { max_age: 4, then: nurture } }',
      'require_data.hold.max_age E_DURATION',
    ],
    ['an effect of a suppressed lead', 'outcomes: { suppressed: {} }', 'outcomes unrecognized_keys'],
    [
      'a name in braces that nothing fills',
      "outcomes: { hold: { set: { X__c: '{reasn}' } } }",
      'outcomes.hold.set.X__c E_TEMPLATE_NAME',
    ],
    ['an owner that is two', 'outcomes: { hold: { owner: { user: a, queue: b } } }', 'outcomes.hold.owner custom'],
    ['a misspelt owner', 'outcomes: { hold: { owner: { quee: b } } }', 'outcomes.hold.owner unrecognized_keys'],
  ])('refuses %s', (_, text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it.each([
    ['nothing at all', '{}'],
    [
      'fields and derived names in braces',
      "outcomes: { hold: { set: { X__c: '{Owner.Email} {geo.country} {segment} {now}' } } }",
    ],
    ['a hold in business days', 'require_data: { fields: [Email], hold: { max_age: 2bd, then: disqualified } }'],
  ])('takes %s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});
