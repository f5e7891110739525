import type { ServiceShape } from '../../model/index.ts';
import type { PricedFleet } from './cell-prices.ts';
import { boundPacking } from '../packing/index.ts';
import type { PackingOptions, PackingProblem } from '../packing/index.ts';
import { POD_RESOURCES, replicasFor, requestOf } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** Numbers of nodes at which cases are told apart: with more, one node holds at most a k-th of what a service needs. */
const SHARES: readonly number[] = [1, 2, 3, 4, 6];

/**
 * A bound of one window from whole nodes, for fleets without choice of size and without spot capacity: every plan holds at least the replicas
 * that the rules ask for, and without the rules on where they go they cost no less than their packing on any offerings. Where nodes may fail, plans
 * are told apart by their number M of nodes: losing the fullest of at most M nodes takes at least a share 1/M of a service, so it has
 * at least needed / (M − 1) spares, rounded up; the least of the cases counts. Undefined where the fleet has such choices.
 */
export async function floorBound(
  fleet: ServiceFleet,
  facts: { readonly window: number; readonly shapes: readonly ServiceShape[]; readonly priced: PricedFleet },
  options: PackingOptions,
): Promise<number | undefined> {
  const hasChoice = fleet.services.some(
    (service) =>
      service.shapes.length > 1 ||
      (service.workload.maxSpotShare > 0 && service.cells.some((cell) => fleet.cells[cell]?.kind === 'spot')),
  );
  if (hasChoice) return undefined;
  const needed = fleet.services.map((service, index) => {
    const shape = facts.shapes[index];
    return shape === undefined ? 0 : replicasFor(service.workload, shape, service.rates[facts.window] ?? 0);
  });
  const most = Math.max(0, ...needed.filter((_, index) => losesNodes(fleet, index)));
  const cases = most === 0 ? [{ least: 0, most: Infinity }] : nodeRanges(most);
  const problems = cases.map((range) => ({
    least: range.least,
    problem: relaxed(fleet, { shapes: facts.shapes, needed, mostNodes: range.most }),
  }));
  const podPrices = fleet.services.map((_, index) => {
    const shape = facts.shapes[index];
    const prices =
      shape === undefined ? [] : facts.priced.prices.offers(index, shape).map(({ floor }) => floor);
    return Math.min(...prices);
  });
  const place = new Map(fleet.services.map((service, index) => [service.workload.id, index]));
  const bounds = problems.map(({ problem }) => {
    const value = problem.items.reduce(
      (sum, item) => sum + item.count * (podPrices[place.get(item.id) ?? -1] ?? 0),
      0,
    );
    return { value, isWhole: false };
  });
  // Only the lowest case limits the bound: sharpen that one as long as it does.
  for (;;) {
    const value = Math.min(...bounds.map((bound) => bound.value));
    const at = bounds.findIndex((bound) => bound.value === value);
    const lowest = bounds[at];
    const found = problems[at];
    if (lowest === undefined || found === undefined || lowest.isWhole || options.isPast()) return value;
    const whole = await boundPacking(found.problem, { ...options, leastNodes: found.least });
    bounds[at] = { value: Math.max(value, whole ?? 0), isWhole: true };
  }
}

function losesNodes(fleet: ServiceFleet, index: number): boolean {
  const tolerates = fleet.services[index]?.workload.slo.tolerates;
  return tolerates === 'node' || tolerates === 'correlation-group';
}

/** Ranges of numbers of nodes that cover all from 2 on. */
function nodeRanges(needed: number): readonly { readonly least: number; readonly most: number }[] {
  const starts = [...new Set(SHARES.map((share) => Math.ceil(needed / share) + 1))].sort((a, b) => b - a);
  const ranges = starts.map((least, at) => ({
    least,
    most: at === 0 ? Infinity : (starts[at - 1] ?? 0) - 1,
  }));
  const lowest = starts.at(-1) ?? 2;
  return lowest > 2 ? [...ranges, { least: 2, most: lowest - 1 }] : ranges;
}

/** The least replicas of every service on any of its offerings, nothing else asked. */
function relaxed(
  fleet: ServiceFleet,
  facts: {
    readonly shapes: readonly ServiceShape[];
    readonly needed: readonly number[];
    readonly mostNodes: number;
  },
): PackingProblem {
  return {
    resources: POD_RESOURCES,
    items: fleet.services.flatMap((service, index) => {
      const shape = facts.shapes[index];
      const needed = facts.needed[index] ?? 0;
      if (shape === undefined || needed === 0) return [];
      const zones = new Set(service.cells.map((cell) => fleet.cells[cell]?.zone)).size;
      const count =
        needed + leastSpares(service.workload.slo.tolerates, { needed, zones, mostNodes: facts.mostNodes });
      const nodes = fleet.allowed[index] ?? [];
      return [{ id: service.workload.id, request: requestOf(shape), count, maxPerNode: Infinity, nodes }];
    }),
    nodes: fleet.offerings.map((offering, index) => ({
      id: offering.id,
      capacity: fleet.capacities[index] ?? [],
      price: offering.price,
      most: Infinity,
    })),
    quotas: [],
    apart: [],
  };
}

function leastSpares(
  tolerates: ServiceFleet['services'][number]['workload']['slo']['tolerates'],
  facts: { readonly needed: number; readonly zones: number; readonly mostNodes: number },
): number {
  if (tolerates === 'nothing') return 0;
  const units = tolerates === 'zone' ? facts.zones : facts.mostNodes;
  return units === Infinity ? 1 : Math.max(1, Math.ceil(facts.needed / Math.max(1, units - 1)));
}
