import type { ReassignmentInstance } from './instance.ts';
import { MachineLoads } from './machine-loads.ts';
import { MoveLedger } from './move-ledger.ts';
import { ServiceRules } from './service-rules.ts';

/** Where some processes were among some machines, and what the whole assignment cost. */
export interface PlacesBefore {
  readonly processes: Int32Array;
  /** Machine of each of the processes. */
  readonly places: Int32Array;
  readonly machines: Int32Array;
  readonly cost: number;
}

/**
 * An assignment under search, with all that is needed to judge a move in time independent of the number of processes and machines.
 * Moves that are judged allowed keep every rule but capacity, which costs a penalty (see `MachineLoads`), and, while
 * they have a price, spread and dependencies. Stateful: `shift`,
 * `swap`, `place` and `setPrices` mutate; a process moves only as it was judged.
 */
export class AssignmentState {
  readonly instance: ReassignmentInstance;
  /** Machine of each process, -1 where it is not placed yet. */
  readonly machineOf: Int32Array;
  readonly loads: MachineLoads;
  readonly ledger: MoveLedger;
  /** Cost of the whole assignment, penalties and prices included. */
  cost = 0;
  penalty = 1;
  price = 0;
  rulePrice = Infinity;
  /** Processes on each machine: `roster[machine][0..rosterSize[machine]]`, and where each process is in it. */
  readonly roster: Int32Array[];
  readonly rosterSize: Int32Array;
  readonly #rosterSlot: Int32Array;
  readonly #rules: ServiceRules;

  /** `machineOf`: machine of each process, or -1; taken over, not checked. */
  constructor(instance: ReassignmentInstance, machineOf: ArrayLike<number> = instance.home) {
    const { machines, processes } = instance.counts;
    this.instance = instance;
    this.machineOf = new Int32Array(processes).fill(-1);
    this.loads = new MachineLoads(instance);
    this.ledger = new MoveLedger(instance, this.loads.excessUnit);
    this.#rules = new ServiceRules(instance);
    this.roster = Array.from({ length: machines }, () => new Int32Array(8));
    this.rosterSize = new Int32Array(machines);
    this.#rosterSlot = new Int32Array(processes);
    for (let process = 0; process < processes; process++) {
      if (machineOf[process]! >= 0) this.#add(process, machineOf[process]!);
    }
    this.setPrices(1, 0);
  }

  /** Cost of the assignment as it counts at the end, without prices; right where no machine is overfull. */
  get trueCost(): number {
    return this.cost - this.price * this.ledger.heldAtHome;
  }

  /** Machines that hold more than their capacity. */
  get overfull(): number {
    return this.loads.overfull;
  }

  /** Rules of services that are broken. */
  get brokenRules(): number {
    return this.#rules.broken;
  }

  /** The process of the same service that is on a machine, which a process can only change places with; -1 where none is. */
  memberOn(process: number, machine: number): number {
    return this.#rules.memberOn(process, machine);
  }

  /** Sets the penalty and the rule price anew where only some machines may be overfull and no price is set. */
  setPricesOn(machines: ArrayLike<number>, penalty: number, rulePrice: number): void {
    const { broken } = this.#rules;
    if (broken > 0 && this.rulePrice < Infinity) this.cost -= this.rulePrice * broken;
    if (broken > 0 && rulePrice < Infinity) this.cost += rulePrice * broken;
    this.penalty = penalty;
    this.rulePrice = rulePrice;
    this.loads.setPenalty(penalty);
    for (let i = 0; i < machines.length; i++) {
      this.cost -= this.loads.cost[machines[i]!]!;
      this.loads.refresh(machines[i]!);
      this.cost += this.loads.cost[machines[i]!]!;
    }
  }

  /** Puts some processes back to where they were; the other processes and the prices are as they were. */
  putBack({ processes, places, machines, cost }: PlacesBefore): void {
    for (let i = 0; i < processes.length; i++) {
      if (this.machineOf[processes[i]!] !== places[i]) this.#remove(processes[i]!);
    }
    for (let i = 0; i < processes.length; i++) {
      if (this.machineOf[processes[i]!]! < 0) this.#add(processes[i]!, places[i]!);
    }
    for (let i = 0; i < machines.length; i++) this.loads.refresh(machines[i]!);
    this.cost = cost;
  }

  /**
   * Sets what a unit above capacity, a transient unit held at home and a broken rule of services cost, and counts the whole cost anew.
   * A rule price of Infinity, which is where a state begins, forbids to break more rules, and what is broken costs nothing.
   */
  setPrices(penalty: number, price: number, rulePrice = Infinity): void {
    this.rulePrice = rulePrice;
    const { counts, serviceMoveWeight } = this.instance;
    this.penalty = penalty;
    this.price = price;
    this.loads.setPenalty(penalty);
    this.ledger.setPrice(price);
    this.cost = serviceMoveWeight * this.ledger.mostMoved;
    if (rulePrice < Infinity) this.cost += rulePrice * this.#rules.broken;
    for (let machine = 0; machine < counts.machines; machine++) {
      this.loads.refresh(machine);
      this.cost += this.loads.cost[machine]!;
    }
    for (let process = 0; process < counts.processes; process++) {
      if (this.machineOf[process]! >= 0) this.cost += this.ledger.cost(process, this.machineOf[process]!);
    }
  }

  /** Goes back to another assignment of all processes. */
  restore(machineOf: ArrayLike<number>): void {
    for (let process = 0; process < this.machineOf.length; process++) {
      if (this.machineOf[process] === machineOf[process]) continue;
      if (this.machineOf[process]! >= 0) this.#remove(process);
      if (machineOf[process]! >= 0) this.#add(process, machineOf[process]!);
    }
    this.setPrices(this.penalty, this.price, this.rulePrice);
  }

