import type { ServiceShape } from '../../model/index.ts';
import { cheapestUnits, fluidUnitPrices } from '../packing/index.ts';
import type { PackingProblem } from '../packing/index.ts';
import type { SolverAdapter } from '../solvers/index.ts';
import { unavailability } from '../placement/availability.ts';
import { unitDowntime } from '../placement/unit-downtime.ts';
import type { UnitPart } from '../placement/unit-downtime.ts';
import type { CellOffer } from './resilience.ts';
import { POD_RESOURCES, replicasFor, requestOf } from './service-fleet.ts';
import type { FleetService, ServiceFleet } from './service-fleet.ts';

/**
 * What a pod costs where: prices of a unit of each resource on every offering, which add up to the price of its node. So a pod priced by its
 * request never costs more than the part of a node that it takes, and sums of such prices are bounds.
 */
export class CellPrices {
  readonly #fleet: ServiceFleet;
  /** Unit prices by offering. */
  readonly #units: readonly Float64Array[];
  readonly #allowed: readonly ReadonlySet<number>[];
  /** Offers told before, by service: every window and every comparison asks for the same ones. */
  readonly #told: readonly Map<ServiceShape, readonly CellOffer[]>[];

  readonly #countsAlone: boolean;

  /** `countsAlone`: choices go by what a pod costs on nodes of its own where that is more than its request at the prices of units. */
  constructor(fleet: ServiceFleet, units: readonly Float64Array[], countsAlone = true) {
    this.#fleet = fleet;
    this.#units = units;
    this.#countsAlone = countsAlone;
    this.#allowed = fleet.allowed.map((list) => new Set(list));
    this.#told = fleet.services.map(() => new Map<ServiceShape, readonly CellOffer[]>());
  }

  /** Prices of a unit of each resource on an offering. */
  unitsOf(offering: number): Float64Array | undefined {
    return this.#units[offering];
  }

