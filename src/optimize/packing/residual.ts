import type { GeneratedColumns, Pattern } from './column-generation.ts';
import type { PackingClasses } from './packing-classes.ts';

/** A packing problem of which a part is settled: patterns used so often, and the classes with the pods that are left. */
export interface Residual {
  readonly settled: readonly { readonly pattern: Pattern; readonly times: number }[];
  /** The same classes and kinds with fewer pods and fewer nodes to buy. */
  readonly rest: PackingClasses;
}

/**
 * Settles the whole part of the linear optimum: each pattern as often as it is used, rounded down, never more than pods are left for.
 * What is left are at most as many patterns' worth of pods as there are classes and limits.
 */
export function settleWholeUses(classes: PackingClasses, columns: GeneratedColumns): Residual {
  const left = Float64Array.from(classes.counts);
  const order = columns.uses
    .map((use, index) => ({ use, index }))
    .filter(({ use }) => use >= 1 - 1e-6)
    .sort((a, b) => b.use - a.use || a.index - b.index);
  const settled: { pattern: Pattern; times: number }[] = [];
  for (const { use, index } of order) {
    const pattern = columns.patterns[index];
    if (pattern === undefined) continue;
    const times = pattern.pods.reduce(
      (most, [c, count]) => Math.min(most, Math.floor((left[c] ?? 0) / count)),
      Math.floor(use + 1e-6),
    );
    if (times < 1) continue;
    for (const [c, count] of pattern.pods) left[c] = (left[c] ?? 0) - times * count;
    settled.push({ pattern, times });
  }
  return { settled, rest: withoutSettled(classes, left, settled) };
}

function withoutSettled(
  classes: PackingClasses,
  counts: Float64Array,
  settled: readonly { readonly pattern: Pattern; readonly times: number }[],
): PackingClasses {
  const used = new Map<number, number>();
  for (const { pattern, times } of settled) {
    const node = classes.kinds[pattern.kind] ?? 0;
    used.set(node, (used.get(node) ?? 0) + times);
  }
  const { problem } = classes;
  return {
    ...classes,
    counts,
    problem: {
      ...problem,
      nodes: problem.nodes.map((node, index) => ({ ...node, most: node.most - (used.get(index) ?? 0) })),
      quotas: problem.quotas.map((quota) => ({
        ...quota,
        most: quota.most - quota.nodes.reduce((sum, index) => sum + (used.get(index) ?? 0), 0),
      })),
    },
  };
}
