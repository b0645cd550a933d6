import type { StrategyName } from '../../pool-schema.ts';
import { firstAvailable } from './first-available.ts';
import { leastLoaded } from './least-loaded.ts';
import type { Strategy } from './strategy.ts';
import { weightedRoundRobin } from './weighted-round-robin.ts';

/** The strategies by their names in the YAML. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  // R12: the weights of such a pool are all 1; `compilePool` sees to it.
  round_robin: weightedRoundRobin,
  weighted_round_robin: weightedRoundRobin,
  least_loaded: leastLoaded,
  first_available: firstAvailable,
  // The schema holds such a pool to one member.
  fixed: firstAvailable,
};
