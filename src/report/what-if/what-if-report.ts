import type { Diagnostic } from '../../diagnostics/index.ts';
import type { BindingConstraint, CapacityType, SolutionStatus } from '../../model/index.ts';
import type { MicroUsd } from '../../units/index.ts';

/** Version of the JSON of what-if reports; raised when a field is removed or re-defined. */
export const WHAT_IF_FORMAT_VERSION = '1.0';

/** A stack planned as declared and with changes: what each change would do. */
export interface WhatIfReport {
  readonly formatVersion: string;
  readonly stack: string;
  readonly base: VariantOutcome;
  /** In the order they were asked for. */
  readonly variants: readonly VariantOutcome[];
}

/** What was changed in a variant: a field of the problem, in its own words. */
export interface VariantChange {
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

/** Prices of a pool times a factor. */
export interface VariantPrices {
  readonly pool: string;
  readonly capacityTypes: readonly CapacityType[];
  readonly factor: number;
}

/** What came of one variant. */
export interface VariantOutcome {
  /** As asked for; `as declared` for the base. */
  readonly name: string;
  readonly changes: readonly VariantChange[];
  readonly prices: readonly VariantPrices[];
  /** `failed`: no answer that can be trusted, or the manifests could not be written; the diagnostics say why. */
  readonly status: SolutionStatus | 'failed';
  /** As in plans: (cost − bound) ÷ cost; 0 where there is no plan. */
  readonly gap: number;
  /** Absent where there is no plan. */
  readonly plan?: VariantPlan;
  /** Against the base; absent where either has no plan. */
  readonly delta?: { readonly perMonth: MicroUsd; readonly share: number };
  /** What differs from the base, in words; empty where nothing does, or where either has no plan. */
  readonly differences: readonly string[];
  /** Filled where the status is infeasible. */
  readonly binding: readonly BindingConstraint[];
  /** Filled where the status is failed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What people compare of a plan. */
export interface VariantPlan {
  readonly perMonth: MicroUsd;
  /** Mandatory rules that it violates; it may be applied where there are none. */
  readonly violations: number;
  /** Sorted by workload. */
  readonly models: readonly ModelRun[];
  readonly services: readonly ServiceRun[];
  /** Nodes that services share in the busiest window; 0 without services. */
  readonly nodes: number;
  /** The limit with least room; absent where no latency is limited. */
  readonly headroom?: { readonly where: string; readonly share: number };
}

/** Fewest and most replicas over the windows. */
export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
}

/** How a language model runs. */
export interface ModelRun {
  readonly workload: string;
  /** Names of accelerators, sorted. */
  readonly accelerators: readonly string[];
  /** Ids of pools, sorted. */
  readonly pools: readonly string[];
  /** `fp8 tp2`; several where roles or pools differ, sorted. */
  readonly runs: readonly string[];
  readonly replicas: ReplicaRange;
  /** Share of its replicas on spot capacity in the window with most of them, 0..1. */
  readonly spotShare: number;
  readonly perMonth: MicroUsd;
}

/** How a service runs. */
export interface ServiceRun {
  readonly workload: string;
  /** Id of its size of replica. */
  readonly size: string;
  readonly replicas: ReplicaRange;
  readonly spotShare: number;
  readonly perMonth: MicroUsd;
}
