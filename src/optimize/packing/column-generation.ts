import { ProgramBuilder } from '../solvers/integer-program.ts';
import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { solveTrusted } from '../solvers/trusted-solve.ts';
import { knapsack } from './knapsack.ts';
import type { KnapsackProblem } from './knapsack.ts';
import { mostOnNode } from './packing-classes.ts';
import type { FilledKind, PackingClasses } from './packing-classes.ts';

/** A way to fill one node of a kept kind. */
export type Pattern = Omit<FilledKind, 'count'>;

/**
 * A valid inequality on the numbers of nodes: with the value π of each pod, no node of kind b holds more value than `worth[b]`,
 * so Σ worth[b] · nodes[b] ≥ `needed` = Σ π · pods in every packing.
 */
export interface NodeCut {
  /** One entry per kept kind. */
  readonly worth: Float64Array;
  readonly needed: number;
}

/** What column generation learnt. */
export interface GeneratedColumns {
  readonly patterns: readonly Pattern[];
  /** How often the linear optimum uses each pattern. */
  readonly uses: readonly number[];
  /** No packing costs less, micro-dollars per hour. */
  readonly bound: number;
  /** Price of one more pod of each class at the best bound. */
  readonly classPrices: Float64Array;
  /** What a packing costs more than the bound for every node of a kept kind that it uses, ≥ 0. */
  readonly nodeExcess: Float64Array;
  readonly cuts: readonly NodeCut[];
  /** Whether prices and patterns have converged. */
  readonly isComplete: boolean;
}

/** When column generation stops. */
export interface GenerationLimits {
  readonly solvers: readonly SolverAdapter[];
  /** Most rounds of pricing. */
  readonly rounds: number;
  readonly isPast: () => boolean;
}

/** Stop when the linear optimum is within this share of the bound: far below the gaps that plans are held to. */
const CONVERGED = 1e-5;
/** Cuts kept: the last ones, whose prices are nearest to the optimum. */
const MOST_CUTS = 12;

/**
 * The linear relaxation over all ways to fill a node (Gilmore & Gomory 1961), one knapsack per node kind and round. Bounds are
 * those of Farley (1990): prices scaled down until no pattern is worth more than its node, which holds for any prices and any
 * upper bound of the knapsacks, so the linear solver need not be trusted. Limits on nodes enter the master; their prices
 * count against the bound.
 */
export async function generateColumns(
  classes: PackingClasses,
  start: readonly Pattern[],
  limits: GenerationLimits,
): Promise<GeneratedColumns> {
  const master = new Master(classes);
  for (const pattern of [...singletons(classes), ...start]) master.add(pattern);
  const knapsacks = classes.kinds.map((_, kind) => knapsackOf(classes, kind));
  let best: ProvenPrices = {
    bound: 0,
    classPrices: new Float64Array(classes.members.length),
    nodeExcess: new Float64Array(classes.kinds.length),
  };
  const cuts: NodeCut[] = [];
  let uses: readonly number[] = [];
  let isComplete = false;
  for (let round = 0; round < limits.rounds && !limits.isPast(); round++) {
    const relaxed = await master.solve(limits.solvers);
    if (relaxed === undefined) break;
    uses = relaxed.uses;
    const priced = price(classes, knapsacks, relaxed.classPrices);
    cuts.push({ worth: priced.worth, needed: dot(relaxed.classPrices, classes.counts) });
    const bound = farleyBound(classes, { ...relaxed, worth: priced.worth });
    if (bound.bound > best.bound) best = bound;
    const fresh = priced.patterns.filter(({ pattern, value }) => {
      const paid =
        (classes.problem.nodes[classes.kinds[pattern.kind] ?? 0]?.price ?? 0) +
        (relaxed.kindPrices[pattern.kind] ?? 0);
      return value > paid * (1 + 1e-9) && master.add(pattern);
    });
    if (fresh.length === 0 || relaxed.objective - best.bound <= CONVERGED * relaxed.objective) {
      isComplete = true;
      break;
    }
  }
  return { patterns: master.patterns, uses, ...best, cuts: cuts.slice(-MOST_CUTS), isComplete };
}

/** A node of each kind filled with one class alone: with these every demand can be met. */
function singletons(classes: PackingClasses): readonly Pattern[] {
  return classes.kinds.flatMap((_, kind) =>
    (classes.takes[kind] ?? []).map((c): Pattern => ({ kind, pods: [[c, mostOnNode(classes, c, kind)]] })),
  );
}

/** The knapsack of one node of a kept kind, over all classes; those that it does not take have room for none. */
export function knapsackOf(classes: PackingClasses, kind: number): KnapsackProblem {
  const most = new Float64Array(classes.members.length);
  for (const c of classes.takes[kind] ?? []) most[c] = mostOnNode(classes, c, kind);
  return {
    resources: classes.resources,
    requests: classes.requests,
    most,
    capacity: classes.problem.nodes[classes.kinds[kind] ?? 0]?.capacity ?? [],
    ...(classes.apart.some((list) => list.length > 0) ? { apart: classes.apart } : {}),
  };
}

/** The most valuable pattern of each kind at class prices, and what a node of it can be worth at most. */
function price(
  classes: PackingClasses,
  knapsacks: readonly KnapsackProblem[],
  classPrices: Float64Array,
): {
  readonly worth: Float64Array;
  readonly patterns: readonly { readonly pattern: Pattern; readonly value: number }[];
} {
  const worth = new Float64Array(classes.kinds.length);
  const patterns = knapsacks.map((problem, kind) => {
    const { counts, value, bound } = knapsack(problem, classPrices);
    worth[kind] = bound;
    return { pattern: { kind, pods: sparse(counts) }, value };
  });
  return { worth, patterns };
}

