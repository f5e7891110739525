import { randomStream } from '../../random/index.ts';
import { CountBound } from './count-bound.ts';
import { Effort } from './effort.ts';
import type { EffortLimits } from './effort.ts';
import { placeWhatFits, tryToPlace, workspaceOf } from './level-search.ts';
import type { AttemptOptions, Workspace } from './level-search.ts';
import type { SplitAim } from './repack.ts';
import { fewerMoves, movedPods } from './fewer-moves.ts';
import { leastMoves } from './least-moves.ts';
import { NodeByNodeSearch } from './node-by-node.ts';
import { NodeLoads } from './node-loads.ts';
import { refuteByPerfectFit } from './perfect-fit.ts';
import { compareCounts, placedCounts, priorityLevels } from './problem.ts';
import type { LevelOutcome, PackingProblem, PackingResult } from './problem.ts';

/** Steps of the first round per level; each later round has four times as many. *Assumed*: some 20 ms. */
const FIRST_ROUND_STEPS = 2_000_000;
const ROUND_GROWTH = 4;
/** Shares of the limits after which the search for counts, for fewer moves, and for their proof ends. *Assumed*. */
const SHARE_FOR_COUNTS = 0.8;
const SHARE_UP_TO_MOVES = 0.95;
/** Steps that setting up an attempt counts for. *Assumed*. */
const STEPS_PER_ATTEMPT = 1_000;
/** Most steps for the proof that moves are fewest: some 50 ms. *Assumed*. */
const STEPS_FOR_LEAST_MOVES = 5_000_000;

/** First gently, so that few pods move; then by all means. A move weighs as much as this share of a node's capacity: *assumed*, by trial. */
const FREELY: SplitAim = { kind: 'fit' };
const AIMS: readonly SplitAim[] = [{ kind: 'gentle', perMove: 0.002 }, FREELY];
/** Steps of the gentle try, in those of the free one. *Assumed*: more gives fewer moves and leaves less time for counts. */
const GENTLE_TIMES = 1.5;
/** How much the choice of pods to leave out varies in the tries of a later round. *Assumed*. */
const VARIETIES = [0, 0, 0.2, 0.7];

/** What a packing may spend and how it draws. */
export interface PackingOptions {
  readonly limits: EffortLimits;
  /** Seed of the random choices. */
  readonly seed: number;
}

/**
 * Places pods so that as many as possible of the most important priority have a node, given that as many as possible of the next, and so on; then
 * with few moves of pods that run already.
 *
 * Per level, from the top: pods that run stay where they are if they fit, others fill gaps; an upper bound of the level's count comes from total loads
 * (`CountBound`); higher counts are tried by placing that many with overload and removing the overload (`removeOverload`); one more than
 * reached is refuted by `refuteByPerfectFit` or `NodeByNodeSearch`. A level is closed when its count meets its bound. Rounds with growing
 * effort go on until all levels are closed or a limit is met. The placement of now, if it is valid, is never left for a worse one.
 */
export function packByPriority(problem: PackingProblem, options: PackingOptions): PackingResult {
  return new PriorityPacking(problem, options).run();
}

class PriorityPacking {
  readonly #problem: PackingProblem;
  readonly #effort: Effort;
  readonly #space: Workspace;
  /** Pods that can be placed at all, per level. */
  readonly #levels: readonly (readonly number[])[];
  readonly #countBound: CountBound;
  /** The best placement so far. */
  #best: Int32Array;
  #counts: number[];
  /** Bound of each level given the counts above it. */
  #bounds: number[];
  /** Level and count whose quick refutations failed: not tried again. */
  readonly #unrefuted = new Set<string>();

