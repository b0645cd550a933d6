/** The kinds of work: one queue each. The unit is the record that a decision is about (F27). */
export type WorkKind = 'lead' | 'opportunity';

/** The Salesforce object of each kind. */
export const OBJECT_OF = { lead: 'Lead', opportunity: 'Opportunity' } as const satisfies Record<WorkKind, string>;
