import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../src/domain/record.ts';
import { renderSet, renderTemplate, renderValue, templateNames } from '../../src/rules/template.ts';

const VALUES: Readonly<Record<string, FieldValue>> = {
  Company: 'Fjord AS',
  'territory.path': 'emea/nordics',
  points: 70,
  Phone: null,
  MQL__c: false,
};

function values(name: string): FieldValue | undefined {
  return VALUES[name];
}

describe('a template', () => {
  it.each([
    ['a field', 'New lead: {Company}', 'New lead: Fjord AS'],
    ['a dotted name', 'at {territory.path}', 'at emea/nordics'],
    ['a number', '{points} points', '70 points'],
    ['false is a value', 'MQL {MQL__c}', 'MQL false'],
    ['a blank is nothing', 'Phone: {Phone}.', 'Phone: .'],
    ['a name without a value is nothing', 'x{activity.last_5}x', 'xx'],
    ['blanks in the braces do not count', '{ Company }', 'Fjord AS'],
    ['lone braces stay', 'a { b', 'a { b'],
  ])('renders %s', (_, text, expected) => {
    expect(renderTemplate(text, values)).toBe(expected);
  });

  it('does not render a value again', () => {
    expect(renderTemplate('{Company}', () => '{now} $& $1')).toBe('{now} $& $1');
  });

  it('names what it needs, once each', () => {
    expect(templateNames('{Company}: {Phone} {Company} {no such}')).toEqual(['Company', 'Phone', 'no such']);
  });

  it.each([
    ['a lone placeholder keeps its number', '{points}', 70],
    ['a lone placeholder that is blank clears', '{Phone}', null],
    ['text around makes it a text', '{points} points', '70 points'],
    ['a boolean is itself', true, true],
    ['null is itself', null, null],
  ])('sets: %s', (_, value, expected) => {
    expect(renderValue(value, values)).toBe(expected);
  });

  it('renders a whole set, and names the fields that hold the time', () => {
    const templates = { Company__c: '{Company}', At__c: '{now}', Note__c: 'at {now}', MQL__c: true };

    expect(renderSet(templates, (name) => (name === 'now' ? 'noon' : values(name)))).toEqual({
      set: { Company__c: 'Fjord AS', At__c: 'noon', Note__c: 'at noon', MQL__c: true },
      stamps: ['At__c', 'Note__c'],
    });
  });
});
