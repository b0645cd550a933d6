/** A field as the integration user sees it. */
export type FieldDescription = {
  readonly name: string;
  /** Salesforce's type: `string`, `picklist`, `reference`, `datetime`, … */
  readonly type: string;
  readonly length: number;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly isFilterable: boolean;
  readonly isNillable: boolean;
  readonly isExternalId: boolean;
  readonly isUnique: boolean;
  readonly isRestrictedPicklist: boolean;
  /** A formula: it changes without the record's stamp. */
  readonly isCalculated: boolean;
  readonly picklistValues: readonly { readonly value: string; readonly isActive: boolean }[];
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
};

/** An object as the integration user sees it; its fields by API name. */
export type ObjectDescription = {
  readonly name: string;
  /** What the integration user may do with records of it. */
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly fields: ReadonlyMap<string, FieldDescription>;
};
