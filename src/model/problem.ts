import type { MicroUsd } from '../units/index.ts';
import type { CatalogAdditions } from './catalog-additions.ts';
import type { PlanningAims } from './objective.ts';
import type { HardwarePool, InstanceMix, Offering } from './pool.ts';
import type { PolicyReference, Waiver } from './policy.ts';
import type { ResolvedService, ServiceWorkload } from './service.ts';
import type { ResolvedWorkload, Workload } from './workload.ts';

/** A limit on money per month (730 h). */
export interface Budget {
  readonly id: string;
  readonly path: string;
  readonly limit: MicroUsd;
  /** Team it applies to; empty means the whole fleet. */
  readonly team: string;
}

/**
 * A validated planning problem: every list sorted by id, names not yet looked up in the catalogue. Its aims are those of
 * the fleet; each workload holds the ones that apply to it.
 */
export interface Problem extends PlanningAims {
  readonly name: string;
  readonly seed: number;
  readonly pools: readonly HardwarePool[];
  /** Hardware of many instance types; resolving adds their pools to `pools`. */
  readonly mixes: readonly InstanceMix[];
  readonly workloads: readonly Workload[];
  readonly services: readonly ServiceWorkload[];
  readonly budgets: readonly Budget[];
  readonly policies: readonly PolicyReference[];
  readonly waivers: readonly Waiver[];
  readonly catalog: CatalogAdditions;
}

/** A problem joined with the catalogue: what the optimizer receives. */
export interface ResolvedProblem {
  readonly problem: Problem;
  /** Every purchasable offering, sorted by id. */
  readonly offerings: readonly Offering[];
  /** In the order of `problem.workloads`. */
  readonly workloads: readonly ResolvedWorkload[];
  /** In the order of `problem.services`. */
  readonly services: readonly ResolvedService[];
}
