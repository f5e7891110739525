import type { ReassignmentInstance } from './instance.ts';

/**
 * Which processes are away from home, what that costs and whether more may move. While `price` is above 0, being away costs that
 * much per weighted unit of transient resources held at home too: moves that block room are then made only where they pay. Stateful.
 */
export class MoveLedger {
  /** Processes away from home, and what their moves send, bytes. */
  moves = 0;
  traffic = 0;
  /** Largest number of moved processes of one service. */
  mostMoved = 0;
  /** Weighted transient amount that processes which are away hold at home. */
  heldAtHome = 0;
  readonly #instance: ReassignmentInstance;
  /** Cost of each process of being away, price included, machine-to-machine cost left out. */
  readonly #awayCost: Float64Array;
  /** Weighted transient amount of each process that has a home. */
  readonly #transient: Float64Array;
  /** Moved processes of each service, and how many services have each such number. */
  readonly #movedOf: Int32Array;
  readonly #servicesWithMoved: Int32Array;
  readonly #isLimited: boolean;

  /** `unit`: weight of a unit of each resource. */
  constructor(instance: ReassignmentInstance, unit: Float64Array) {
    const { processes, services } = instance.counts;
    this.#instance = instance;
    this.#awayCost = instance.processMoveCost.slice();
    this.#transient = instance.home.reduce((amounts, home, process) => {
      amounts[process] = home < 0 ? 0 : transientAmount(instance, unit, process);
      return amounts;
    }, new Float64Array(processes));
    this.#movedOf = new Int32Array(services);
    this.#servicesWithMoved = new Int32Array(processes + 2);
    this.#servicesWithMoved[0] = services;
    this.#isLimited = [instance.maxMoves, instance.maxMovesPerService, instance.maxTraffic].some(
      (limit) => limit < Infinity,
    );
  }

  /** Sets what a weighted transient unit held at home costs. */
  setPrice(price: number): void {
    const { processMoveCost } = this.#instance;
    for (let process = 0; process < this.#awayCost.length; process++)
      this.#awayCost[process] = processMoveCost[process]! + price * this.#transient[process]!;
  }

  /** Counts a process that comes to a machine (1) or leaves it (-1). */
  count(process: number, machine: number, sign: number): void {
    const home = this.#instance.home[process]!;
    if (home < 0 || home === machine) return;
    this.#countMoved(this.#instance.service[process]!, sign);
    this.moves += sign;
    this.traffic += sign * this.#instance.traffic[process]!;
    this.heldAtHome += sign * this.#transient[process]!;
  }

  /** Process and machine move cost of a process on a machine. */
  cost(process: number, machine: number): number {
    const { home, machineMoveCost, counts } = this.#instance;
    const own = home[process]!;
    if (own < 0 || own === machine) return 0;
    const between = machineMoveCost.length === 0 ? 0 : machineMoveCost[own * counts.machines + machine]!;
    return this.#awayCost[process]! + between;
  }

  /** Change of the service move cost when a process goes from a machine to another. */
  serviceDelta(process: number, from: number, to: number): number {
    const { serviceMoveWeight, service } = this.#instance;
    if (serviceMoveWeight === 0) return 0;
    const more = this.#movesMore(process, from, to);
    if (more === 0) return 0;
    const moved = this.#movedOf[service[process]!]!;
    if (moved !== this.mostMoved) return 0;
    if (more > 0) return serviceMoveWeight;
    return this.#servicesWithMoved[moved] === 1 ? -serviceMoveWeight : 0;
  }

  /** Change of the service move cost when two processes change places: the first goes from `from` to `to`. */
  serviceDeltaOfSwap(first: number, second: number, from: number, to: number): number {
    const { serviceMoveWeight, service } = this.#instance;
    if (serviceMoveWeight === 0) return 0;
    const one = this.#movesMore(first, from, to);
    const two = this.#movesMore(second, to, from);
    if (one === 0 && two === 0) return 0;
    const before = this.mostMoved;
    this.#countMoved(service[first]!, one);
    this.#countMoved(service[second]!, two);
    const after = this.mostMoved;
    this.#countMoved(service[first]!, -one);
    this.#countMoved(service[second]!, -two);
    return serviceMoveWeight * (after - before);
  }

  /** Whether a process may go from a machine to another within the limits on disruption. */
  allows(process: number, from: number, to: number): boolean {
    if (!this.#isLimited || this.#movesMore(process, from, to) <= 0) return true;
    const { service, maxMoves, maxMovesPerService, maxTraffic, traffic } = this.#instance;
    return (
      this.moves < maxMoves &&
      this.#movedOf[service[process]!]! < maxMovesPerService &&
      this.traffic + traffic[process]! <= maxTraffic
    );
  }

  /** Whether two processes may change places within the limits on disruption: the first goes from `from` to `to`. */
  allowsSwap(first: number, second: number, from: number, to: number): boolean {
    if (!this.#isLimited) return true;
    const { service, maxMoves, maxMovesPerService, maxTraffic, traffic } = this.#instance;
    const one = this.#movesMore(first, from, to);
    const two = this.#movesMore(second, to, from);
    const bytes = one * traffic[first]! + two * traffic[second]!;
    if (one + two > 0 && this.moves + one + two > maxMoves) return false;
    if (bytes > 0 && this.traffic + bytes > maxTraffic) return false;
    if (service[first] === service[second])
      return one + two <= 0 || this.#movedOf[service[first]!]! + one + two <= maxMovesPerService;
    return (
      (one <= 0 || this.#movedOf[service[first]!]! < maxMovesPerService) &&
      (two <= 0 || this.#movedOf[service[second]!]! < maxMovesPerService)
    );
  }

  /** 1 when a process would leave its home, -1 when it would come home, else 0. */
  #movesMore(process: number, from: number, to: number): number {
    const home = this.#instance.home[process]!;
    if (home < 0) return 0;
    return (home === to ? 0 : 1) - (home === from ? 0 : 1);
  }

  #countMoved(service: number, more: number): void {
    if (more === 0) return;
    const count = this.#movedOf[service]!;
    this.#movedOf[service] = count + more;
    this.#servicesWithMoved[count]! -= 1;
    this.#servicesWithMoved[count + more]! += 1;
    if (count + more > this.mostMoved) this.mostMoved = count + more;
    else if (count === this.mostMoved && this.#servicesWithMoved[count] === 0) this.mostMoved = count + more;
  }
}

function transientAmount(instance: ReassignmentInstance, unit: Float64Array, process: number): number {
  const { isTransient, demand, counts } = instance;
  let amount = 0;
  for (let r = 0; r < counts.resources; r++) {
    if (isTransient[r] !== 0) amount += unit[r]! * demand[process * counts.resources + r]!;
  }
  return amount;
}
