import { fold } from '../text/fold.ts';

/** A stage of the org, from OpportunityStage. */
export type OrgStage = { readonly apiName: string; readonly sortOrder: number };

/** The order of all stages, and which of them a module lists. */
export type StageOrder = {
  /** The place of a stage in the order; null when there is no such stage. */
  readonly rankOf: (stage: string) => number | null;
  /** Index of the last listed stage that is not after this rank; null before the first (C2). */
  readonly listedAt: (rank: number) => number | null;
};

// The stages that every new org has: Salesforce, Opportunity.StageName, default values.
const STANDARD_STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];

/**
 * The order that listed stages stand in.
 * @param listed  as the configuration has them
 * @param orgStages  in any order; null when there is no org: then Salesforce's own order if it has all listed stages,
 *   else the configured one
 */
export function orderStages(listed: readonly string[], orgStages: readonly OrgStage[] | null): StageOrder {
  const order = orgStages === null ? knownOrder(listed) : inOrder(orgStages);
  const ranks = new Map(order.map((stage, rank) => [fold(stage), rank]));
  const listedRanks = listed.map((stage) => ranks.get(fold(stage)) ?? null);
  return {
    rankOf: (stage) => ranks.get(fold(stage)) ?? null,
    listedAt: (rank) => {
      const index = listedRanks.findLastIndex((listedRank) => listedRank !== null && listedRank <= rank);
      return index === -1 ? null : index;
    },
  };
}

function inOrder(stages: readonly OrgStage[]): readonly string[] {
  return stages.toSorted((left, right) => left.sortOrder - right.sortOrder).map((stage) => stage.apiName);
}

function knownOrder(listed: readonly string[]): readonly string[] {
  const places = listed.map((stage) => STANDARD_STAGES.findIndex((standard) => fold(standard) === fold(stage)));
  const isStandard = places.every((place, index) => place > (places[index - 1] ?? -1));
  return isStandard ? STANDARD_STAGES : listed;
}
