import { solveTrusted } from '../solvers/trusted-solve.ts';
import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { patternProgram } from './column-generation.ts';
import type { Pattern } from './column-generation.ts';
import { OpenNodes } from './fill-nodes.ts';
import type { PackingClasses } from './packing-classes.ts';

/** Branch-and-bound nodes of the program (assumed). */
const MOST_BRANCHES = 500;

/** Patterns that the integer program chooses among: those nearest to paying for themselves. */
const MOST_PATTERNS = 400;

/**
 * The cheapest whole use of known patterns that covers all pods, as nodes with the pods on them (what covers too much is left out).
 * Undefined when the solver found nothing within its limits.
 */
export async function choosePatterns(
  classes: PackingClasses,
  patterns: readonly Pattern[],
  options: {
    readonly classPrices: Float64Array;
    readonly gap: number;
    readonly seconds: number;
    readonly solvers: readonly SolverAdapter[];
  },
): Promise<OpenNodes | undefined> {
  const reducedCost = (pattern: Pattern): number => {
    const price = classes.problem.nodes[classes.kinds[pattern.kind] ?? 0]?.price ?? 0;
    const worth = pattern.pods.reduce((sum, [c, count]) => sum + count * (options.classPrices[c] ?? 0), 0);
    return (price - worth) / Math.max(price, 1e-9);
  };
  const ranked = patterns
    .map((pattern, index) => ({ pattern, index, rank: reducedCost(pattern) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, MOST_PATTERNS)
    .map(({ pattern }) => pattern);
  const limits = { nodes: MOST_BRANCHES, seconds: options.seconds, relativeGap: options.gap };
  const answer = await solveTrusted(patternProgram(classes, ranked, true), limits, options.solvers);
  if (answer.status !== 'optimal' && answer.status !== 'feasible') return undefined;
  const open = new OpenNodes(classes);
  ranked.forEach((pattern, p) => {
    for (let copy = Math.round(answer.values[p] ?? 0); copy > 0; copy--) {
      const node = open.open(pattern.kind);
      for (const [c, count] of pattern.pods) {
        const placed = Math.min(count, open.waiting[c] ?? 0);
        if (placed > 0) open.put(node, c, placed);
      }
    }
  });
  return open.pending === 0 ? open : undefined;
}
