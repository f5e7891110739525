import type { ReassignmentInstance } from './instance.ts';

/** Share of a capacity that sums of amounts in another order may seem to exceed it by. */
const ROUNDING = 1e-12;

/**
 * What machines hold, and what it costs: load above safety capacities, missing balance, and a penalty for what is held above capacity.
 * Capacities are soft here so that a search can pass through overfull machines; `overfull` counts them. Stateful.
 */
export class MachineLoads {
  /** Use of each resource on each machine. */
  readonly use: Float64Array;
  /** Use together with what moved processes still hold on their home. */
  readonly held: Float64Array;
  /** Cost of each machine, penalty included. */
  readonly cost: Float64Array;
  /** What a unit above capacity costs at a penalty of 1, by resource. */
  readonly excessUnit: Float64Array;
  /** Machines that hold more than their capacity. */
  overfull = 0;
  readonly #instance: ReassignmentInstance;
  readonly #excessWeight: Float64Array;
  readonly #isOverfull: Uint8Array;
  /** Cost of the machine of a process without it, right while the stamp is the machine's version. */
  readonly #leaveCost: Float64Array;
  readonly #leaveStamp: Float64Array;
  readonly #version: Float64Array;
  #versions = 0;

  constructor(instance: ReassignmentInstance) {
    const { machines, processes, resources } = instance.counts;
    this.#instance = instance;
    this.use = new Float64Array(machines * resources);
    this.held = new Float64Array(machines * resources);
    this.cost = new Float64Array(machines);
    this.excessUnit = excessUnits(instance);
    this.#excessWeight = this.excessUnit.slice();
    this.#isOverfull = new Uint8Array(machines);
    this.#leaveCost = new Float64Array(processes);
    this.#leaveStamp = new Float64Array(processes).fill(-1);
    this.#version = new Float64Array(machines);
    for (let process = 0; process < processes; process++) this.#holdHome(process);
  }

  /** Sets how many times its load cost a unit above capacity costs. Machines have to be refreshed then. */
  setPenalty(penalty: number): void {
    for (let r = 0; r < this.excessUnit.length; r++) this.#excessWeight[r] = penalty * this.excessUnit[r]!;
  }

  /** Counts a process that comes to a machine (1) or leaves it (-1). The machine has to be refreshed then. */
  count(process: number, machine: number, sign: number): void {
    const { counts, demand, isTransient, home } = this.#instance;
    const { resources } = counts;
    const isHome = home[process] === machine;
    for (let r = 0; r < resources; r++) {
      const amount = sign * demand[process * resources + r]!;
      this.use[machine * resources + r]! += amount;
      if (!(isHome && isTransient[r] !== 0)) this.held[machine * resources + r]! += amount;
    }
  }

  /** Counts the cost of a machine anew. */
  refresh(machine: number): void {
    const { resources } = this.#instance.counts;
    const { capacity } = this.#instance;
    this.cost[machine] = this.costExchanged(machine, -1, -1, Infinity);
    this.#version[machine] = ++this.#versions;
    let isOver = 0;
    for (let cell = machine * resources; cell < (machine + 1) * resources; cell++) {
      if (this.held[cell]! > capacity[cell]! * (1 + ROUNDING)) isOver = 1;
    }
    this.overfull += isOver - this.#isOverfull[machine]!;
    this.#isOverfull[machine] = isOver;
  }

  /** A lower bound of the cost of all machines together, as `lowerBound`: what all use above all safety capacities, and what is missing in sum. */
  leastCost(): number {
    const { counts, demand, safety, capacity, loadWeight } = this.#instance;
    const used = sums(demand, counts.resources);
    const safe = sums(safety, counts.resources);
    const room = sums(capacity, counts.resources);
    const free = room.map((amount, r) => amount - used[r]!);
    const load = used.reduce((sum, amount, r) => sum + loadWeight[r]! * Math.max(0, amount - safe[r]!), 0);
    const { balanceFirst, balanceSecond, balanceTarget, balanceWeight } = this.#instance;
    return balanceWeight.reduce((sum, weight, i) => {
      const missing = balanceTarget[i]! * free[balanceFirst[i]!]! - free[balanceSecond[i]!]!;
      return sum + weight * Math.max(0, missing);
    }, load);
  }

  /** Cost of the machine that a process is on after it has left. */
  costWithout(process: number, machine: number): number {
    if (this.#leaveStamp[process] !== this.#version[machine]) {
      this.#leaveStamp[process] = this.#version[machine]!;
      this.#leaveCost[process] = this.costExchanged(machine, -1, process, Infinity);
    }
    return this.#leaveCost[process]!;
  }

