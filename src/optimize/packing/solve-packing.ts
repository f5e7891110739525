import type { SolverAdapter } from '../solvers/solver-adapter.ts';
import { packingFaults } from './check-packing.ts';
import { choosePatterns } from './choose-patterns.ts';
import { generateColumns } from './column-generation.ts';
import type { GeneratedColumns } from './column-generation.ts';
import { OpenNodes, fitInto } from './fill-nodes.ts';
import { groupedClasses } from './class-groups.ts';
import { fluidRelaxation } from './fluid.ts';
import { openForWaiting, packGreedily } from './greedy.ts';
import { improveFilling } from './improve.ts';
import { chooseNodes } from './node-program.ts';
import type { NodeChoice } from './node-program.ts';
import { inItems, packingClasses } from './packing-classes.ts';
import type { FilledKind, PackingClasses } from './packing-classes.ts';
import { costOf } from './packing-problem.ts';
import type { PackingAnswer, PackingProblem } from './packing-problem.ts';
import { settleWholeUses } from './residual.ts';

/** How a packing problem is solved. */
export interface PackingOptions {
  readonly solvers: readonly SolverAdapter[];
  /** Share of the cost within which an answer is good enough, ≥ 0. */
  readonly gap: number;
  readonly isPast: () => boolean;
  /** Least nodes of all kinds together that any packing has; 0 when nothing is known. Sharpens the bound. */
  readonly leastNodes?: number;
  /**
   * Wall-clock limit of one integer program, seconds; answers cut short keep their bounds. Default 60, which its limit on nodes comes
   * before: then equal inputs give equal answers.
   */
  readonly programSeconds?: number;
}

/** Classes up to which the linear program over patterns is solved. */
const MOST_PATTERN_CLASSES = 120;
/** Groups of like classes in the program of whole nodes where there are more classes (assumed). */
const MOST_GROUPS = 24;
/** Tries to fill a few nodes of a packing better (assumed: more of them found little more). */
const IMPROVING_TRIES = 150;
/** Kinds of node up to which that program is worth solving: with more kinds its nodes were filled worse than one by one (assumed). */
const MOST_GROUP_KINDS = 24;
/** Branch-and-bound nodes of it (assumed: tenths of a second). */
const GROUP_BRANCHES = 30;
/** And its relative gap (assumed: what filling the nodes costs more). */
const GROUP_GAP = 0.003;
/** Shares by which their demand is raised (assumed). */
const GROUP_INFLATIONS: readonly number[] = [0.003, 0.01, 0.02];
/** Part of the dearest node's price that every node costs more where ties are to go to fewer nodes. */
const TIE_BREAK = 1e-5;

/** Shares by which demand is raised so that whole pods find room where cut ones would. */
const INFLATIONS: readonly number[] = [0, 0.005, 0.01, 0.02, 0.03, 0.06];
/** Wall-clock limit of one integer program unless the options say otherwise; its limit on branches comes before. */
const PROGRAM_SECONDS = 60;

/**
 * Buys nodes for all pods at least price, with a proven bound. Small problems (after merging equal pods): column generation, the
 * program of whole nodes with cut pods, and both again on what the linear optimum leaves over; large ones: the fluid relaxation and
 * greedy filling by its prices. Undefined when a pod fits on no node that may take it, or limits leave no room.
 */
export async function solvePacking(
  problem: PackingProblem,
  options: PackingOptions,
): Promise<PackingAnswer | undefined> {
  const merged = await solveClasses(problem, packingClasses(problem), options);
  if (merged === undefined || packingFaults(problem, merged.filled).length === 0) return merged;
  // Members of a merged class could not all be kept within their limits: the bound of the relaxation still holds.
  const apart = await solveClasses(problem, packingClasses(problem, false), options);
  return apart === undefined
    ? undefined
    : { ...apart, bound: Math.max(apart.bound, Math.min(merged.bound, apart.cost)) };
}

/**
 * A bound without a packing, micro-dollars per hour: by the fluid relaxation and, where the problem is small enough, column generation and the
 * program of whole nodes. Undefined when a pod fits on no node that may take it.
 */
export async function boundPacking(
  problem: PackingProblem,
  options: PackingOptions,
): Promise<number | undefined> {
  const classes = packingClasses(problem);
  if (classes.members.length === 0) return 0;
  return hasPlaceForAll(classes) ? new Search(classes, options).findBound() : undefined;
}

async function solveClasses(
  problem: PackingProblem,
  classes: PackingClasses,
  options: PackingOptions,
): Promise<PackingAnswer | undefined> {
  if (classes.members.length === 0) return { filled: [], cost: 0, bound: 0 };
  if (!hasPlaceForAll(classes)) return undefined;
  const search = new Search(classes, options);
  await search.run();
  return search.answer();
}

