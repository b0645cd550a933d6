import type { Salesforce } from '../ports.ts';

/** An org that is written to only by whoever still has the batch: another worker may have taken it over (D14). */
export function fenceWrites(salesforce: Salesforce, assure: () => Promise<void>): Salesforce {
  return {
    ...salesforce,
    async update(...write) {
      await assure();
      return salesforce.update(...write);
    },
    async create(...write) {
      await assure();
      return salesforce.create(...write);
    },
  };
}