  /**
   * Change of cost when a placed process moves to another machine; Infinity where a rule would break or the change is surely
   * above `limit`.
   */
  shiftDelta(process: number, to: number, limit = Infinity): number {
    const from = this.machineOf[process]!;
    const rules = this.#rules;
    const { loads, ledger } = this;
    if (from === to || rules.clashes(process, to)) return Infinity;
    const ruleCost = this.#repairs ? this.rulePrice * rules.shiftDelta(process, from, to) : 0;
    const fixed =
      ruleCost +
      loads.costWithout(process, from) -
      loads.cost[from]! -
      loads.cost[to]! +
      ledger.cost(process, to) -
      ledger.cost(process, from) +
      ledger.serviceDelta(process, from, to);
    const delta = fixed + loads.costWith(to, process, limit - fixed);
    if (delta > limit) return Infinity;
    if (!ledger.allows(process, from, to)) return Infinity;
    return this.#repairs ? delta : this.#withRules(delta, rules.shiftDelta(process, from, to), limit);
  }

  /**
   * Change of cost when two processes of different machines change places; Infinity where a rule would break or the change is
   * surely above `limit`.
   */
  swapDelta(first: number, second: number, limit = Infinity): number {
    const a = this.machineOf[first]!;
    const b = this.machineOf[second]!;
    const { service } = this.instance;
    const rules = this.#rules;
    const { loads, ledger } = this;
    if (a === b) return Infinity;
    const isSame = service[first] === service[second];
    if (!isSame && (rules.clashes(first, b) || rules.clashes(second, a))) return Infinity;
    const ruleCost = this.#repairs && !isSame ? this.rulePrice * rules.swapDelta(first, second, a, b) : 0;
    let delta = ruleCost + ledger.cost(first, b) - ledger.cost(first, a) + ledger.cost(second, a);
    delta += ledger.serviceDeltaOfSwap(first, second, a, b) - ledger.cost(second, b);
    delta -= loads.cost[a]! + loads.cost[b]!;
    delta += loads.costExchanged(a, second, first, limit - delta);
    if (delta > limit) return Infinity;
    delta += loads.costExchanged(b, first, second, limit - delta);
    if (delta > limit || !ledger.allowsSwap(first, second, a, b)) return Infinity;
    if (isSame || this.#repairs) return delta;
    return this.#withRules(delta, rules.swapDelta(first, second, a, b), limit);
  }

  /** Whether a move may save the price of a broken rule, so that it has to be known what it does to rules before it is given up. */
  get #repairs(): boolean {
    return this.#rules.broken > 0 && this.rulePrice < Infinity;
  }

  /** A change of cost with what it changes in broken rules; Infinity where it is above the limit, or breaks more rules than may be. */
  #withRules(delta: number, broken: number, limit: number): number {
    if (broken === 0) return delta;
    if (this.rulePrice === Infinity) return broken > 0 ? Infinity : delta;
    const priced = delta + this.rulePrice * broken;
    return priced > limit ? Infinity : priced;
  }

  /** Change of cost when a process that is nowhere is put on a machine; Infinity where another of its service is there. */
  placementDelta(process: number, machine: number): number {
    if (this.#rules.clashes(process, machine)) return Infinity;
    const { loads, ledger } = this;
    return loads.costWith(machine, process, Infinity) - loads.cost[machine]! + ledger.cost(process, machine);
  }

  /** Moves a process. `delta`: the change of cost as judged. */
  shift(process: number, to: number, delta: number): void {
    const from = this.machineOf[process]!;
    this.#remove(process);
    this.#add(process, to);
    this.loads.refresh(from);
    this.loads.refresh(to);
    this.cost += delta;
  }

  /** Lets two processes change places. `delta`: the change of cost as judged. */
  swap(first: number, second: number, delta: number): void {
    const a = this.machineOf[first]!;
    const b = this.machineOf[second]!;
    this.#remove(first);
    this.#remove(second);
    this.#add(first, b);
    this.#add(second, a);
    this.loads.refresh(a);
    this.loads.refresh(b);
    this.cost += delta;
  }

  /** Puts a process that is nowhere and has no home on a machine. `delta`: the change of cost as judged. */
  place(process: number, machine: number, delta: number): void {
    this.#add(process, machine);
    this.loads.refresh(machine);
    this.cost += delta;
  }

  #remove(process: number): void {
    const machine = this.machineOf[process]!;
    this.#count(process, machine, -1);
    this.machineOf[process] = -1;
    const last = this.rosterSize[machine]! - 1;
    const slot = this.#rosterSlot[process]!;
    const moved = this.roster[machine]![last]!;
    this.rosterSize[machine] = last;
    this.roster[machine]![slot] = moved;
    this.#rosterSlot[moved] = slot;
  }

  #add(process: number, machine: number): void {
    this.machineOf[process] = machine;
    const size = this.rosterSize[machine]!;
    if (size === this.roster[machine]!.length) {
      const grown = new Int32Array(2 * size);
      grown.set(this.roster[machine]!);
      this.roster[machine] = grown;
    }
    this.roster[machine]![size] = process;
    this.#rosterSlot[process] = size;
    this.rosterSize[machine] = size + 1;
    this.#count(process, machine, 1);
  }

  #count(process: number, machine: number, sign: number): void {
    this.loads.count(process, machine, sign);
    this.ledger.count(process, machine, sign);
    this.#rules.count(process, machine, sign);
  }
}
