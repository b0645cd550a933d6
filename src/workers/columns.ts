/** What is read and compared of each object; made once per configuration from what it names and what the org has. */
export type Columns = {
  readonly lead: readonly string[];
  readonly opportunity: readonly string[];
  /** Of OpportunityContactRole, `Contact.` paths among them. */
  readonly role: readonly string[];
  /** `write.guard`, as far as the object has these fields (F33). */
  readonly guard: { readonly Lead: readonly string[]; readonly Opportunity: readonly string[] };
  /** Lengths of Opportunity's text fields by API name. */
  readonly lengths: ReadonlyMap<string, number>;
};

/** What every evaluation needs, whatever the configuration names. */
export const ALWAYS_READ = {
  Lead: ['OwnerId', 'Status', 'IsConverted', 'CreatedDate'],
  Opportunity: ['OwnerId', 'AccountId', 'StageName', 'IsClosed', 'CloseDate', 'CreatedDate', 'LastStageChangeDate'],
  OpportunityContactRole: ['Contact.AccountId', 'Contact.IsDeleted'],
} as const;
