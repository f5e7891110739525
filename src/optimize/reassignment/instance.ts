import type { ReassignmentProblem } from './problem.ts';

/**
 * A reassignment problem in typed arrays, as the search reads it. Lists of lists are rows: `demand[process * resources + resource]`,
 * `capacity[machine * resources + resource]`; ragged lists are offsets and items: the items of `i` are `offsets[i]..offsets[i + 1]`.
 */
export interface ReassignmentInstance {
  readonly counts: {
    readonly resources: number;
    readonly machines: number;
    readonly services: number;
    readonly processes: number;
    readonly balances: number;
    readonly locations: number;
    readonly neighbourhoods: number;
  };
  readonly isTransient: Uint8Array;
  readonly loadWeight: Float64Array;
  readonly capacity: Float64Array;
  readonly safety: Float64Array;
  readonly location: Int32Array;
  readonly neighbourhood: Int32Array;
  /** Weighted machine-to-machine cost, [from * machines + to]; empty when all are 0. */
  readonly machineMoveCost: Float64Array;
  readonly demand: Float64Array;
  readonly service: Int32Array;
  /** Machine of each process now, or -1. */
  readonly home: Int32Array;
  /** Weighted cost of moving each process. */
  readonly processMoveCost: Float64Array;
  readonly traffic: Float64Array;
  /** Processes of each service. */
  readonly members: Ragged;
  readonly spread: Int32Array;
  /** Services that each service depends on, itself left out. */
  readonly dependsOn: Ragged;
  /** Services that depend on each service. */
  readonly neededBy: Ragged;
  /** Row of a service in counts by neighbourhood, or -1: only services with dependencies either way have one. */
  readonly dependencyRow: Int32Array;
  /** Row of a service in counts by location, or -1: only services that must spread have one. */
  readonly spreadRow: Int32Array;
  /** Row of a service in presence by machine, or -1: only services of several processes have one. */
  readonly conflictRow: Int32Array;
  readonly balanceFirst: Int32Array;
  readonly balanceSecond: Int32Array;
  readonly balanceTarget: Float64Array;
  readonly balanceWeight: Float64Array;
  readonly serviceMoveWeight: number;
  readonly maxMoves: number;
  readonly maxMovesPerService: number;
  readonly maxTraffic: number;
}

/** Lists of different lengths in one array. */
export interface Ragged {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/** Compiles a problem for the search. The problem has passed `problemDiagnostics`. */
export function compileInstance(problem: ReassignmentProblem): ReassignmentInstance {
  const { resources, machines, services, processes, balances, weights, disruption = {} } = problem;
  const members = services.map((): number[] => []);
  processes.forEach(({ service }, index) => members[service]?.push(index));
  const dependsOn = services.map(({ dependsOn: needs }, service) =>
    [...new Set(needs)].filter((other) => other !== service),
  );
  const neededBy = services.map((): number[] => []);
  dependsOn.forEach((needs, service) => needs.forEach((other) => neededBy[other]?.push(service)));
  const hasDependency = (service: number): boolean =>
    (dependsOn[service]?.length ?? 0) + (neededBy[service]?.length ?? 0) > 0;
  return {
    counts: {
      resources: resources.length,
      machines: machines.length,
      services: services.length,
      processes: processes.length,
      balances: balances.length,
      locations: 1 + largest(machines.map(({ location }) => location)),
      neighbourhoods: 1 + largest(machines.map(({ neighbourhood }) => neighbourhood)),
    },
    isTransient: Uint8Array.from(resources, ({ isTransient }) => Number(isTransient)),
    loadWeight: Float64Array.from(resources, ({ loadWeight }) => loadWeight),
    capacity: rows(machines, resources.length, ({ capacity }) => capacity),
    safety: rows(machines, resources.length, ({ safetyCapacity }) => safetyCapacity),
    location: Int32Array.from(machines, ({ location }) => location),
    neighbourhood: Int32Array.from(machines, ({ neighbourhood }) => neighbourhood),
    machineMoveCost: machineMoveCosts(problem),
    demand: rows(processes, resources.length, ({ demand }) => demand),
    service: Int32Array.from(processes, ({ service }) => service),
    home: Int32Array.from(processes, ({ home = -1 }) => home),
    processMoveCost: Float64Array.from(processes, ({ moveCost, home }) =>
      home === undefined ? 0 : weights.process * moveCost,
    ),
    traffic: Float64Array.from(processes, ({ traffic = 0, home }) => (home === undefined ? 0 : traffic)),
    members: ragged(members),
    spread: Int32Array.from(services, ({ spread }) => spread),
    dependsOn: ragged(dependsOn),
    neededBy: ragged(neededBy),
    dependencyRow: numbered(services.length, hasDependency),
    spreadRow: numbered(services.length, (service) => (services[service]?.spread ?? 0) > 1),
    conflictRow: numbered(services.length, (service) => (members[service]?.length ?? 0) > 1),
    balanceFirst: Int32Array.from(balances, ({ first }) => first),
    balanceSecond: Int32Array.from(balances, ({ second }) => second),
    balanceTarget: Float64Array.from(balances, ({ target }) => target),
    balanceWeight: Float64Array.from(balances, ({ weight }) => weight),
    serviceMoveWeight: weights.service,
    maxMoves: disruption.moves ?? Infinity,
    maxMovesPerService: disruption.movesPerService ?? Infinity,
    maxTraffic: disruption.traffic ?? Infinity,
  };
}

function machineMoveCosts({ machines, weights }: ReassignmentProblem): Float64Array {
  const isFree = machines.every(({ moveCostTo }) => moveCostTo?.every((cost) => cost === 0) ?? true);
  if (isFree || weights.machine === 0) return new Float64Array(0);
  const none = machines.map(() => 0);
  const costs = rows(machines, machines.length, ({ moveCostTo = none }) => moveCostTo);
  return costs.map((cost) => cost * weights.machine);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -1);
}

function rows<Item>(
  items: readonly Item[],
  width: number,
  row: (item: Item) => readonly number[],
): Float64Array {
  const flat = new Float64Array(items.length * width);
  items.forEach((item, index) => flat.set(row(item), index * width));
  return flat;
}

function ragged(lists: readonly (readonly number[])[]): Ragged {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, index) => (offsets[index + 1] = (offsets[index] ?? 0) + list.length));
  return { offsets, items: Int32Array.from(lists.flat()) };
}

/** Numbers those that have something from 0 on; the others get -1. */
function numbered(count: number, has: (index: number) => boolean): Int32Array {
  let next = 0;
  return Int32Array.from({ length: count }, (_, index) => (has(index) ? next++ : -1));
}