/** Whether every class fits on a node that it may use. */
function hasPlaceForAll(classes: PackingClasses): boolean {
  return new Set(classes.takes.flat()).size === classes.members.length;
}

/** Rounds in which whole uses are settled (assumed: the third seldom settles anything). */
const MOST_ROUNDS = 4;

/** A problem that shrinks as whole uses of patterns are settled. */
class Dive {
  classes: PackingClasses;
  columns: GeneratedColumns;
  readonly settled: FilledKind[] = [];
  /** Whether the last round settled nothing. */
  isOver = false;

  constructor(classes: PackingClasses, columns: GeneratedColumns) {
    this.classes = classes;
    this.columns = columns;
  }

  get isEmpty(): boolean {
    return this.classes.counts.every((count) => count === 0);
  }

  /** False when nothing could be settled: what is left is the problem that was there before. */
  settle(): boolean {
    const step = settleWholeUses(this.classes, this.columns);
    this.settled.push(...step.settled.map(({ pattern, times }) => ({ ...pattern, count: times })));
    this.classes = step.rest;
    this.isOver = step.settled.length === 0;
    return !this.isOver;
  }
}

/** The best placement so far and the best bound. */
class Search {
  readonly #classes: PackingClasses;
  readonly #options: PackingOptions;
  #best: readonly FilledKind[] | undefined;
  #cost = Infinity;
  #bound = 0;

  constructor(classes: PackingClasses, options: PackingOptions) {
    this.#classes = classes;
    this.#options = options;
  }

