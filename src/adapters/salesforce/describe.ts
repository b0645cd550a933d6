import { z } from 'zod';
import type { FieldDescription, ObjectDescription } from '../../domain/object-description.ts';
import { readShape } from './refusal.ts';
import type { Session } from './session.ts';

/** Fields and picklists of an object, as the integration user sees them: without read access a field is not there. */
export async function describeObject(
  session: Session,
  object: string,
  signal: AbortSignal,
): Promise<ObjectDescription> {
  const path = `/sobjects/${encodeURIComponent(object)}/describe`;
  const answer = await session.read({ kind: 'describe', method: 'GET', path }, signal);
  const { name, createable, updateable, fields } = readShape(DescribeAnswer, answer, 'describe');
  return {
    name,
    isCreateable: createable,
    isUpdateable: updateable,
    fields: new Map(fields.map((field) => [field.name, readField(field)])),
  };
}

const DescribedField = z.object({
  name: z.string(),
  type: z.string(),
  length: z.int().default(0),
  createable: z.boolean(),
  updateable: z.boolean(),
  filterable: z.boolean(),
  nillable: z.boolean(),
  externalId: z.boolean().default(false),
  unique: z.boolean().default(false),
  restrictedPicklist: z.boolean().default(false),
  calculated: z.boolean().default(false),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean() })).default([]),
  referenceTo: z.array(z.string()).default([]),
  relationshipName: z.string().nullish(),
});

const DescribeAnswer = z.object({
  name: z.string(),
  createable: z.boolean(),
  updateable: z.boolean(),
  fields: z.array(DescribedField),
});

function readField(field: z.infer<typeof DescribedField>): FieldDescription {
  return {
    name: field.name,
    type: field.type,
    length: field.length,
    isCreateable: field.createable,
    isUpdateable: field.updateable,
    isFilterable: field.filterable,
    isNillable: field.nillable,
    isExternalId: field.externalId,
    isUnique: field.unique,
    isRestrictedPicklist: field.restrictedPicklist,
    isCalculated: field.calculated,
    picklistValues: field.picklistValues.map(({ value, active }) => ({ value, isActive: active })),
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName ?? null,
  };
}
