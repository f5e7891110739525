import type { ServiceShape } from '../../model/index.ts';
import { packingFaults, solvePacking } from '../packing/index.ts';
import type { FilledNodes, PackingAnswer, PackingOptions, PackingProblem } from '../packing/index.ts';
import type { Spread } from './resilience.ts';
import { POD_RESOURCES, requestOf } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';
import type { Steady } from './steady.ts';

/** The nodes of one window. */
export interface WindowPacking {
  /** `node` is an index of offerings, items are indices of services. */
  readonly filled: readonly FilledNodes[];
  /** Micro-dollars per hour; the bound is that of packings with these spreads. */
  readonly cost: number;
  readonly bound: number;
}

/** What is packed. */
export interface WindowPods {
  readonly spreads: readonly Spread[];
  readonly shapes: readonly ServiceShape[];
  /**
   * Offerings that the busiest window uses, and how far it is above its bound: other windows are packed on these offerings first, so that fleets
   * do not change their make-up by the hour.
   */
  readonly familiar?: { readonly offerings: ReadonlySet<number>; readonly gap: number } | undefined;
  /** No packing of the window costs less, micro-dollars per hour. */
  readonly least: number;
  /** Nodes that other windows have, which are cheaper to keep than others are to start. */
  readonly steady?: Steady | undefined;
}

/** A packing on familiar offerings is kept when it is at most this much further above the bound than the busiest window (assumed). */
const FAMILIAR_EXTRA = 0.015;

/**
 * Packs the pods of a window, cell by cell; cells under one quota together. Undefined when a cell does not hold its pods or a quota does
 * not suffice.
 */
export async function packWindow(
  fleet: ServiceFleet,
  pods: WindowPods,
  options: PackingOptions,
): Promise<WindowPacking | undefined> {
  const { familiar } = pods;
  if (familiar !== undefined) {
    const packing = await packCells(fleet, { ...pods, only: familiar.offerings }, options);
    const isNear = packing !== undefined && packing.cost <= pods.least * (1 + familiar.gap + FAMILIAR_EXTRA);
    if (isNear || (packing !== undefined && options.isPast())) {
      return { ...packing, bound: 0 };
    }
  }
  return packCells(fleet, pods, options);
}

async function packCells(
  fleet: ServiceFleet,
  pods: WindowPods & { readonly only?: ReadonlySet<number> },
  options: PackingOptions,
): Promise<WindowPacking | undefined> {
  const filled: FilledNodes[] = [];
  // Zones that offer the same at the same prices and hold the same pods are packed once.
  const packed = new Map<string, PackingAnswer>();
  let cost = 0;
  let bound = 0;
  for (const cells of connectedCells(fleet, pods.spreads)) {
    const part = partOf(fleet, pods, cells);
    const key = shapeKey(part.problem);
    const answer = packed.get(key) ?? (await solvePacking(part.problem, options));
    if (answer === undefined) return undefined;
    packed.set(key, answer);
    const faults = packingFaults(part.problem, answer.filled);
    if (faults.length > 0) throw new Error(`a packing does not hold: ${faults.join('; ')}`);
    filled.push(...answer.filled.map((group) => inFleet(part, group)));
    cost += part.offerings.length === 0 ? 0 : priceOf(fleet, part, answer.filled);
    bound += answer.bound;
  }
  return { filled: joinedAlike(filled), cost, bound: pods.steady === undefined ? bound : 0 };
}

/** What nodes cost, whatever they were weighed at; micro-dollars per hour. */
function priceOf(fleet: ServiceFleet, part: Part, filled: readonly FilledNodes[]): number {
  return filled.reduce(
    (sum, { node, count }) => sum + count * (fleet.offerings[part.offerings[node] ?? -1]?.price ?? 0),
    0,
  );
}

/** Nodes of one offering that are filled alike as one entry, in the order in which they come first. */
function joinedAlike(filled: readonly FilledNodes[]): readonly FilledNodes[] {
  const joined = new Map<string, FilledNodes>();
  for (const group of filled) {
    const key = `${group.node}:${group.pods.join(';')}`;
    const known = joined.get(key);
    joined.set(key, known === undefined ? group : { ...known, count: known.count + group.count });
  }
  return [...joined.values()];
}

/** All of a packing problem but its names. */
function shapeKey(problem: PackingProblem): string {
  return JSON.stringify([
    problem.items.map((item) => [item.request, item.count, item.maxPerNode, item.nodes]),
    problem.nodes.map((node) => [node.capacity, node.price, node.most]),
    problem.quotas.map((quota) => [quota.nodes, quota.most]),
    problem.apart,
  ]);
}

/** A packing problem over some cells, and what its indices are in the fleet. */
interface Part {
  readonly problem: PackingProblem;
  readonly offerings: readonly number[];
  readonly services: readonly number[];
}

function inFleet(part: Part, group: FilledNodes): FilledNodes {
  return {
    node: part.offerings[group.node] ?? 0,
    count: group.count,
    pods: group.pods
      .map(([item, count]): [number, number] => [part.services[item] ?? 0, count])
      .sort(([a], [b]) => a - b),
  };
}

