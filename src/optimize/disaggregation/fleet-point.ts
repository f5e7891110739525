import type { LoadEvidence, TimeWindow } from '../../model/index.ts';
import { watts } from '../../units/index.ts';
import type { Watts } from '../../units/index.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import { placedFleet, readPlacedFleet } from './placed-fleet.ts';

/** A placed fleet at the demand of the busiest window: evidence of all its replicas together, and their board power. */
export interface FleetPoint {
  readonly point: LoadEvidence;
  readonly power: Watts;
}

/** The operating point of a workload served apart; undefined where a role has no replicas or there is no demand. */
export function fleetPoint(
  { workload, roles, bench }: WorkloadEvaluation,
  placed: { readonly solution: PlacementSolution; readonly busiest: TimeWindow },
): FleetPoint | undefined {
  if (roles === undefined) return undefined;
  const fleet = placedFleet(workload.workload.id, roles, placed);
  if (fleet === undefined) return undefined;
  const { evidence, uses } = readPlacedFleet(bench, fleet);
  const power = fleet.parts.reduce((sum, { shape, batch, replicas }, index) => {
    const use = uses[index];
    const load = { busyShare: use?.busyShare ?? 0, meanBatch: use?.meanBatch ?? 0 };
    return sum + replicas * bench.performanceOf(shape, batch).power(load);
  }, 0);
  return { point: evidence, power: watts(power) };
}
