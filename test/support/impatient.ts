import type { Config } from '../../src/config/schema.ts';

/** Polls without pause and up to now, and lets any number of writes pass: tests need not wait, and may be about thousands. */
export function impatient(config: Config): Config {
  const poll = { Lead: 200, Opportunity: 200, OpportunityContactRole: 200, Task: 200, Event: 200, CampaignMember: 200 };
  const any = { max: 1_000_000, per: 600_000 };
  const blast_radius = { owner_changes: any, status_changes: any, flag_changes: any, tasks_created: any };
  return {
    ...config,
    extract: { ...config.extract, poll: { ...config.extract.poll, ...poll }, safety_lag: 0 },
    write: { ...config.write, blast_radius },
  };
}