  async run(): Promise<void> {
    const columns = await this.#relax();
    if (columns === undefined || this.#isDone) return;
    const dive = new Dive(this.#classes, columns);
    await this.#step(dive);
    await this.#wholeNodes(columns);
    for (let round = 1; round < MOST_ROUNDS && !dive.isOver && !this.#isDone; round++) await this.#step(dive);
  }

  async findBound(): Promise<number> {
    const columns = await this.#relax();
    if (columns === undefined) return this.#bound;
    const choice = await this.#chooseNodes(columns, 0);
    return Math.max(this.#bound, choice?.bound ?? 0);
  }

  /** Bounds and first placements by the fluid relaxation and, in small problems that it leaves open, columns. */
  async #relax(): Promise<GeneratedColumns | undefined> {
    const { solvers, isPast } = this.#options;
    const fluid = await fluidRelaxation(this.#classes, solvers);
    this.#bound = Math.max(this.#bound, fluid.bound);
    for (const open of packGreedily(this.#classes, fluid)) this.#offer(open);
    const { members, kinds } = this.#classes;
    const isFew = kinds.length <= MOST_GROUP_KINDS;
    if (members.length > MOST_GROUPS && isFew && !isPast()) await this.#wholeNodesOfGroups(fluid.classPrices);
    if (members.length > MOST_GROUPS) this.#improve(fluid.classPrices);
    if (this.#isDone || this.#classes.members.length > MOST_PATTERN_CLASSES) return undefined;
    const columns = await generateColumns(this.#classes, [], { solvers, rounds: 100, isPast });
    this.#bound = Math.max(this.#bound, columns.bound);
    return columns;
  }

  /** Fills the nodes of the best packing anew, a few at a time; kept only where every item keeps its limits. */
  #improve(values: Float64Array): void {
    if (this.#best === undefined) return;
    const filled = improveFilling(this.#classes, this.#best, {
      values,
      tries: IMPROVING_TRIES,
      isPast: this.#options.isPast,
    });
    const cost = priceOf(this.#classes, filled);
    if (cost >= this.#cost || !keepsLimits(this.#classes, filled)) return;
    if (packingFaults(this.#classes.problem, inItems(this.#classes, filled)).length > 0) return;
    this.#best = filled;
    this.#cost = cost;
  }

  /** Whole nodes for groups of like classes, with room for what the groups hide: where single classes are too many for programs of their own. */
  async #wholeNodesOfGroups(prices: Float64Array): Promise<void> {
    const grouped = groupedClasses(this.#classes, MOST_GROUPS);
    for (const inflation of GROUP_INFLATIONS) {
      if (this.#isDone) return;
      const choice = await chooseNodes(grouped, {
        cuts: [],
        inflation,
        gap: GROUP_GAP,
        branches: GROUP_BRANCHES,
        seconds: this.#programSeconds,
        solvers: this.#options.solvers,
        leastNodes: 0,
      });
      if (choice === undefined) return;
      const open = fitInto(this.#classes, choice.counts);
      const waiting = open.pending;
      openForWaiting(open, prices);
      this.#offer(open);
      if (waiting === 0) return;
    }
  }

  answer(): PackingAnswer | undefined {
    if (this.#best === undefined) return undefined;
    const filled = inItems(this.#classes, this.#best);
    const cost = costOf(this.#classes.problem, filled);
    return { filled, cost, bound: Math.min(this.#bound, cost) };
  }

  get #programSeconds(): number {
    return this.#options.programSeconds ?? PROGRAM_SECONDS;
  }

  get #isDone(): boolean {
    return this.#options.isPast() || this.#cost - this.#bound <= this.#options.gap * this.#cost;
  }

  #offer(open: OpenNodes, settled: readonly FilledKind[] = []): void {
    if (open.pending > 0) return;
    const filled = [...settled, ...open.filled()];
    const cost = priceOf(this.#classes, filled);
    if (cost >= this.#cost || !keepsLimits(this.#classes, filled)) return;
    this.#best = filled;
    this.#cost = cost;
  }

  /**
   * Whole nodes for the whole problem: the sharpest bound, and a placement where one fits. A first answer rules out most kinds of
   * node, so the program is asked again, with more room for whole pods where they did not fit.
   */
  async #wholeNodes(columns: GeneratedColumns): Promise<void> {
    const extra =
      TIE_BREAK *
      Math.max(0, ...this.#classes.kinds.map((index) => this.#classes.problem.nodes[index]?.price ?? 0));
    for (const [inflation, extraPerNode] of [
      [0, 0],
      [0, extra],
      [0.005, extra],
      [0.01, 0],
      [0.02, 0],
    ] as const) {
      if (this.#isDone) return;
      const choice = await this.#chooseNodes(columns, inflation, extraPerNode);
      if (choice === undefined) continue;
      if (inflation === 0 && extraPerNode === 0) this.#bound = Math.max(this.#bound, choice.bound);
      this.#offer(fitInto(this.#classes, choice.counts));
    }
  }

  async #chooseNodes(
    columns: GeneratedColumns,
    inflation: number,
    extraPerNode = 0,
  ): Promise<NodeChoice | undefined> {
    return chooseNodes(this.#classes, {
      cuts: columns.cuts,
      inflation,
      extraPerNode,
      gap: Math.min(1e-3, this.#options.gap),
      seconds: this.#programSeconds,
      solvers: this.#options.solvers,
      leastNodes: this.#options.leastNodes ?? 0,
      most: this.#mostNodes(columns),
    });
  }

  /** Settles what the linear optimum uses whole and solves what is left as a problem of its own. */
  async #step(dive: Dive): Promise<void> {
    if (this.#isDone) return;
    const { solvers, isPast } = this.#options;
    if (!dive.settle()) return;
    if (dive.isEmpty) return this.#offer(new OpenNodes(dive.classes), dive.settled);
    dive.columns = await generateColumns(dive.classes, dive.columns.patterns, {
      solvers,
      rounds: 40,
      isPast,
    });
    await this.#finish(dive.classes, dive.columns, dive.settled);
  }

  /** A kind of which one node costs more than the best answer leaves above the bound is in no better answer; others a few times. */
  #mostNodes(columns: GeneratedColumns): Float64Array {
    const slack = this.#cost - columns.bound;
    return columns.nodeExcess.map((excess) => (excess > 0 ? Math.floor(slack / excess + 1e-9) : Infinity));
  }

  async #finish(
    classes: PackingClasses,
    columns: GeneratedColumns,
    settled: readonly FilledKind[],
  ): Promise<void> {
    const { solvers, gap } = this.#options;
    for (const inflation of INFLATIONS) {
      if (this.#isDone) return;
      const choice = await chooseNodes(classes, {
        cuts: columns.cuts,
        inflation,
        gap: 1e-3,
        seconds: this.#programSeconds,
        solvers,
        leastNodes: 0,
      });
      if (choice !== undefined) this.#offer(fitInto(classes, choice.counts), settled);
    }
    if (this.#isDone) return;
    const { classPrices, patterns } = columns;
    const open = await choosePatterns(classes, patterns, {
      classPrices,
      gap,
      seconds: this.#programSeconds,
      solvers,
    });
    if (open !== undefined) this.#offer(open, settled);
  }
}

function priceOf(classes: PackingClasses, filled: readonly FilledKind[]): number {
  return filled.reduce(
    (sum, { kind, count }) => sum + (classes.problem.nodes[classes.kinds[kind] ?? 0]?.price ?? 0) * count,
    0,
  );
}

function keepsLimits(classes: PackingClasses, filled: readonly FilledKind[]): boolean {
  const counts = new Map<number, number>();
  for (const { kind, count } of filled) {
    const node = classes.kinds[kind] ?? 0;
    counts.set(node, (counts.get(node) ?? 0) + count);
  }
  const { nodes, quotas } = classes.problem;
  return (
    nodes.every((node, index) => (counts.get(index) ?? 0) <= node.most) &&
    quotas.every(
      (quota) => quota.nodes.reduce((sum, index) => sum + (counts.get(index) ?? 0), 0) <= quota.most,
    )
  );
}
