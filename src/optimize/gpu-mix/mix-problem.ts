/** Requests that are routed alike: a bucket of lengths. */
export interface MixClass {
  readonly id: string;
  /** Requests per second, ≥ 0. */
  readonly rate: number;
}

/** A node that can be bought any whole number of times. */
export interface MixNode {
  readonly id: string;
  /** Micro-dollars per hour. */
  readonly price: number;
  /** Accelerators of one node, ≥ 1. */
  readonly accelerators: number;
  /** Most nodes; absent: unlimited. */
  readonly most?: number;
}

/** One way to run a replica on a kind of node. */
export interface MixOption {
  readonly id: string;
  /** Id of its node. */
  readonly node: string;
  /** Accelerators of one replica: a divisor of those of a node, or whole nodes, so that replicas fill nodes without waste. */
  readonly accelerators: number;
  /**
   * Replicas that one request per second of each class keeps busy, one entry per class; Infinity where it cannot serve the class.
   * Several entries hold at once: the busiest of them counts (a pool of measured and of bounded work).
   */
  readonly loads: readonly ArrayLike<number>[];
  /** Replicas bought beside those that carry the load, once the option is used at all; default 0. */
  readonly spare?: number;
}

/** Which nodes, replicas and routing serve all classes for the least money. */
export interface MixProblem {
  readonly classes: readonly MixClass[];
  readonly nodes: readonly MixNode[];
  readonly options: readonly MixOption[];
  /** Most of the request rate that the named options may carry together, 0..1. */
  readonly shareLimits?: readonly { readonly options: readonly string[]; readonly most: number }[];
  /** Share of all requests that need no service, 0..1; default 0. For bounds: limits on percentiles excuse a few. */
  readonly excused?: number;
}

/** A choice of nodes and replicas with the routing that shows them to suffice. */
export interface Mix {
  /** Nodes by id, without zeros. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Replicas by option id, without zeros. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Share of each class by option id, without zeros; one entry per class, adding up to one. */
  readonly routing: readonly Readonly<Record<string, number>>[];
  /** Micro-dollars per hour. */
  readonly cost: number;
}

/** The best mix and how sure that is. */
export type MixAnswer =
  | {
      readonly status: 'optimal' | 'feasible';
      readonly mix: Mix;
      /** No mix costs less, micro-dollars per hour. */
      readonly bound: number;
      /** (cost − bound) / cost, 0 when proven. */
      readonly gap: number;
    }
  | {
      readonly status: 'infeasible' | 'limit';
      /** Classes that no option can serve; empty when something else is in the way. */
      readonly unserved: readonly string[];
    };