  /** Whether a service may use an offering, and a node of it holds one pod. */
  holds(service: number, request: readonly number[], offering: number): boolean {
    return (
      this.#allowed[service]?.has(offering) === true &&
      request.every((amount, r) => amount <= (this.#fleet.capacities[offering]?.[r] ?? 0))
    );
  }

  /** Price of one pod of a shape in each cell that the service may use and where the pod fits, in the order of cells. */
  offers(service: number, shape: ServiceShape): readonly CellOffer[] {
    const known = this.#told[service]?.get(shape);
    if (known !== undefined) return known;
    const offers = this.#offersOf(service, shape);
    this.#told[service]?.set(shape, offers);
    return offers;
  }

  #offersOf(service: number, shape: ServiceShape): readonly CellOffer[] {
    const { services, cells, offerings, capacities } = this.#fleet;
    const request = requestOf(shape);
    return (services[service]?.cells ?? []).flatMap((index): CellOffer[] => {
      const cell = cells[index];
      if (cell === undefined) return [];
      let floor = Infinity;
      let alone = Infinity;
      let outage = 0;
      const parts: UnitPart[] = [];
      for (const offering of cell.offerings) {
        if (!this.holds(service, request, offering)) continue;
        const units = this.#units[offering];
        const own = request.reduce((sum, amount, r) => sum + amount * (units?.[r] ?? 0), 0);
        floor = Math.min(floor, own);
        alone = Math.min(
          alone,
          aloneIn(request, capacities[offering] ?? [], offerings[offering]?.price ?? 0),
        );
        const facts = offerings[offering];
        if (cell.kind === 'spot' && facts !== undefined) {
          const { interruption } = facts;
          const repairSeconds = facts.nodeStartup + shape.startup;
          outage = Math.max(outage, unavailability(interruption.monthlyHigh, repairSeconds));
          if (interruption.outageShare !== undefined) parts.push({ interruption, repairSeconds });
        }
      }
      if (floor === Infinity) return [];
      const price = this.#countsAlone ? Math.max(floor, alone) : floor;
      const { kind, zone, group } = cell;
      const isMeasured = parts.length > 0;
      return [
        { cell: index, kind, zone, group, price, floor, outage: unitDowntime(outage, parts), isMeasured },
      ];
    });
  }
}

/**
 * Price of a pod on nodes that hold nothing but such pods: by the resource of which it takes the largest part. At the prices of resources alone many
 * services are indifferent between cells and all of them take the same one, whose nodes then fill in one resource only.
 */
function aloneIn(request: readonly number[], capacity: readonly number[], price: number): number {
  return price * Math.max(...request.map((amount, r) => amount / Math.max(capacity[r] ?? 0, 1e-9)));
}

/** How near an offering comes to the best use of money, 0..1: the worth of its capacity at the best known unit prices over its price. */
function efficiencyOf(capacity: readonly number[], price: number, known: readonly Float64Array[]): number {
  const worths = known.map((units) => units.reduce((sum, unit, r) => sum + unit * (capacity[r] ?? 0), 0));
  return worths.length === 0 || price <= 0 ? 1 : Math.min(...worths) / price;
}

/** Prices found for one window, and what they rest on. */
export interface PricedFleet {
  readonly prices: CellPrices;
  /** Nodes over which base replicas can be spread at hardly any cost: the fleet's cost over the price of a small node that is good value. */
  readonly nodesAtHand: number;
  /** Price of such a node, micro-dollars per hour. */
  readonly nodePrice: number;
}

/** Offerings within so much of the best use of money count as good value (assumed). */
const GOOD_VALUE = 0.97;

/**
 * Prices the fleet by the fluid relaxation of the busiest window with all pods on the capacity that they may use: what the services
 * together make of prices of cores, memory and pod slots.
 */
export async function priceFleet(
  fleet: ServiceFleet,
  busiest: number,
  solvers: readonly SolverAdapter[],
): Promise<PricedFleet> {
  const problem = mergedProblem(fleet, busiest);
  const known = await fluidUnitPrices(problem, solvers);
  const units = problem.nodes.map((node) => cheapestUnits(node, known));
  const good = problem.nodes
    .filter((node) => efficiencyOf(node.capacity, node.price, known) >= GOOD_VALUE)
    .map((node) => node.price);
  const cost = problem.items.reduce((sum, item) => {
    const least = Math.min(
      ...item.nodes.map((node) =>
        item.request.reduce((total, amount, r) => total + amount * (units[node]?.[r] ?? 0), 0),
      ),
    );
    return sum + least * item.count;
  }, 0);
  const small = Math.min(...good);
  return {
    prices: new CellPrices(fleet, units),
    nodesAtHand: Number.isFinite(small) && small > 0 ? Math.max(2, Math.floor(cost / small)) : Infinity,
    nodePrice: Number.isFinite(small) ? small : 0,
  };
}

/** All pods of a window, each on any offering that its service may use; two parts of a service where it may be on spot in part. */
function mergedProblem(fleet: ServiceFleet, window: number): PackingProblem {
  const { offerings, capacities, services, allowed } = fleet;
  const items = services.flatMap((service, index) => {
    const shape = service.shapes[0];
    if (shape === undefined) return [];
    const count = cappedReplicas(service, shape, window);
    const list = allowed[index] ?? [];
    const base = list.filter((offering) => offerings[offering]?.capacityType !== 'spot');
    const onSpot = base.length === 0 ? count : Math.floor(service.workload.maxSpotShare * count);
    const part = (id: string, pods: number, nodes: readonly number[]): PackingProblem['items'][number] => ({
      id: `${service.workload.id}/${id}`,
      request: requestOf(shape),
      count: pods,
      maxPerNode: Infinity,
      nodes,
    });
    return [part('base', count - onSpot, base), part('surge', onSpot, list)].filter((item) => item.count > 0);
  });
  return {
    resources: POD_RESOURCES,
    items,
    nodes: offerings.map((offering, index) => ({
      id: offering.id,
      capacity: capacities[index] ?? [],
      price: offering.price,
      most: Infinity,
    })),
    quotas: [],
    apart: [],
  };
}

function cappedReplicas(service: FleetService, shape: ServiceShape, window: number): number {
  const needed = replicasFor(service.workload, shape, service.rates[window] ?? 0);
  return Number.isFinite(needed) ? needed : service.workload.replicas.max;
}