/** Entries above zero. */
export function sparse(counts: Float64Array): readonly (readonly [number, number])[] {
  const pods: [number, number][] = [];
  counts.forEach((count, c) => {
    if (count > 0) pods.push([c, count]);
  });
  return pods;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

interface MasterPrices {
  readonly objective: number;
  readonly uses: readonly number[];
  readonly classPrices: Float64Array;
  /** What the limits add to the price of a node of each kept kind, ≥ 0. */
  readonly kindPrices: Float64Array;
  /** Σ price of a limit × limit. */
  readonly limitsCost: number;
}

type ProvenPrices = Pick<GeneratedColumns, 'bound' | 'classPrices' | 'nodeExcess'>;

function farleyBound(
  classes: PackingClasses,
  relaxed: MasterPrices & { readonly worth: Float64Array },
): ProvenPrices {
  let scale = 1;
  classes.kinds.forEach((index, kind) => {
    const over = (relaxed.worth[kind] ?? 0) - (relaxed.kindPrices[kind] ?? 0);
    const paid = classes.problem.nodes[index]?.price ?? 0;
    if (over > paid) scale = Math.min(scale, paid / over);
  });
  const bound = scale * (dot(relaxed.classPrices, classes.counts) - relaxed.limitsCost);
  const nodeExcess = Float64Array.from(classes.kinds, (index, kind) => {
    const over = (relaxed.worth[kind] ?? 0) - (relaxed.kindPrices[kind] ?? 0);
    return Math.max(0, (classes.problem.nodes[index]?.price ?? 0) - scale * over);
  });
  return { bound, classPrices: relaxed.classPrices.map((value) => value * scale), nodeExcess };
}

/** The restricted master program: how often each pattern is used. */
class Master {
  readonly #classes: PackingClasses;
  readonly #patterns: Pattern[] = [];
  readonly #known = new Set<string>();

  constructor(classes: PackingClasses) {
    this.#classes = classes;
  }

  get patterns(): readonly Pattern[] {
    return this.#patterns;
  }

  /** Adds a pattern; false when it is there already. */
  add(pattern: Pattern): boolean {
    const key = JSON.stringify(pattern);
    if (this.#known.has(key) || pattern.pods.length === 0) return false;
    this.#known.add(key);
    this.#patterns.push(pattern);
    return true;
  }

  async solve(solvers: readonly SolverAdapter[]): Promise<MasterPrices | undefined> {
    const classes = this.#classes;
    const limits = nodeLimits(classes);
    const program = patternProgram(classes, this.#patterns, false);
    const answer = await solveTrusted(program, { nodes: 1, seconds: 30, relativeGap: 0 }, solvers);
    if (answer.status !== 'optimal' || answer.duals === undefined) return undefined;
    const duals = answer.duals;
    const n = classes.members.length;
    const kindPrices = new Float64Array(classes.kinds.length);
    let limitsCost = 0;
    limits.forEach((limit, index) => {
      const dual = Math.max(0, -(duals[n + index] ?? 0));
      for (const kind of limit.kinds) kindPrices[kind] = (kindPrices[kind] ?? 0) + dual;
      limitsCost += dual * limit.most;
    });
    const classPrices = Float64Array.from({ length: n }, (_, c) => Math.max(0, duals[c] ?? 0));
    return { objective: answer.objective, uses: answer.values, classPrices, kindPrices, limitsCost };
  }
}

/** Limits on the numbers of nodes of kept kinds: those of single kinds, then the quotas. */
export function nodeLimits(
  classes: PackingClasses,
): readonly { readonly name: string; readonly kinds: readonly number[]; readonly most: number }[] {
  const { problem, kinds } = classes;
  const place = new Map(kinds.map((index, kind) => [index, kind]));
  const single = kinds.flatMap((index, kind) => {
    const most = problem.nodes[index]?.most ?? Infinity;
    return Number.isFinite(most) ? [{ name: `most-${kind}`, kinds: [kind], most }] : [];
  });
  const joint = problem.quotas
    .filter((quota) => Number.isFinite(quota.most))
    .map((quota) => ({
      name: `quota-${quota.id}`,
      kinds: quota.nodes.flatMap((index) => place.get(index) ?? []),
      most: quota.most,
    }));
  return [...single, ...joint];
}

/** min Σ price · used, every pod covered, limits kept; one column per pattern, whole numbers or not. */
export function patternProgram(
  classes: PackingClasses,
  patterns: readonly Pattern[],
  isInteger: boolean,
): ReturnType<ProgramBuilder['build']> {
  const builder = new ProgramBuilder('patterns');
  const byClass: [number, number][][] = classes.members.map(() => []);
  const byKind: [number, number][][] = classes.kinds.map(() => []);
  patterns.forEach((pattern, p) => {
    const cost = classes.problem.nodes[classes.kinds[pattern.kind] ?? 0]?.price ?? 0;
    builder.column({ name: `p${p}`, cost, lower: 0, upper: Infinity, isInteger });
    byKind[pattern.kind]?.push([p, 1]);
    for (const [c, count] of pattern.pods) byClass[c]?.push([p, count]);
  });
  classes.members.forEach((_, c) =>
    builder.row(`cover-${c}`, { lower: classes.counts[c] ?? 0 }, byClass[c] ?? []),
  );
  for (const limit of nodeLimits(classes)) {
    builder.row(
      limit.name,
      { upper: limit.most },
      limit.kinds.flatMap((kind) => byKind[kind] ?? []),
    );
  }
  return builder.build();
}
