import type { NodeLoads } from './node-loads.ts';
import type { PackingProblem } from './problem.ts';

/** What is proven of the number of moves. */
export interface LeastMoves {
  /** No placement with the asked counts moves fewer pods. */
  readonly bound: number;
  /** A placement with exactly `bound` moves, when one was found. */
  readonly nodeOf?: Int32Array;
}

/** What the search for the least moves works on. */
export interface LeastMovesQuestion {
  readonly problem: PackingProblem;
  readonly loads: NodeLoads;
  /** Pods that can be placed at all, per level. */
  readonly levels: readonly (readonly number[])[];
  /** Pods to have placed, per level. */
  readonly counts: readonly number[];
  /** Moves of the placement known: sets of that size need not be tried. */
  readonly known: number;
  /** Whether to give up, told the steps since the last call. */
  readonly spend: (steps: number) => boolean;
}

/**
 * The least number of running pods that must leave their nodes to reach the counts, by trying every set of 0, 1, 2, … of them
 * ("iterative deepening"): all others stay, those of the set and the pending pods are placed exhaustively. Every size whose sets all failed
 * is proven too small; out of effort, the sizes proven so far are the bound.
 */
export function leastMoves(question: LeastMovesQuestion): LeastMoves {
  const search = new MoveSearch(question);
  let size = search.evictions;
  while (size < question.known) {
    const answer = search.trySize(size);
    if (answer === 'out-of-effort') return { bound: size };
    if (answer !== undefined) return { bound: size, nodeOf: answer };
    size++;
  }
  return { bound: question.known };
}

class MoveSearch {
  /** Pods that must go because their level has more pods on nodes now than in the counts. */
  readonly evictions: number;
  readonly #question: LeastMovesQuestion;
  readonly #bound: readonly number[];
  readonly #home: Int32Array;
  readonly #levelOf: Int32Array;
  #isOut = false;
  #steps = 0;

  constructor(question: LeastMovesQuestion) {
    const { problem, levels, counts } = question;
    this.#question = question;
    this.#home = Int32Array.from(problem.pods, (pod) => pod.node ?? -1);
    this.#levelOf = new Int32Array(problem.pods.length).fill(-1);
    levels.forEach((pods, level) => pods.forEach((pod) => (this.#levelOf[pod] = level)));
    this.#bound = [...problem.pods.keys()].filter((pod) => this.#home[pod]! >= 0);
    this.evictions = levels.reduce((sum, pods, level) => {
      const running = pods.filter((pod) => this.#home[pod]! >= 0).length;
      return sum + Math.max(0, running - counts[level]!);
    }, 0);
  }

  /** A placement that takes `size` pods off their nodes, undefined when there is none. */
  trySize(size: number): Int32Array | 'out-of-effort' | undefined {
    this.#question.loads.restore(this.#home);
    const found = this.#lift(size, 0, []);
    if (this.#isOut) return 'out-of-effort';
    return found ? this.#question.loads.nodeOf.slice() : undefined;
  }

  #lift(size: number, from: number, lifted: readonly number[]): boolean {
    const { loads } = this.#question;
    if (this.#tired()) return false;
    if (size === 0) return loads.overloaded.length === 0 && this.#place(lifted);
    for (let i = from; i <= this.#bound.length - size; i++) {
      const pod = this.#bound[i]!;
      loads.detach(pod);
      if (this.#lift(size - 1, i + 1, [...lifted, pod])) return true;
      if (this.#isOut) return false;
      loads.attach(pod, this.#home[pod]!);
    }
    return false;
  }

  /** Places pending and lifted pods so that the counts are met; leaves the loads as they were when it cannot. */
  #place(lifted: readonly number[]): boolean {
    const { loads, levels, counts } = this.#question;
    const needs = levels.map(
      (pods, level) => counts[level]! - pods.filter((pod) => loads.nodeOf[pod]! >= 0).length,
    );
    this.#steps += levels.length + this.#home.length / 16;
    if (needs.some((need) => need < 0)) return false;
    const isLifted = new Set(lifted);
    const waiting = levels.flatMap((pods, level) =>
      needs[level] === 0
        ? []
        : pods.filter((pod) => loads.nodeOf[pod]! < 0 && (isLifted.has(pod) || this.#home[pod]! < 0)),
    );
    const fitting = waiting.filter((pod) => this.#hasRoom(pod));
    return this.#assign(fitting, 0, needs);
  }

  #hasRoom(pod: number): boolean {
    const { loads } = this.#question;
    this.#steps += loads.nodes;
    for (let node = 0; node < loads.nodes; node++) if (loads.fits(pod, node)) return true;
    return false;
  }

  #assign(waiting: readonly number[], from: number, needs: number[]): boolean {
    if (needs.every((need) => need === 0)) return true;
    if (this.#tired()) return false;
    if (from === waiting.length || this.#cannotSuffice(waiting, from, needs)) return false;
    const { loads } = this.#question;
    const pod = waiting[from]!;
    const level = this.#levelOf[pod]!;
    if (needs[level]! > 0) {
      for (let node = 0; node < loads.nodes; node++) {
        if (node === this.#home[pod] || !loads.fits(pod, node)) continue;
        loads.attach(pod, node);
        needs[level]!--;
        if (this.#assign(waiting, from + 1, needs)) return true;
        needs[level]!++;
        loads.detach(pod);
      }
    }
    return this.#assign(waiting, from + 1, needs);
  }

  #cannotSuffice(waiting: readonly number[], from: number, needs: readonly number[]): boolean {
    const left = needs.map(() => 0);
    for (let i = from; i < waiting.length; i++) left[this.#levelOf[waiting[i]!]!]!++;
    return needs.some((need, level) => need > left[level]!);
  }

  #tired(): boolean {
    this.#steps += 1 + this.#question.loads.nodes;
    if (this.#steps > 2_000) {
      this.#isOut ||= this.#question.spend(this.#steps);
      this.#steps = 0;
    }
    return this.#isOut;
  }
}
