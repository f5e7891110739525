/**
 * The reassignment problem: processes that run on machines may move, each move costs, and machines that are loaded beyond
 * their safe part cost. The model is that of the Google ROADEF/EURO challenge 2012 (problem definition, version 1, 2011), with
 * limits on disruption added, and processes that run nowhere yet.
 */
export interface ReassignmentProblem {
  readonly resources: readonly ReassignmentResource[];
  readonly machines: readonly ReassignmentMachine[];
  readonly services: readonly ReassignmentService[];
  readonly processes: readonly ReassignmentProcess[];
  readonly balances: readonly ReassignmentBalance[];
  readonly weights: MoveWeights;
  /** How much a plan may disturb; absent: as much as pays. */
  readonly disruption?: DisruptionLimits;
}

/** A resource of machines; amounts in any unit, the same for all machines and processes. */
export interface ReassignmentResource {
  /** Whether a process that moves holds the resource on its home and on its new machine at once. */
  readonly isTransient: boolean;
  /** Cost per unit used above the safety capacity of a machine, ≥ 0. */
  readonly loadWeight: number;
}

/** A machine. Lists have one entry per resource. */
export interface ReassignmentMachine {
  /** Machines of one location fail together: services spread over locations. From 0. */
  readonly location: number;
  /** Machines of one neighbourhood are near: a dependency is met inside a neighbourhood. From 0. */
  readonly neighbourhood: number;
  /** Most that processes may use. */
  readonly capacity: readonly number[];
  /** What may be used without a load cost. */
  readonly safetyCapacity: readonly number[];
  /** Cost of moving a process from this machine to each machine; absent: 0 to all. */
  readonly moveCostTo?: readonly number[];
}

/** Processes that serve one purpose: no two of them on one machine. */
export interface ReassignmentService {
  /** Least number of different locations that its processes run in; 0 or 1 asks for nothing. */
  readonly spread: number;
  /** Services of which a process must run in every neighbourhood where this one has a process. Indexes of services. */
  readonly dependsOn: readonly number[];
}

/** A process. */
export interface ReassignmentProcess {
  /** Index of its service. */
  readonly service: number;
  /** Use of each resource, ≥ 0. */
  readonly demand: readonly number[];
  /** Cost of moving it away from its home, before the weight. */
  readonly moveCost: number;
  /** Index of the machine that it runs on now; absent: it starts anew, which is no move. */
  readonly home?: number;
  /** Bytes that its move sends over the network, ≥ 0; absent: 0. See `migrationTraffic`. */
  readonly traffic?: number;
}

/** Wish for what is free: `target` units of the second resource per free unit of the first. */
export interface ReassignmentBalance {
  readonly first: number;
  readonly second: number;
  readonly target: number;
  /** Cost per missing unit of the second resource on a machine. */
  readonly weight: number;
}

/** Weights of the three costs of moves. */
export interface MoveWeights {
  /** Of the sum of the move costs of moved processes. */
  readonly process: number;
  /** Of the largest number of moved processes of one service. */
  readonly service: number;
  /** Of the sum of machine-to-machine costs. */
  readonly machine: number;
}

/** Hard limits on moves of processes that have a home. */
export interface DisruptionLimits {
  /** Most processes that move. */
  readonly moves?: number;
  /** Most processes of one service that move. */
  readonly movesPerService?: number;
  /** Most bytes that all moves together send. */
  readonly traffic?: number;
}

/** Cost of an assignment, by term; each weighted. `total` is their sum. */
export interface ReassignmentCost {
  readonly load: number;
  readonly balance: number;
  readonly processMoves: number;
  readonly serviceMoves: number;
  readonly machineMoves: number;
  readonly total: number;
}
