import type {
  Decision,
  NodeAllocation,
  Offering,
  PackedNodes,
  PodResources,
  TimeWindow,
} from '../model/index.ts';
import { compareText, HOURS_PER_MONTH, HOURS_PER_WEEK } from '../units/index.ts';
import { nodeShares } from './pod-shares.ts';

/** Workload name of capacity that is paid for and used by nobody. */
export const IDLE = '(idle)';
/** Workload name of the hours in which nodes come and go, before and after those that need them. */
export const SCALING = '(scaling)';

/** Whether a line of a bill is for capacity that no workload uses: idle, coming or going. */
export function isNobodys(workload: string): boolean {
  return workload === IDLE || workload === SCALING;
}

/** Hours per month that a window covers, each hour of the week counting 730 / 168. */
export function monthlyHours(window: TimeWindow): number {
  return (window.hours.length / HOURS_PER_WEEK) * HOURS_PER_MONTH;
}

/** Node hours per month of one offering and who uses them. */
export interface Occupancy {
  /** All node hours bought. */
  readonly nodeHours: number;
  /** Node hours by workload, sorted by name, then `(idle)` and `(scaling)` where there are any; they sum to `nodeHours`. */
  readonly shares: readonly { readonly workload: string; readonly nodeHours: number }[];
}

/** The nodes of one offering that pods of services share, and what one pod of each service asks for. */
export interface SharedNodes {
  readonly packing: readonly PackedNodes[];
  readonly sizes: ReadonlyMap<string, PodResources>;
}

const NOT_SHARED: SharedNodes = { packing: [], sizes: new Map() };

/**
 * Who uses the nodes of one offering. In each window a language model uses nodes in proportion to the accelerators of its
 * replicas there (pods where the instance type has no accelerator), a service the parts of the nodes that its pods take
 * (`nodeShares`); the rest is idle. Replicas that claim more than the nodes hold share them in proportion.
 */
export function occupancyOf(
  decision: Decision,
  nodes: NodeAllocation,
  offering: Offering,
  shared: SharedNodes = NOT_SHARED,
): Occupancy {
  const perNode = Math.max(1, offering.instanceType.accelerator?.count ?? 1);
  const used = new Map<string, number>();
  let bought = 0;
  let idle = 0;
  for (const window of decision.windows) {
    const count = nodes.nodes[window.id] ?? 0;
    const hours = monthlyHours(window);
    bought += count * hours;
    const claims = [
      ...claimedUnits(decision, nodes, window.id),
      ...claimedByServices(shared, { offering, window: window.id, perNode }),
    ];
    const claimed = claims.reduce((sum, claim) => sum + claim.units, 0);
    const divisor = Math.max(claimed, count * perNode);
    for (const { workload, units } of claims) {
      used.set(workload, (used.get(workload) ?? 0) + (units / divisor) * count * hours);
    }
    idle += divisor > 0 ? (1 - claimed / divisor) * count * hours : 0;
  }
  const shares = [...used]
    .filter(([, nodeHours]) => nodeHours > 0)
    .sort(([a], [b]) => compareText(a, b))
    .map(([workload, nodeHours]) => ({ workload, nodeHours }));
  const scaling = nodes.changes?.hoursPerMonth ?? 0;
  const others = [
    { workload: IDLE, nodeHours: idle },
    { workload: SCALING, nodeHours: scaling },
  ].filter(({ nodeHours }) => nodeHours > 0);
  return { nodeHours: bought + scaling, shares: [...shares, ...others] };
}

/** Accelerators (or pods) that replicas take on the nodes of one offering in one window. */
function claimedUnits(
  decision: Decision,
  nodes: NodeAllocation,
  window: string,
): { readonly workload: string; readonly units: number }[] {
  return decision.allocations
    .filter((allocation) => allocation.pool === nodes.pool && allocation.capacityType === nodes.capacityType)
    .map((allocation) => {
      const replicas = allocation.replicas[window]?.[nodes.zone] ?? 0;
      const { podGroup } = allocation.candidate;
      return {
        workload: allocation.workload,
        units: replicas * podGroup.nodes * Math.max(1, podGroup.acceleratorsPerNode),
      };
    })
    .filter(({ units }) => units > 0);
}

/** The same of the pods of services, from the nodes that they share. */
function claimedByServices(
  { packing, sizes }: SharedNodes,
  place: { readonly offering: Offering; readonly window: string; readonly perNode: number },
): readonly { readonly workload: string; readonly units: number }[] {
  return packing
    .filter((group) => group.window === place.window)
    .flatMap((group) =>
      nodeShares(group.pods, sizes, place.offering).map(({ workload, share }) => ({
        workload,
        units: share * group.nodes * place.perNode,
      })),
    )
    .filter(({ units }) => units > 0);
}