  /** Cost of a machine when a process has come; Infinity as soon as it is surely above `limit`. */
  costWith(machine: number, process: number, limit: number): number {
    const { capacity, safety, demand, loadWeight, isTransient, counts, home } = this.#instance;
    const { resources } = counts;
    const { use, held } = this;
    const weight = this.#excessWeight;
    const isHome = home[process] === machine;
    let cell = machine * resources;
    let want = process * resources;
    let cost = 0;
    for (let r = 0; r < resources; r++, cell++, want++) {
      const amount = demand[want]!;
      const used = use[cell]! + amount;
      const over = used - safety[cell]!;
      if (over > 0) cost += loadWeight[r]! * over;
      const kept = isTransient[r] === 0 ? used : isHome ? held[cell]! : held[cell]! + amount;
      const excess = kept - capacity[cell]!;
      if (excess > 0) cost += weight[r]! * excess;
      if (cost > limit) return Infinity;
    }
    return counts.balances === 0 ? cost : cost + this.#balanceCost(machine, process, -1);
  }

  /** Cost of a machine when one process has come and another one left (-1: none); Infinity as soon as it is surely above `limit`. */
  costExchanged(machine: number, comes: number, leaves: number, limit: number): number {
    const { capacity, safety, demand, loadWeight, isTransient, counts, home } = this.#instance;
    const { resources } = counts;
    const { use, held } = this;
    const weight = this.#excessWeight;
    const comesHome = comes >= 0 && home[comes] === machine;
    const leavesHome = leaves >= 0 && home[leaves] === machine;
    let cell = machine * resources;
    let cost = 0;
    for (let r = 0; r < resources; r++, cell++) {
      const plus = comes < 0 ? 0 : demand[comes * resources + r]!;
      const minus = leaves < 0 ? 0 : demand[leaves * resources + r]!;
      const used = use[cell]! + plus - minus;
      const over = used - safety[cell]!;
      if (over > 0) cost += loadWeight[r]! * over;
      const kept =
        isTransient[r] === 0 ? used : held[cell]! + (comesHome ? 0 : plus) - (leavesHome ? 0 : minus);
      const excess = kept - capacity[cell]!;
      if (excess > 0) cost += weight[r]! * excess;
      if (cost > limit) return Infinity;
    }
    return counts.balances === 0 ? cost : cost + this.#balanceCost(machine, comes, leaves);
  }

  /** Balance cost of a machine when one process has come and another one left (-1: none). */
  #balanceCost(machine: number, comes: number, leaves: number): number {
    const { balanceFirst, balanceSecond, balanceTarget, balanceWeight, counts } = this.#instance;
    let cost = 0;
    for (let i = 0; i < counts.balances; i++) {
      const first = this.#freeWith(machine, balanceFirst[i]!, comes, leaves);
      const second = this.#freeWith(machine, balanceSecond[i]!, comes, leaves);
      const missing = balanceTarget[i]! * first - second;
      if (missing > 0) cost += balanceWeight[i]! * missing;
    }
    return cost;
  }

  #freeWith(machine: number, resource: number, comes: number, leaves: number): number {
    const { capacity, demand, counts } = this.#instance;
    const cell = machine * counts.resources + resource;
    const plus = comes < 0 ? 0 : demand[comes * counts.resources + resource]!;
    const minus = leaves < 0 ? 0 : demand[leaves * counts.resources + resource]!;
    return capacity[cell]! - this.use[cell]! - plus + minus;
  }

  /** A process holds what is transient on its home wherever it is. */
  #holdHome(process: number): void {
    const { home, isTransient, demand, counts } = this.#instance;
    if (home[process]! < 0) return;
    for (let r = 0; r < counts.resources; r++) {
      if (isTransient[r] !== 0)
        this.held[home[process]! * counts.resources + r]! += demand[process * counts.resources + r]!;
    }
  }
}

/** Sums of rows by column. */
function sums(cells: Float64Array, columns: number): Float64Array {
  const total = new Float64Array(columns);
  for (let cell = 0; cell < cells.length; cell++) total[cell % columns]! += cells[cell]!;
  return total;
}

/**
 * What a unit above capacity costs at a penalty of 1: the load weight of its resource, or, where load costs nothing, as much as
 * makes a whole machine of it as dear as one of the mean resource.
 */
function excessUnits({ counts, capacity, loadWeight }: ReassignmentInstance): Float64Array {
  const { resources, machines } = counts;
  const total = sums(capacity, resources);
  const mean =
    total.reduce((sum, amount, r) => sum + amount * loadWeight[r]!, 0) / Math.max(1, resources * machines);
  const machineWorth = mean > 0 ? mean : 1;
  return loadWeight.map((weight, r) =>
    weight > 0 ? weight : (machineWorth * machines) / Math.max(total[r]!, Number.MIN_VALUE),
  );
}