function partOf(
  fleet: ServiceFleet,
  pods: WindowPods & { readonly only?: ReadonlySet<number> },
  cells: readonly number[],
): Part {
  const members = new Set(cells);
  const offerings = cells
    .flatMap((cell) => fleet.cells[cell]?.offerings ?? [])
    .filter((offering) => pods.only?.has(offering) ?? true)
    .sort((a, b) => a - b);
  const kinds = kindsOf(fleet, offerings, pods.steady);
  const places = Map.groupBy(
    kinds.map((_, index) => index),
    (index) => kinds[index]?.offering ?? -1,
  );
  const items: PackingProblem['items'][number][] = [];
  const services: number[] = [];
  pods.spreads.forEach((spread, service) => {
    const shape = pods.shapes[service];
    if (shape === undefined) return;
    for (const [cell, count] of spread.replicas) {
      if (!members.has(cell)) continue;
      const own = new Set(fleet.cells[cell]?.offerings ?? []);
      items.push({
        id: `${fleet.services[service]?.workload.id ?? ''} in ${fleet.cells[cell]?.id ?? ''}`,
        request: requestOf(shape),
        count,
        maxPerNode: spread.maxPerNode,
        nodes: (fleet.allowed[service] ?? []).flatMap((offering) =>
          own.has(offering) ? (places.get(offering) ?? []) : [],
        ),
      });
      services.push(service);
    }
  });
  return {
    offerings: kinds.map(({ offering }) => offering),
    services,
    problem: {
      resources: POD_RESOURCES,
      items,
      nodes: kinds.map(({ offering, price, most }) => ({
        id: fleet.offerings[offering]?.id ?? '',
        capacity: fleet.capacities[offering] ?? [],
        price,
        most,
      })),
      quotas: fleet.quotas
        .map((quota) => ({ ...quota, nodes: quota.nodes.flatMap((offering) => places.get(offering) ?? []) }))
        .filter((quota) => quota.nodes.length > 0),
      apart: apartPairs(fleet, services),
    },
  };
}

/** A kind of node in a packing: an offering at a price, and how many there may be of it. */
interface NodeKind {
  readonly offering: number;
  readonly price: number;
  readonly most: number;
}

/** The offerings as kinds of node; where the window should be steady those that other windows have at less, and all others at more than their price. */
function kindsOf(
  fleet: ServiceFleet,
  offerings: readonly number[],
  steady: Steady | undefined,
): readonly NodeKind[] {
  return offerings.flatMap((offering): NodeKind[] => {
    const price = fleet.offerings[offering]?.price ?? 0;
    if (steady === undefined) return [{ offering, price, most: Infinity }];
    const kept = steady.nodes.get(offering) ?? 0;
    const others = { offering, price: Math.round(price * (1 + steady.share)), most: Infinity };
    return kept === 0
      ? [others]
      : [{ offering, price: Math.round(price * (1 - steady.share)), most: kept }, others];
  });
}

/** Pairs of items whose services keep apart. */
function apartPairs(
  fleet: ServiceFleet,
  services: readonly number[],
): readonly (readonly [number, number])[] {
  const itemsOf = new Map<string, number[]>();
  services.forEach((service, item) => {
    const id = fleet.services[service]?.workload.id ?? '';
    itemsOf.set(id, [...(itemsOf.get(id) ?? []), item]);
  });
  const pairs = new Map<string, readonly [number, number]>();
  services.forEach((service, item) => {
    for (const other of fleet.services[service]?.workload.scheduling.apartFrom ?? []) {
      for (const partner of itemsOf.get(other) ?? []) {
        if (partner === item) continue;
        const pair = [Math.min(item, partner), Math.max(item, partner)] as const;
        pairs.set(pair.join(), pair);
      }
    }
  });
  return [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

/** Cells with pods in groups that are packed together: cells that a quota joins are one group. Sorted by first cell. */
function connectedCells(fleet: ServiceFleet, spreads: readonly Spread[]): readonly (readonly number[])[] {
  const used = [...new Set(spreads.flatMap(({ replicas }) => replicas.map(([cell]) => cell)))].sort(
    (a, b) => a - b,
  );
  const leader = new Map(used.map((cell) => [cell, cell]));
  const find = (cell: number): number => {
    const next = leader.get(cell) ?? cell;
    return next === cell ? cell : find(next);
  };
  const cellOf = new Map(
    fleet.cells.flatMap((cell, index) =>
      cell.offerings.map((offering): [number, number] => [offering, index]),
    ),
  );
  for (const quota of fleet.quotas) {
    const joined = [...new Set(quota.nodes.map((offering) => cellOf.get(offering) ?? -1))].filter((cell) =>
      leader.has(cell),
    );
    const [first] = joined;
    if (first === undefined) continue;
    for (const cell of joined) leader.set(find(cell), find(first));
  }
  const groups = Map.groupBy(used, find);
  return [...groups.values()];
}
