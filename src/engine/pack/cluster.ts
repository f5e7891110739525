/** A taint of a node: keeps off pods that do not tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A node of a dump. */
export interface ClusterNode {
  readonly name: string;
  /** Place in the dump, for diagnostics. */
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Taints that keep new pods off: `NoSchedule` and `NoExecute`. */
  readonly taints: readonly Taint[];
  /** Cordoned, or not ready: takes no new pods. */
  readonly isClosed: boolean;
  /** Whole units per resource: millicores of `cpu`, bytes of memory, pieces of others. */
  readonly allocatable: ReadonlyMap<string, number>;
}

/** A toleration of a pod; absent fields match anything. */
export interface Toleration {
  readonly key: string | undefined;
  readonly operator: string;
  readonly value: string;
  readonly effect: string | undefined;
}

/** A pod of a dump that has not completed. */
export interface ClusterPod {
  /** `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  /** Whole units per resource, as for nodes; `pods` is 1. */
  readonly requests: ReadonlyMap<string, number>;
  /** Name of the node it is bound to. */
  readonly node: string | undefined;
  readonly tolerations: readonly Toleration[];
  /** The `spec` as it stands, for selectors and affinities. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Why the pod stays where it is, in a few words; undefined for a pod that may be moved. */
  readonly staysBecause: string | undefined;
}

/** A disruption budget of a dump. */
export interface DisruptionBudget {
  readonly name: string;
  readonly namespace: string;
  readonly selector: unknown;
  readonly disruptionsAllowed: number;
}

/** What packing reads from a dump. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly ClusterPod[];
  readonly budgets: readonly DisruptionBudget[];
  /** Pods passed over: completed, or held back by scheduling gates. */
  readonly completedPods: number;
  readonly gatedPods: number;
}
