import type { ReassignmentInstance } from './instance.ts';

/**
 * Where services are, and how many rules they break: one process per machine, spread over locations, dependencies met in every
 * neighbourhood. Two processes on one machine are always refused; what a move does to the other two is counted, so that a search may
 * pass through assignments that break them. Stateful.
 */
export class ServiceRules {
  /** Locations that services lack, and dependencies that are not met (one per neighbourhood and pair of services). */
  broken = 0;
  readonly #instance: ReassignmentInstance;
  /** Presence of services by machine: `conflictRow * machines + machine`. */
  readonly #present: Uint8Array;
  /** The process that came last to a machine, of each service: `conflictRow * machines + machine`. */
  readonly #last: Int32Array;
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
    this.#last = new Int32Array(this.#present.length).fill(-1);
    this.#inLocation = new Int32Array((1 + maximum(instance.spreadRow)) * locations);
    this.#locationsOf = new Int32Array(services);
    this.#inNeighbourhood = new Int32Array((1 + maximum(instance.dependencyRow)) * neighbourhoods);
    for (let service = 0; service < services; service++) {
      if (instance.spreadRow[service]! >= 0) this.broken += instance.spread[service]!;
    }
  }

  /** Counts a process that comes to a machine (1) or leaves it (-1). */
  count(process: number, machine: number, sign: number): void {
    const { counts, service, conflictRow, spreadRow, dependencyRow, location, neighbourhood, spread } =
      this.#instance;
    const own = service[process]!;
    if (conflictRow[own]! >= 0) {
      const cell = conflictRow[own]! * counts.machines + machine;
      this.#present[cell]! += sign;
      if (sign > 0) this.#last[cell] = process;
    }
    if (spreadRow[own]! >= 0) {
      const cell = spreadRow[own]! * counts.locations + location[machine]!;
      const before = this.#locationsOf[own]!;
      this.#inLocation[cell]! += sign;
      if (sign > 0 && this.#inLocation[cell] === 1) this.#locationsOf[own]! += 1;
      if (sign < 0 && this.#inLocation[cell] === 0) this.#locationsOf[own]! -= 1;
      this.broken += Math.max(0, spread[own]! - this.#locationsOf[own]!) - Math.max(0, spread[own]! - before);
    }
    if (dependencyRow[own]! < 0) return;
    const near = neighbourhood[machine]!;
    const cell = dependencyRow[own]! * counts.neighbourhoods + near;
    if (sign > 0 && this.#inNeighbourhood[cell]! === 0) this.broken += this.#missingWith(own, near);
    this.#inNeighbourhood[cell]! += sign;
    if (sign < 0 && this.#inNeighbourhood[cell]! === 0) this.broken -= this.#missingWith(own, near);
  }

  /** Whether another process of its service is on a machine. */
  clashes(process: number, to: number): boolean {
    const row = this.#instance.conflictRow[this.#instance.service[process]!]!;
    return row >= 0 && this.#present[row * this.#instance.counts.machines + to] !== 0;
  }

  /** The process of the same service that came last to a machine, where one is there; -1 where none is. */
  memberOn(process: number, machine: number): number {
    const row = this.#instance.conflictRow[this.#instance.service[process]!]!;
    if (row < 0) return -1;
    const cell = row * this.#instance.counts.machines + machine;
    return this.#present[cell] === 0 ? -1 : this.#last[cell]!;
  }

  /** Change of the number of broken rules when a process goes from a machine to another. */
  shiftDelta(process: number, from: number, to: number): number {
    const own = this.#instance.service[process]!;
    return this.#spreadDelta(own, from, to) + this.#dependencyDelta(own, from, to);
  }

  /** Change of the number of broken rules when two processes of different services change places: the first goes from `from` to `to`. */
  swapDelta(first: number, second: number, from: number, to: number): number {
    const { service, neighbourhood, dependencyRow } = this.#instance;
    const one = service[first]!;
    const two = service[second]!;
    const spread = this.#spreadDelta(one, from, to) + this.#spreadDelta(two, to, from);
    const left = neighbourhood[from]!;
    const right = neighbourhood[to]!;
    if (left === right) return spread;
    if (dependencyRow[one]! < 0) return spread + this.#dependencyDelta(two, to, from);
    const ofFirst = this.#dependencyDelta(one, from, to);
    if (dependencyRow[two]! < 0) return spread + ofFirst;
    this.#countInNeighbourhood(one, left, right);
    const ofSecond = this.#dependencyDelta(two, to, from);
    this.#countInNeighbourhood(one, right, left);
    return spread + ofFirst + ofSecond;
  }

  #spreadDelta(service: number, from: number, to: number): number {
    const row = this.#instance.spreadRow[service]!;
    if (row < 0) return 0;
    const { location, counts, spread } = this.#instance;
    const left = location[from]!;
    const entered = location[to]!;
    if (left === entered) return 0;
    const base = row * counts.locations;
    const change =
      (this.#inLocation[base + entered] === 0 ? 1 : 0) - (this.#inLocation[base + left] === 1 ? 1 : 0);
    if (change === 0) return 0;
    const lacking = spread[service]! - this.#locationsOf[service]!;
    return Math.max(0, lacking - change) - Math.max(0, lacking);
  }

  #dependencyDelta(service: number, from: number, to: number): number {
    const { dependencyRow, neighbourhood, counts } = this.#instance;
    const row = dependencyRow[service]!;
    if (row < 0) return 0;
    const left = neighbourhood[from]!;
    const entered = neighbourhood[to]!;
    if (left === entered) return 0;
    const base = row * counts.neighbourhoods;
    let delta = 0;
    if (this.#inNeighbourhood[base + entered] === 0) delta += this.#missingWith(service, entered);
    if (this.#inNeighbourhood[base + left] === 1) delta -= this.#missingWith(service, left);
    return delta;
  }

  /** Unmet dependencies that the presence of a service in a neighbourhood brings, less those that it meets. */
  #missingWith(service: number, near: number): number {
    const { dependencyRow, dependsOn, neededBy, counts } = this.#instance;
    const { neighbourhoods } = counts;
    const inNeighbourhood = this.#inNeighbourhood;
    let missing = 0;
    for (let i = dependsOn.offsets[service]!; i < dependsOn.offsets[service + 1]!; i++) {
      if (inNeighbourhood[dependencyRow[dependsOn.items[i]!]! * neighbourhoods + near] === 0) missing += 1;
    }
    for (let i = neededBy.offsets[service]!; i < neededBy.offsets[service + 1]!; i++) {
      if (inNeighbourhood[dependencyRow[neededBy.items[i]!]! * neighbourhoods + near] !== 0) missing -= 1;
    }
    return missing;
  }

  #countInNeighbourhood(service: number, from: number, to: number): void {
    const row = this.#instance.dependencyRow[service]!;
    const base = row * this.#instance.counts.neighbourhoods;
    this.#inNeighbourhood[base + from]! -= 1;
    this.#inNeighbourhood[base + to]! += 1;
  }
}

function maximum(rows: Int32Array): number {
  return rows.reduce((most, row) => Math.max(most, row), -1);
}