  constructor(problem: PackingProblem, options: PackingOptions) {
    this.#problem = problem;
    this.#effort = new Effort(options.limits);
    const loads = new NodeLoads(problem);
    this.#space = workspaceOf(problem, loads, randomStream(options.seed, 'priority-packing'), this.#effort);
    this.#levels = placeableLevels(problem, loads);
    this.#countBound = new CountBound(problem, this.#levels);
    for (const pods of this.#levels) placeWhatFits(this.#space, pods);
    this.#best = loads.nodeOf.slice();
    this.#counts = this.#levels.map((pods) => countPlaced(pods, this.#best));
    this.#bounds = this.#levels.map((_, level) => this.#countBound.most(level, this.#counts));
  }

  run(): PackingResult {
    let steps = FIRST_ROUND_STEPS;
    this.#effort.allow(SHARE_FOR_COUNTS);
    while (this.#firstOpen() >= 0 && !this.#isDone()) {
      for (let level = this.#firstOpen(); level >= 0 && level < this.#levels.length; level++) {
        if (this.#isDone()) break;
        if (this.#counts[level]! < this.#bounds[level]!) this.#raise(level, steps);
      }
      steps *= ROUND_GROWTH;
    }
    const stop = this.#firstOpen() < 0 ? 'proven' : (this.#effort.exhausted ?? 'work-limit');
    return this.#result(stop);
  }

  #isDone(): boolean {
    return this.#effort.spend(0);
  }

  /** The first level whose count is below its bound, -1 when all are closed. */
  #firstOpen(): number {
    return this.#counts.findIndex((count, level) => count < this.#bounds[level]!);
  }

  /** Raises the count of a level as far as `steps` per try allow, and lowers its bound where that can be proven. */
  #raise(level: number, steps: number): void {
    let stride = 0;
    while (this.#counts[level]! < this.#bounds[level]! && !this.#isDone()) {
      const least = this.#counts[level]! + 1;
      const count = Math.max(least, this.#bounds[level]! - stride);
      if (this.#attemptByAllMeans(level, count, steps)) {
        stride = 0;
        continue;
      }
      if (count === least) {
        this.#refute(level, steps);
        return;
      }
      stride = stride * 2 + 1;
    }
  }

  /** Tries gently first, then freely; from the second round on with varied choices of what stays out. */
  #attemptByAllMeans(level: number, count: number, steps: number): boolean {
    if (steps <= FIRST_ROUND_STEPS) {
      return AIMS.some((aim) =>
        this.#attempt(level, count, {
          aim,
          variety: 0,
          steps: aim.kind === 'fit' ? steps : GENTLE_TIMES * steps,
        }),
      );
    }
    return VARIETIES.some(
      (variety) =>
        !this.#isDone() &&
        this.#attempt(level, count, { aim: FREELY, variety, steps: steps / VARIETIES.length }),
    );
  }

  /** Tries to place `count` pods of a level; on success the best placement has them, and lower levels again what fits. */
  #attempt(level: number, count: number, options: AttemptOptions): boolean {
    const { loads } = this.#space;
    const kept = this.#best;
    this.#effort.spend(STEPS_PER_ATTEMPT);
    loads.restore(kept);
    for (const pods of this.#levels.slice(level + 1)) {
      for (const pod of pods) if (loads.nodeOf[pod]! >= 0) loads.detach(pod);
    }
    if (!tryToPlace(this.#space, this.#levels[level]!, count, options)) return false;
    this.#accept(level, kept);
    return true;
  }

  /** Makes the loads the best placement, after lower levels have got what fits: preferably where `kept` has them. */
  #accept(level: number, kept: Int32Array): void {
    const { loads } = this.#space;
    for (const pods of this.#levels.slice(level + 1)) {
      for (const pod of pods) {
        if (kept[pod]! >= 0 && loads.fits(pod, kept[pod]!)) loads.attach(pod, kept[pod]!);
      }
      placeWhatFits(this.#space, pods);
    }
    this.#best = loads.nodeOf.slice();
    this.#counts = this.#levels.map((pods) => countPlaced(pods, this.#best));
    this.#bounds = this.#levels.map((_, at) => this.#boundAfter(at, level));
  }

  /** Bounds of levels down to `changed` stay: the counts above them did not change. Lower ones are computed anew. */
  #boundAfter(at: number, changed: number): number {
    return at <= changed ? this.#bounds[at]! : this.#countBound.most(at, this.#counts);
  }

  /** Tries to prove that no further pod of a level can be placed. */
  #refute(level: number, steps: number): void {
    const target = {
      problem: this.#problem,
      levels: this.#levels.slice(0, level + 1),
      counts: this.#counts.slice(0, level + 1),
    };
    target.counts[level]!++;
    const key = target.counts.join(' ');
    if (!this.#unrefuted.has(key)) {
      this.#unrefuted.add(key);
      const quick = refuteByPerfectFit(target);
      this.#effort.spend(quick.work);
      if (quick.impossible) {
        this.#bounds[level] = this.#counts[level]!;
        return;
      }
    }
    const search = new NodeByNodeSearch(target);
    let seen = 0;
    const answer = search.run((work) => {
      const done = work - seen;
      seen = work;
      return this.#effort.spend(done) || work >= steps;
    });
    if (answer === 'impossible') this.#bounds[level] = this.#counts[level]!;
    if (answer === 'possible') this.#take(search.placement(), level);
  }

  /** Takes a placement of the levels down to `level` as the best one, if it keeps all rules. */
  #take(placement: ReadonlyMap<number, number>, level: number): void {
    const { loads } = this.#space;
    loads.restore(new Int32Array(this.#problem.pods.length).fill(-1));
    for (const [pod, node] of placement) {
      if (!loads.fits(pod, node)) return;
      loads.attach(pod, node);
    }
    this.#accept(level, this.#best);
  }

  /** The best placement with few moves, and the proven least. */
  #withFewMoves(before: Int32Array): { nodeOf: Int32Array; moves: number; bound: number } {
    this.#effort.allow(SHARE_UP_TO_MOVES);
    const nodeOf = fewerMoves(this.#space, this.#best);
    const moves = movedPods(nodeOf, before).length;
    this.#effort.allow(1);
    let steps = 0;
    const least = leastMoves({
      problem: this.#problem,
      loads: this.#space.loads,
      levels: this.#levels,
      counts: this.#counts,
      known: moves,
      spend: (done) => {
        steps += done;
        return this.#effort.spend(done) || steps >= STEPS_FOR_LEAST_MOVES;
      },
    });
    if (least.nodeOf === undefined) return { nodeOf, moves, bound: least.bound };
    return { nodeOf: least.nodeOf, moves: least.bound, bound: least.bound };
  }

  #result(stop: PackingResult['stop']): PackingResult {
    const { pods } = this.#problem;
    const before = Int32Array.from(pods, (pod) => pod.node ?? -1);
    const moved = this.#withFewMoves(before);
    const priorities = priorityLevels(pods);
    const countsBefore = placedCounts(this.#problem, before);
    const levels: readonly LevelOutcome[] = priorities.map((priority, level) => ({
      priority,
      pods: pods.filter((pod) => pod.priority === priority).length,
      placed: this.#counts[level]!,
      placedBefore: countsBefore[level]!,
      bound: this.#bounds[level]!,
    }));
    const provenCounts = this.#firstOpen() < 0;
    return {
      nodeOf: moved.nodeOf,
      levels,
      provenCounts,
      moves: moved.moves,
      movesBound: moved.bound,
      alreadyOptimal: provenCounts && moved.moves === 0 && compareCounts(this.#counts, countsBefore) === 0,
      stop,
      work: this.#effort.work,
    };
  }
}

/** Pods that fit alone on some node that their rules allow, per level; the others can never run. */
function placeableLevels(problem: PackingProblem, empty: NodeLoads): readonly (readonly number[])[] {
  return priorityLevels(problem.pods).map((priority) =>
    [...problem.pods.keys()].filter(
      (pod) =>
        problem.pods[pod]!.priority === priority && problem.nodes.some((_, node) => empty.fits(pod, node)),
    ),
  );
}

function countPlaced(pods: readonly number[], nodeOf: Int32Array): number {
  return pods.reduce((sum, pod) => sum + (nodeOf[pod]! >= 0 ? 1 : 0), 0);
}
