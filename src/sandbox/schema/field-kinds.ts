import type { ChildRelationship, FieldSchema, FieldType, ObjectSchema, PicklistEntry } from '../types.ts';

/**
 * Traits of a field as a row of letters: C createable, U updateable, N nillable, F filterable, S sortable,
 * G groupable, D defaulted on create, I id lookup, R restricted picklist.
 */
export type Traits = string;

/** Traits that most custom fields have, as a permission set grants them. */
export const CUSTOM = 'CUNFSG';

/** A field of text: `string`, `textarea`, `email`, `phone` or `url`. */
export function text(name: string, label: string, type: FieldType, traits: Traits, length: number): FieldSchema {
  return { ...base(name, label, type, traits), length };
}

/** A unique, case-sensitive text key, as `provision` deploys it. */
export function externalKey(name: string, label: string, length: number): FieldSchema {
  return {
    ...text(name, label, 'string', `${CUSTOM}I`, length),
    externalId: true,
    unique: true,
    caseSensitive: true,
  };
}

/** A picklist of active values; `defaultValue` marks one of them. */
export function picklist(
  name: string,
  label: string,
  traits: Traits,
  length: number,
  values: readonly string[],
  defaultValue: string | null = null,
): FieldSchema {
  return {
    ...base(name, label, 'picklist', traits),
    length,
    defaultValue,
    picklistValues: values.map((value) => entry(value, value === defaultValue)),
  };
}

/** A free text field that offers values, like an activity's Subject. */
export function combobox(
  name: string,
  label: string,
  traits: Traits,
  length: number,
  values: readonly string[],
): FieldSchema {
  return { ...picklist(name, label, traits, length, values), type: 'combobox' };
}

/** An `int`, `double`, `currency` or `percent`; an int has 8 digits and no precision, as Salesforce describes it. */
export function number(
  name: string,
  label: string,
  type: FieldType,
  traits: Traits,
  precision: number,
  scale: number,
): FieldSchema {
  return { ...base(name, label, type, traits), precision, scale };
}

/** A checkbox; false unless set. */
export function checkbox(name: string, label: string, traits: Traits): FieldSchema {
  return { ...base(name, label, 'boolean', traits), defaultValue: false };
}

/** A field without length: `date`, `datetime` or `address`. */
export function plain(name: string, label: string, type: FieldType, traits: Traits): FieldSchema {
  return base(name, label, type, traits);
}

/** A lookup; `relationshipName` is what a path goes through, null when there is no way through. */
export function reference(
  name: string,
  label: string,
  traits: Traits,
  referenceTo: readonly string[],
  relationshipName: string | null,
): FieldSchema {
  return { ...base(name, label, 'reference', traits), length: 18, referenceTo, relationshipName };
}

/** The fields that an address compound is made of, and the compound itself; `prefix` as in `Billing`. */
export function addressFields(prefix: string): readonly FieldSchema[] {
  const label = prefix === '' ? '' : `${prefix} `;
  return [
    text(`${prefix}Street`, `${label}Street`, 'textarea', CUSTOM, 255),
    text(`${prefix}City`, `${label}City`, 'string', CUSTOM, 40),
    text(`${prefix}State`, `${label}State/Province`, 'string', CUSTOM, 80),
    text(`${prefix}PostalCode`, `${label}Zip/Postal Code`, 'string', CUSTOM, 20),
    text(`${prefix}Country`, `${label}Country`, 'string', CUSTOM, 80),
    number(`${prefix}Latitude`, `${label}Latitude`, 'double', 'CUNFS', 18, 15),
    number(`${prefix}Longitude`, `${label}Longitude`, 'double', 'CUNFS', 18, 15),
    picklist(`${prefix}GeocodeAccuracy`, `${label}Geocode Accuracy`, 'CUNFSGR', 40, GEOCODE_ACCURACIES),
    plain(`${prefix}Address`, `${label}Address`, 'address', 'NF'),
  ];
}

/** What almost every object carries: who made and changed it, and when. */
export function auditFields(): readonly FieldSchema[] {
  return [
    plain('CreatedDate', 'Created Date', 'datetime', 'FSD'),
    reference('CreatedById', 'Created By ID', 'FSGD', ['User'], 'CreatedBy'),
    plain('LastModifiedDate', 'Last Modified Date', 'datetime', 'FSD'),
    reference('LastModifiedById', 'Last Modified By ID', 'FSGD', ['User'], 'LastModifiedBy'),
    systemModstamp(),
  ];
}

export function systemModstamp(): FieldSchema {
  return plain('SystemModstamp', 'System Modstamp', 'datetime', 'FSD');
}

export function recordId(label: string): FieldSchema {
  return { ...base('Id', `${label} ID`, 'id', 'FSGDI'), length: 18 };
}

export function isDeleted(): FieldSchema {
  return checkbox('IsDeleted', 'Deleted', 'FSGD');
}

/** What one object is made of before its fields are indexed by name. */
export type ObjectParts = {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  /** Q queryable, C createable, U updateable, D deletable, X undeletable, R replicateable, M mergeable. */
  readonly can: string;
  readonly fields: readonly FieldSchema[];
  /** Relationship name, child object, the child's field. */
  readonly children?: readonly (readonly [string, string, string])[];
};

/** An object with its fields indexed by lower-case name. */
export function objectOf(parts: ObjectParts): ObjectSchema {
  const can = (letter: string): boolean => parts.can.includes(letter);
  return {
    name: parts.name,
    label: parts.label,
    labelPlural: parts.labelPlural,
    keyPrefix: parts.keyPrefix,
    custom: false,
    queryable: can('Q'),
    createable: can('C'),
    updateable: can('U'),
    deletable: can('D'),
    undeletable: can('X'),
    replicateable: can('R'),
    mergeable: can('M'),
    fields: new Map([recordId(parts.label), ...parts.fields].map((field) => [field.name.toLowerCase(), field])),
    childRelationships: (parts.children ?? []).map(childRelationship),
  };
}

function childRelationship([relationshipName, childSObject, field]: readonly [
  string,
  string,
  string,
]): ChildRelationship {
  return { relationshipName, childSObject, field };
}

function base(name: string, label: string, type: FieldType, traits: Traits): FieldSchema {
  const has = (letter: string): boolean => traits.includes(letter);
  return {
    name,
    label,
    type,
    length: 0,
    precision: 0,
    scale: 0,
    nillable: has('N'),
    createable: has('C'),
    updateable: has('U'),
    filterable: has('F'),
    sortable: has('S'),
    groupable: has('G'),
    custom: name.endsWith('__c'),
    calculated: false,
    defaultedOnCreate: has('D'),
    defaultValue: null,
    externalId: false,
    unique: false,
    caseSensitive: false,
    idLookup: has('I'),
    restrictedPicklist: has('R'),
    picklistValues: [],
    referenceTo: [],
    relationshipName: null,
  };
}

function entry(value: string, isDefault: boolean): PicklistEntry {
  return { value, label: value, active: true, defaultValue: isDefault };
}

const GEOCODE_ACCURACIES = [
  'Address',
  'NearAddress',
  'Block',
  'Street',
  'ExtendedZip',
  'Zip',
  'Neighborhood',
  'City',
  'County',
  'State',
  'Unknown',
];
