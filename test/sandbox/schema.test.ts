import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeGlobal, describeObject } from '../../src/sandbox/schema/describe-object.ts';
import { sandboxSchema } from '../../src/sandbox/schema/sandbox-schema.ts';
import type { FieldSchema, ObjectSchema } from '../../src/sandbox/types.ts';

const RECORDINGS = join(import.meta.dirname, '../../../shared/data/cumulusci-cassettes/tests/shared_cassettes');

type RecordedField = Record<string, unknown> & { readonly name: string; readonly referenceTo: readonly string[] };
type RecordedObject = Record<string, unknown> & {
  readonly fields: readonly RecordedField[];
  readonly childRelationships: readonly Record<string, unknown>[];
};

const COMPARED = [
  'type',
  'length',
  'precision',
  'scale',
  'nillable',
  'createable',
  'updateable',
  'filterable',
  'sortable',
  'groupable',
  'defaultedOnCreate',
  'idLookup',
  'unique',
  'restrictedPicklist',
  'relationshipName',
  'soapType',
  'digits',
] as const;

describe.skipIf(!existsSync(RECORDINGS))('the schema beside the recorded describes', () => {
  it.each(['Lead', 'Opportunity', 'OpportunityContactRole', 'Contact', 'Account', 'Event'])(
    '%s: every standard field has the traits that were recorded',
    (name) => {
      const recorded = recordedDescribe(name);
      const ours = asWritten(describeObject(schemaOf(name), { apiVersion: 'v59.0' }));

      const differences = ours.fields.flatMap((field) => {
        const twin = recorded.fields.find((candidate) => candidate.name === field.name);
        return twin === undefined ? [] : differencesOf(field, twin);
      });

      expect(differences).toEqual([]);
    },
  );

  it.each(['Lead', 'Opportunity', 'Contact', 'Account', 'Event'])('%s: describe has the recorded keys', (name) => {
    const recorded = recordedDescribe(name);
    const ours = asWritten(describeObject(schemaOf(name), { apiVersion: 'v59.0' }));

    const withoutGrowing = Object.keys(recorded).filter((key) => key in ours);

    expect(withoutGrowing.sort()).toEqual(Object.keys(recorded).sort());
    expect(Object.keys(ours.fields[0]!).sort()).toEqual(Object.keys(recorded.fields[0]!).sort());
    expect(Object.keys(ours.childRelationships[0] ?? recorded.childRelationships[0]!).sort()).toEqual(
      Object.keys(recorded.childRelationships[0]!).sort(),
    );
  });

  it('every child relationship that we show was recorded', () => {
    const unknown = ['Lead', 'Opportunity', 'Contact', 'Account'].flatMap((name) => {
      const recorded = recordedDescribe(name).childRelationships;
      return schemaOf(name).childRelationships.filter(
        (child) => !recorded.some((twin) => twin['relationshipName'] === child.relationshipName),
      );
    });

    expect(unknown).toEqual([]);
  });

  it('the short descriptions have the recorded keys', () => {
    const recorded = parseRecording('GET_sobjects_Global_describe') as { sobjects: Record<string, unknown>[] };
    const ours = describeGlobal(sandboxSchema().values(), 'v59.0') as typeof recorded;

    expect(Object.keys(ours).sort()).toEqual(Object.keys(recorded).sort());
    expect(Object.keys(ours.sobjects[0]!).sort()).toEqual(Object.keys(recorded.sobjects[0]!).sort());
  });
});

describe('the schema of a fresh org', () => {
  it('is its own: hiding a field in one org hides it in no other', () => {
    const first = sandboxSchema();
    (first.get('lead')!.fields as Map<string, FieldSchema>).delete('rolecall_turn__c');

    expect(sandboxSchema().get('lead')!.fields.has('rolecall_turn__c')).toBe(true);
  });

  it('gives every object a key prefix of its own', () => {
    const prefixes = [...sandboxSchema().values()].map((schema) => schema.keyPrefix);

    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it('points child relationships at references that exist', () => {
    const schemas = sandboxSchema();
    const dangling = [...schemas.values()].flatMap((parent) =>
      parent.childRelationships.filter((child) => {
        const field = schemas.get(child.childSObject.toLowerCase())?.fields.get(child.field.toLowerCase());
        return field === undefined || !field.referenceTo.includes(parent.name);
      }),
    );

    expect(dangling).toEqual([]);
  });

  it.each([
    ['Task', 'Rolecall_Key__c', 120],
    ['Event', 'Rolecall_Key__c', 120],
    ['Lead', 'Rolecall_Turn__c', 120],
  ])('%s.%s is a unique, case-sensitive key of %i characters', (object, field, length) => {
    const key = schemaOf(object).fields.get(field.toLowerCase());

    expect(key).toMatchObject({ length, externalId: true, unique: true, caseSensitive: true, type: 'string' });
  });
});

function schemaOf(name: string): ObjectSchema {
  return sandboxSchema().get(name.toLowerCase())!;
}

function recordedDescribe(name: string): RecordedObject {
  return parseRecording(`GET_sobjects_${name}_describe`) as RecordedObject;
}

function parseRecording(file: string): unknown {
  const cassette = parse(readFileSync(join(RECORDINGS, `${file}.yaml`), 'utf8')) as {
    response: { body: { string: string } };
  };
  return JSON.parse(cassette.response.body.string);
}

function asWritten(body: Record<string, unknown>): RecordedObject {
  return JSON.parse(JSON.stringify(body)) as RecordedObject;
}

function differencesOf(ours: RecordedField, recorded: RecordedField): readonly string[] {
  const unequal = COMPARED.filter((key) => ours[key] !== recorded[key]);
  const strange = ours.referenceTo.filter((object) => !recorded.referenceTo.includes(object));
  return [
    ...unequal.map((key) => `${ours.name}.${key}: ${String(ours[key])}, recorded ${String(recorded[key])}`),
    ...strange.map((object) => `${ours.name} refers to ${object}`),
  ];
}
