import type { Salesforce } from '../ports.ts';

/** An org that is written to only by whoever still has the batch: another worker may have taken it over (D14). */
export function fenceWrites(salesforce: Salesforce, assure: () => Promise<void>): Salesforce {
  return {
    ...salesforce,
    async update(object, records, signal) {
      await assure();
      return salesforce.update(object, records, signal);
    },
    async create(object, records, signal) {
      await assure();
      return salesforce.create(object, records, signal);
    },
  };
}
