/** What is read and compared of each object; made once per configuration from what it names and what the org has. */
export type Columns = {
  readonly lead: readonly string[];
  /** Of accounts that may be a lead's (R5); empty when leads are not matched to accounts. */
  readonly account: readonly string[];
  /** Of `lead`, those by which the org can group. */
  readonly groupable: ReadonlySet<string>;
  readonly opportunity: readonly string[];
  /** Of OpportunityContactRole, `Contact.` paths among them. */
  readonly role: readonly string[];
  /** The objects whose records are judged by what may change without their stamp: formulas, fields of other objects (F29), the rules. */
  readonly unstamped: ReadonlySet<string>;
  /** `write.guard`, as far as the object has these fields (F33). */
  readonly guard: { readonly Lead: readonly string[]; readonly Opportunity: readonly string[] };
  /** Lengths of Opportunity's text fields by API name. */
  readonly lengths: ReadonlyMap<string, number>;
};

/** What every evaluation needs, whatever the configuration names. */
export const ALWAYS_READ = {
  Lead: [
    'OwnerId',
    'Status',
    'IsConverted',
    'CreatedDate',
    'CreatedById',
    'LastModifiedById',
    'LastModifiedDate',
    'LeadSource',
    'Email',
    'Company',
    'Website',
    'Country',
    'CountryCode',
  ],
  Account: ['OwnerId', 'Name', 'Website', 'BillingCountry', 'BillingCountryCode', 'BillingState', 'BillingStateCode'],
  Opportunity: [
    'OwnerId',
    'AccountId',
    'StageName',
    'IsClosed',
    'CloseDate',
    'CreatedDate',
    'LastStageChangeDate',
    'LastModifiedById',
    'LastModifiedDate',
    'Amount',
  ],
  OpportunityContactRole: ['Contact.AccountId', 'Contact.IsDeleted'],
} as const;
