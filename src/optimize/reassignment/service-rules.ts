import type { ReassignmentInstance } from './instance.ts';

/**
 * Where services are, and whether a move keeps their rules: one process per machine, spread over locations, dependencies met in
 * every neighbourhood. A rule that is broken already is kept by what does not break it more. Stateful.
 */
export class ServiceRules {
  readonly #instance: ReassignmentInstance;
  /** Presence of services by machine: `conflictRow * machines + machine`. */
  readonly #present: Uint8Array;
  /** Processes of services by location: `spreadRow * locations + location`. */
  readonly #inLocation: Int32Array;
  /** Number of locations of each service that must spread. */
  readonly #locationsOf: Int32Array;
  /** Processes of services by neighbourhood: `dependencyRow * neighbourhoods + neighbourhood`. */
  readonly #inNeighbourhood: Int32Array;

  constructor(instance: ReassignmentInstance) {
    const { machines, services, locations, neighbourhoods } = instance.counts;
    this.#instance = instance;
    this.#present = new Uint8Array((1 + maximum(instance.conflictRow)) * machines);
    this.#inLocation = new Int32Array((1 + maximum(instance.spreadRow)) * locations);
    this.#locationsOf = new Int32Array(services);
    this.#inNeighbourhood = new Int32Array((1 + maximum(instance.dependencyRow)) * neighbourhoods);
  }

  /** Counts a process that comes to a machine (1) or leaves it (-1). */
  count(process: number, machine: number, sign: number): void {
    const { counts, service, conflictRow, spreadRow, dependencyRow, location, neighbourhood } =
      this.#instance;
    const own = service[process]!;
    if (conflictRow[own]! >= 0) this.#present[conflictRow[own]! * counts.machines + machine]! += sign;
    if (spreadRow[own]! >= 0) {
      const cell = spreadRow[own]! * counts.locations + location[machine]!;
      this.#inLocation[cell]! += sign;
      if (sign > 0 && this.#inLocation[cell] === 1) this.#locationsOf[own]! += 1;
      if (sign < 0 && this.#inLocation[cell] === 0) this.#locationsOf[own]! -= 1;
    }
    if (dependencyRow[own]! >= 0)
      this.#inNeighbourhood[dependencyRow[own]! * counts.neighbourhoods + neighbourhood[machine]!]! += sign;
  }

  /** Whether another process of its service is on a machine. */
  clashes(process: number, to: number): boolean {
    const row = this.#instance.conflictRow[this.#instance.service[process]!]!;
    return row >= 0 && this.#present[row * this.#instance.counts.machines + to] !== 0;
  }

  /** Whether a service still spreads enough when one of its processes goes from a machine to another. */
  keepsSpread(service: number, from: number, to: number): boolean {
    const row = this.#instance.spreadRow[service]!;
    if (row < 0) return true;
    const { location, counts, spread } = this.#instance;
    const left = location[from]!;
    const entered = location[to]!;
    if (left === entered) return true;
    const base = row * counts.locations;
    if (this.#inLocation[base + left] !== 1 || this.#inLocation[base + entered] === 0) return true;
    return this.#locationsOf[service]! > spread[service]!;
  }

  /** Whether all dependencies are met when a process goes from a machine to another. */
  keepsDependencies(process: number, from: number, to: number): boolean {
    const { dependencyRow, service, neighbourhood, counts, dependsOn, neededBy } = this.#instance;
    const own = service[process]!;
    const row = dependencyRow[own]!;
    if (row < 0) return true;
    const left = neighbourhood[from]!;
    const entered = neighbourhood[to]!;
    if (left === entered) return true;
    const { neighbourhoods } = counts;
    const inNeighbourhood = this.#inNeighbourhood;
    for (let i = dependsOn.offsets[own]!; i < dependsOn.offsets[own + 1]!; i++) {
      if (inNeighbourhood[dependencyRow[dependsOn.items[i]!]! * neighbourhoods + entered] === 0) return false;
    }
    if (inNeighbourhood[row * neighbourhoods + left] !== 1) return true;
    for (let i = neededBy.offsets[own]!; i < neededBy.offsets[own + 1]!; i++) {
      if (inNeighbourhood[dependencyRow[neededBy.items[i]!]! * neighbourhoods + left] !== 0) return false;
    }
    return true;
  }

  /** Whether all dependencies are met when two processes change places: the first goes from `from` to `to`. */
  keepsDependenciesOfSwap(first: number, second: number, from: number, to: number): boolean {
    const { dependencyRow, service, neighbourhood } = this.#instance;
    const one = service[first]!;
    const two = service[second]!;
    if (dependencyRow[one]! < 0 && dependencyRow[two]! < 0) return true;
    const left = neighbourhood[from]!;
    const right = neighbourhood[to]!;
    if (left === right) return true;
    this.#countInNeighbourhood(one, left, right);
    this.#countInNeighbourhood(two, right, left);
    const isKept =
      this.#isSupplied(one, right) &&
      this.#isSupplied(two, left) &&
      this.#isNotMissed(one, left) &&
      this.#isNotMissed(two, right);
    this.#countInNeighbourhood(one, right, left);
    this.#countInNeighbourhood(two, left, right);
    return isKept;
  }

  #countInNeighbourhood(service: number, from: number, to: number): void {
    const row = this.#instance.dependencyRow[service]!;
    if (row < 0) return;
    const base = row * this.#instance.counts.neighbourhoods;
    this.#inNeighbourhood[base + from]! -= 1;
    this.#inNeighbourhood[base + to]! += 1;
  }

  /** Whether a service finds all that it depends on in a neighbourhood. */
  #isSupplied(service: number, near: number): boolean {
    const { dependencyRow, dependsOn, counts } = this.#instance;
    for (let i = dependsOn.offsets[service]!; i < dependsOn.offsets[service + 1]!; i++) {
      if (this.#inNeighbourhood[dependencyRow[dependsOn.items[i]!]! * counts.neighbourhoods + near] === 0)
        return false;
    }
    return true;
  }

  /** Whether a service is in a neighbourhood or nobody there needs it. */
  #isNotMissed(service: number, near: number): boolean {
    const { dependencyRow, neededBy, counts } = this.#instance;
    const row = dependencyRow[service]!;
    if (row < 0 || this.#inNeighbourhood[row * counts.neighbourhoods + near] !== 0) return true;
    for (let i = neededBy.offsets[service]!; i < neededBy.offsets[service + 1]!; i++) {
      if (this.#inNeighbourhood[dependencyRow[neededBy.items[i]!]! * counts.neighbourhoods + near] !== 0)
        return false;
    }
    return true;
  }
}

function maximum(rows: Int32Array): number {
  return rows.reduce((most, row) => Math.max(most, row), -1);
}
