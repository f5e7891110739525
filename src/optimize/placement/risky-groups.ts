import type { Offering } from '../../model/index.ts';
import { compareText } from '../../units/index.ts';
import { optionsOn } from './placement-problem.ts';
import type { PlacementProblem, PlacementWorkload } from './placement-problem.ts';

/**
 * The problem with each of the named workloads kept off the half (rounded up) of its remaining groups of spot capacity that traces show out most, ties by
 * name. Undefined when no named workload has such a group left.
 */
export function withoutRiskiest(
  problem: PlacementProblem,
  workloads: ReadonlySet<string>,
): PlacementProblem | undefined {
  let isChanged = false;
  const barring = (workload: PlacementWorkload): PlacementWorkload => {
    const groups = workloads.has(workload.id) ? groupsAtRisk(problem.offerings, workload) : [];
    if (groups.length === 0) return workload;
    isChanged = true;
    const worst = new Set(groups.slice(0, Math.ceil(groups.length / 2)));
    const ids = problem.offerings
      .filter((offering) => offering.capacityType === 'spot' && worst.has(offering.correlationGroup))
      .map((offering) => offering.id);
    return { ...workload, barred: new Set([...(workload.barred ?? []), ...ids]) };
  };
  const changed = { ...problem, workloads: problem.workloads.map(barring) };
  return isChanged ? changed : undefined;
}

/** Groups with measured outages that a workload may use, longest out first. */
function groupsAtRisk(offerings: readonly Offering[], workload: PlacementWorkload): readonly string[] {
  const shares = new Map<string, number>();
  for (const offering of offerings) {
    const share = offering.interruption.outageShare ?? 0;
    const isUsable = offering.capacityType === 'spot' && workload.maxSpotShare > 0;
    if (!isUsable || share <= 0 || optionsOn(workload, offering).length === 0) continue;
    const { correlationGroup } = offering;
    shares.set(correlationGroup, Math.max(shares.get(correlationGroup) ?? 0, share));
  }
  return [...shares].sort(([a, x], [b, y]) => y - x || compareText(a, b)).map(([group]) => group);
}
