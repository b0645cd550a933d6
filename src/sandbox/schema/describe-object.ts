import type { ChildRelationship, FieldSchema, ObjectSchema, PicklistEntry } from '../types.ts';

export type DescribeOptions = {
  /** `v66.0`, as in the path that was asked. */
  readonly apiVersion: string;
  /** The org's own record types of the object; the master record type is added. */
  readonly recordTypes?: readonly { readonly id: string; readonly name: string; readonly developerName: string }[];
};

/** The body of `/sobjects/X/describe`, with the keys that Salesforce sends (recorded at v59). */
export function describeObject(schema: ObjectSchema, options: DescribeOptions): Record<string, unknown> {
  return {
    actionOverrides: [],
    childRelationships: schema.childRelationships.map(describeChild),
    compactLayoutable: true,
    extendedBy: null,
    extendsInterfaces: null,
    defaultImplementation: null,
    fields: [...schema.fields.values()].map((field) => describeField(field, schema)),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: recordTypeInfos(schema, options),
    searchLayoutable: true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [
      { label: `All ${schema.labelPlural.toLowerCase()}`, name: 'everything' },
      { label: `My ${schema.labelPlural.toLowerCase()}`, name: 'mine' },
    ],
    ...summary(schema, options.apiVersion),
  };
}

/** The body of `/sobjects/`: every object in short. */
export function describeGlobal(schemas: Iterable<ObjectSchema>, apiVersion: string): Record<string, unknown> {
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: [...schemas].map((schema) => summary(schema, apiVersion)) };
}

function summary(schema: ObjectSchema, apiVersion: string): Record<string, unknown> {
  const path = `/services/data/${apiVersion}/sobjects/${schema.name}`;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable: schema.createable,
    custom: schema.custom,
    customSetting: false,
    deepCloneable: false,
    deletable: schema.deletable,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: schema.keyPrefix,
    label: schema.label,
    labelPlural: schema.labelPlural,
    layoutable: schema.updateable,
    mergeable: schema.mergeable,
    mruEnabled: schema.updateable,
    name: schema.name,
    queryable: schema.queryable,
    replicateable: schema.replicateable,
    retrieveable: true,
    searchable: schema.undeletable,
    triggerable: schema.createable,
    undeletable: schema.undeletable,
    updateable: schema.updateable,
    urls: { rowTemplate: `${path}/{ID}`, describe: `${path}/describe`, sobject: path },
  };
}

function describeField(field: FieldSchema, schema: ObjectSchema): Record<string, unknown> {
  return {
    aggregatable: field.filterable && !['boolean', 'address'].includes(field.type),
    aiPredictionField: false,
    autoNumber: false,
    byteLength: byteLength(field),
    calculated: field.calculated,
    calculatedFormula: null,
    cascadeDelete: false,
    caseSensitive: field.caseSensitive,
    compoundFieldName: compoundFieldName(field, schema),
    controllerName: null,
    createable: field.createable,
    custom: field.custom,
    defaultValue: field.defaultValue,
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultedOnCreate,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? 8 : 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: field.externalId,
    extraTypeInfo: field.type === 'textarea' ? 'plaintextarea' : null,
    filterable: field.filterable,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable: field.groupable,
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: field.idLookup,
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.name === nameField(schema),
    namePointing: field.referenceTo.length > 1,
    nillable: field.nillable,
    permissionable: field.createable || field.updateable ? field.nillable : false,
    picklistValues: field.picklistValues.map(describeValue),
    polymorphicForeignKey: field.referenceTo.length > 1,
    precision: field.precision,
    queryByDistance: field.type === 'address',
    referenceTargetField: null,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: field.restrictedPicklist,
    scale: field.scale,
    searchPrefilterable: field.type === 'reference',
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    sortable: field.sortable,
    type: field.type,
    unique: field.unique,
    updateable: field.updateable,
    writeRequiresMasterRead: false,
  };
}

function describeChild(child: ChildRelationship): Record<string, unknown> {
  return {
    cascadeDelete: child.field !== 'ParentId',
    childSObject: child.childSObject,
    deprecatedAndHidden: false,
    field: child.field,
    junctionIdListNames: [],
    junctionReferenceTo: [],
    relationshipName: child.relationshipName,
    restrictedDelete: false,
  };
}

function describeValue(value: PicklistEntry): Record<string, unknown> {
  return {
    active: value.active,
    defaultValue: value.defaultValue,
    label: value.label,
    validFor: null,
    value: value.value,
  };
}

function recordTypeInfos(schema: ObjectSchema, options: DescribeOptions): readonly Record<string, unknown>[] {
  const own = options.recordTypes ?? [];
  const layouts = `/services/data/${options.apiVersion}/sobjects/${schema.name}/describe/layouts`;
  const info = (id: string, name: string, developerName: string, isMaster: boolean, isDefault: boolean) => ({
    active: true,
    available: true,
    defaultRecordTypeMapping: isDefault,
    developerName,
    master: isMaster,
    name,
    recordTypeId: id,
    urls: { layout: `${layouts}/${id}` },
  });
  return [
    ...own.map((type, index) => info(type.id, type.name, type.developerName, false, index === 0)),
    info('012000000000000AAA', 'Master', 'Master', true, own.length === 0),
  ];
}

/** Text is described in UTF-8 bytes, three per character; ids take 18. */
function byteLength(field: FieldSchema): number {
  return field.type === 'id' || field.type === 'reference' ? 18 : field.length * 3;
}

function compoundFieldName(field: FieldSchema, schema: ObjectSchema): string | null {
  if (['FirstName', 'LastName', 'Salutation'].includes(field.name)) {
    return schema.fields.has('name') ? 'Name' : null;
  }
  const match = /^(?<prefix>.*?)(?:Street|City|State|PostalCode|Country|Latitude|Longitude|GeocodeAccuracy)$/.exec(
    field.name,
  );
  const compound = match === null ? null : `${match.groups?.['prefix'] ?? ''}Address`;
  return compound !== null && schema.fields.has(compound.toLowerCase()) ? compound : null;
}

function nameField(schema: ObjectSchema): string | null {
  return ['Name', 'Subject', 'MasterLabel', 'Label'].find((name) => schema.fields.has(name.toLowerCase())) ?? null;
}

const SOAP_TYPES: Readonly<Record<string, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
};
