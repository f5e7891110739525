import type { PackingProblem } from './problem.ts';

/** A question: can `count` pods of each level be placed at once? */
export interface Target {
  readonly problem: PackingProblem;
  /** Pods that can be placed at all, per level down to the level asked about. */
  readonly levels: readonly (readonly number[])[];
  /** Pods to place per level. */
  readonly counts: readonly number[];
}

/** Pods that may stay out, per level. */
export function dropBudgets(target: Target): readonly number[] {
  return target.levels.map((pods, level) => pods.length - target.counts[level]!);
}

/**
 * Most that all nodes together may leave free of each resource when the target is met: total capacity, less all requests, plus the
 * largest requests that may stay out. Negative when the target cannot be met.
 */
export function wasteBudget(target: Target): Float64Array {
  const { problem } = target;
  const budgets = dropBudgets(target);
  return Float64Array.from(problem.resources, (_, r) => {
    let waste = problem.nodes.reduce((sum, node) => sum + node.capacity[r]!, 0);
    target.levels.forEach((pods, level) => {
      const amounts = Float64Array.from(pods, (pod) => problem.pods[pod]!.requests[r]!).sort();
      for (let i = 0; i < amounts.length - budgets[level]!; i++) waste -= amounts[i]!;
    });
    return waste;
  });
}
