import type { PricedFleet } from './cell-prices.ts';
import type { SpreadRules } from './resilience.ts';
import type { FleetService } from './service-fleet.ts';

/** The rules that the spread of a service keeps to. */
export function rulesOf(
  service: FleetService,
  facts: { readonly needed: number; readonly index: number; readonly priced: PricedFleet },
): SpreadRules {
  const { slo, maxSpotShare, scheduling, replicas } = service.workload;
  return {
    needed: facts.needed,
    tolerates: slo.tolerates,
    availability: slo.availability,
    maxSpotShare,
    isEven: Number.isFinite(scheduling.zoneSkew),
    maxPerNode: scheduling.maxPerNode,
    maxReplicas: replicas.max,
    nodesAtHand: facts.priced.nodesAtHand,
    nodePrice: facts.priced.nodePrice,
    turn: facts.index,
  };
}
