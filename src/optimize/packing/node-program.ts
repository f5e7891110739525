import { ProgramBuilder } from '../solvers/integer-program.ts';
import type { Term } from '../solvers/integer-program.ts';
import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { solveTrusted } from '../solvers/trusted-solve.ts';
import { nodeLimits } from './column-generation.ts';
import type { NodeCut } from './column-generation.ts';
import type { PackingClasses } from './packing-classes.ts';

/** Whole numbers of nodes into which pods fit when they may be cut in parts: a relaxation, so its optimum is a bound. */
export interface NodeChoice {
  /** Nodes of each kept kind. */
  readonly counts: Float64Array;
  /** Proven lower bound, micro-dollars per hour. */
  readonly bound: number;
}

/** What the node program is asked. */
export interface NodeProgramOptions {
  readonly cuts: readonly NodeCut[];
  /** Share by which all demands are raised, ≥ 0: room for what cutting hides. Above 0 the bound holds no longer. */
  readonly inflation: number;
  /** Added to the price of every node, micro-dollars per hour, ≥ 0: of answers that cost about the same the one of fewer and larger nodes, which pods fill more easily. Above 0 the bound holds no longer. */
  readonly extraPerNode?: number;
  /** Relative gap to stop at. */
  readonly gap: number;
  readonly seconds: number;
  readonly solvers: readonly SolverAdapter[];
  /** Least nodes of all kinds together; 0 when nothing is known. */
  readonly leastNodes: number;
  /** Most nodes of each kept kind that an answer worth having uses (reduced-cost fixing); absent: no such limit is known. */
  readonly most?: Float64Array;
  /** Branch-and-bound nodes. Default: enough to prove small problems. */
  readonly branches?: number;
}

/** Branch-and-bound nodes of the program: some two seconds of CPU time at 100 kinds and 20 classes. */
const MOST_BRANCHES = 1_000;

/** Parts of pods by class and kind are written out up to so many columns; beyond, the cuts alone stand for them. */
const MOST_PARTS = 4_000;

/**
 * The cheapest whole numbers of nodes that hold all pods when pods may be cut: Σ over kinds of the parts of a class = its pods, parts
 * within the capacity of the nodes bought in every resource, at most `maxPerNode` of a class per node, cuts from pod prices, limits and quotas.
 * Undefined when the solver found nothing within its limits.
 */
export async function chooseNodes(
  classes: PackingClasses,
  options: NodeProgramOptions,
): Promise<NodeChoice | undefined> {
  const builder = new ProgramBuilder('nodes');
  const { problem, kinds } = classes;
  const raise = 1 + options.inflation;
  const nodes = kinds.map((index, kind) => {
    const node = problem.nodes[index];
    const most = Math.min(node?.most ?? Infinity, options.most?.[kind] ?? Infinity);
    return builder.count(`n${kind}`, most, (node?.price ?? 0) + (options.extraPerNode ?? 0));
  });
  const isUsable = (kind: number): boolean => (options.most?.[kind] ?? Infinity) >= 1;
  const size = classes.takes.reduce((sum, list, kind) => sum + (isUsable(kind) ? list.length : 0), 0);
  if (size <= MOST_PARTS) addParts(builder, classes, { nodes, raise, isUsable });
  options.cuts.forEach((cut, index) => {
    const terms = nodes.map((column, kind): Term => [column, cut.worth[kind] ?? 0]);
    builder.row(`cut-${index}`, { lower: cut.needed * raise * (1 - 1e-9) }, terms);
  });
  addSpread(builder, classes, nodes);
  for (const limit of nodeLimits(classes)) {
    builder.row(
      limit.name,
      { upper: limit.most },
      limit.kinds.map((kind): Term => [nodes[kind] ?? 0, 1]),
    );
  }
  if (options.leastNodes > 0) {
    builder.row(
      'least-nodes',
      { lower: options.leastNodes },
      nodes.map((column): Term => [column, 1]),
    );
  }
  const limits = {
    nodes: options.branches ?? MOST_BRANCHES,
    seconds: options.seconds,
    relativeGap: options.gap,
  };
  const answer = await solveTrusted(builder.build(), limits, options.solvers);
  if (answer.status !== 'optimal' && answer.status !== 'feasible') return undefined;
  return {
    counts: Float64Array.from(nodes, (column) => Math.round(answer.values[column] ?? 0)),
    bound: answer.bound,
  };
}

function addParts(
  builder: ProgramBuilder,
  classes: PackingClasses,
  {
    nodes,
    raise,
    isUsable,
  }: {
    readonly nodes: readonly number[];
    readonly raise: number;
    readonly isUsable: (kind: number) => boolean;
  },
): void {
  const { resources, requests, problem, kinds } = classes;
  const covering: Term[][] = classes.members.map(() => []);
  kinds.forEach((index, kind) => {
    if (!isUsable(kind)) return;
    const capacity = problem.nodes[index]?.capacity ?? [];
    const using: Term[][] = Array.from({ length: resources }, () => []);
    for (const c of classes.takes[kind] ?? []) {
      const part = builder.column({
        name: `x${c}-${kind}`,
        cost: 0,
        lower: 0,
        upper: Infinity,
        isInteger: false,
      });
      covering[c]?.push([part, 1]);
      for (let r = 0; r < resources; r++) {
        const request = requests[c * resources + r] ?? 0;
        if (request > 0) using[r]?.push([part, request / (capacity[r] ?? 1)]);
      }
    }
    using.forEach((terms, r) => {
      if (terms.length > 0)
        builder.row(`room-${kind}-${r}`, { upper: 0 }, [...terms, [nodes[kind] ?? 0, -1]]);
    });
  });
  covering.forEach((terms, c) =>
    builder.row(`pods-${c}`, { lower: (classes.counts[c] ?? 0) * raise }, terms),
  );
}

/** Classes that must be spread: nodes that take them ≥ the least they need. */
function addSpread(builder: ProgramBuilder, classes: PackingClasses, nodes: readonly number[]): void {
  classes.members.forEach((_, c) => {
    const least = classes.leastNodes[c] ?? 0;
    if (least === 0) return;
    const terms = nodes.flatMap((column, kind): Term[] =>
      classes.takes[kind]?.includes(c) === true ? [[column, 1]] : [],
    );
    builder.row(`spread-${c}`, { lower: least }, terms);
  });
}
