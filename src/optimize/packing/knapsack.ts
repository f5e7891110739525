import { continuousKnapsack } from './continuous-knapsack.ts';

/** What to choose from and into what: a bounded knapsack with several resources. */
export interface KnapsackProblem {
  /** Number of resources. */
  readonly resources: number;
  /** Requests item by item: entry `i · resources + r`. */
  readonly requests: Float64Array;
  /** Most copies of each item, ≥ 0, finite. */
  readonly most: Float64Array;
  /** One entry per resource. */
  readonly capacity: readonly number[];
  /** For each item those that may not be chosen beside it; absent: all may. */
  readonly apart?: readonly (readonly number[])[];
}

/** A choice and how good any choice can be. */
export interface KnapsackAnswer {
  /** Copies of each item. */
  readonly counts: Float64Array;
  readonly value: number;
  /** No choice is worth more than this. Items that may not go together are not counted as a limit. */
  readonly bound: number;
}

/** Branches of one search: enough to close nodes of some tens of pods (assumed; the bound stays valid when it stops). */
const MOST_BRANCHES = 3_000;

/**
 * The most valuable choice found for item values `values` (those ≤ 0 are never chosen) and a bound: the continuous relaxation
 * rounded down and filled up, then depth-first branch and bound on the surrogate constraint of its dual prices. When the search
 * runs through, value and bound are equal (where no items are apart). Relaxation and surrogate: Martello & Toth, Knapsack Problems, 1990.
 */
export function knapsack(problem: KnapsackProblem, values: Float64Array): KnapsackAnswer {
  const relaxed = continuousKnapsack(problem, values);
  const n = values.length;
  const { resources, requests } = problem;
  const weight = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < resources; r++)
      weight[i] = (weight[i] ?? 0) + (relaxed.prices[r] ?? 0) * (requests[i * resources + r] ?? 0);
  }
  const efficiency = (i: number): number => (values[i] ?? 0) / Math.max(weight[i] ?? 0, 1e-300);
  const order = Array.from({ length: n }, (_, i) => i)
    .filter((i) => (values[i] ?? 0) > 0 && (problem.most[i] ?? 0) > 0 && fits(problem, i))
    .sort((a, b) => efficiency(b) - efficiency(a) || (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const greedy = filledUp(problem, { values, order, start: relaxed.counts });
  if (greedy.value >= relaxed.bound * (1 - 1e-9)) return { ...greedy, bound: relaxed.bound };
  return new Branching(problem, {
    values,
    weight,
    order,
    prices: relaxed.prices,
    upper: relaxed.bound,
  }).search(greedy);
}

function fits(problem: KnapsackProblem, item: number): boolean {
  for (let r = 0; r < problem.resources; r++) {
    if ((problem.requests[item * problem.resources + r] ?? 0) > (problem.capacity[r] ?? 0)) return false;
  }
  return true;
}

/** The fractional counts rounded down, then items in `order` as long as they fit. */
function filledUp(
  problem: KnapsackProblem,
  from: { readonly values: Float64Array; readonly order: readonly number[]; readonly start: Float64Array },
): { readonly counts: Float64Array; readonly value: number } {
  const { resources, requests } = problem;
  const left = Float64Array.from(problem.capacity);
  const counts = new Float64Array(from.values.length);
  let value = 0;
  const add = (item: number, wanted: number): void => {
    if (problem.apart?.[item]?.some((other) => (counts[other] ?? 0) > 0) === true) return;
    let most = wanted;
    for (let r = 0; r < resources; r++) {
      const request = requests[item * resources + r] ?? 0;
      if (request > 0) most = Math.min(most, Math.floor((left[r] ?? 0) / request + 1e-9));
    }
    if (most <= 0) return;
    counts[item] = (counts[item] ?? 0) + most;
    value += most * (from.values[item] ?? 0);
    for (let r = 0; r < resources; r++)
      left[r] = (left[r] ?? 0) - most * (requests[item * resources + r] ?? 0);
  };
  for (const item of from.order) add(item, Math.floor((from.start[item] ?? 0) + 1e-9));
  for (const item of from.order) add(item, (problem.most[item] ?? 0) - (counts[item] ?? 0));
  return { counts, value };
}

/** Depth-first search over how often each item is chosen, most efficient items first. */
class Branching {
  readonly #problem: KnapsackProblem;
  readonly #values: Float64Array;
  readonly #weight: Float64Array;
  readonly #order: readonly number[];
  readonly #left: Float64Array;
  readonly #counts: Float64Array;
  readonly #best: Float64Array;
  readonly #upper: number;
  #surrogate: number;
  #value = 0;
  #bestValue = 0;
  #branches = 0;
  /** Largest bound of a branch that was not looked into. */
  #open = 0;

  constructor(
    problem: KnapsackProblem,
    facts: {
      readonly values: Float64Array;
      readonly weight: Float64Array;
      readonly order: readonly number[];
      readonly prices: Float64Array;
      readonly upper: number;
    },
  ) {
    this.#problem = problem;
    this.#values = facts.values;
    this.#weight = facts.weight;
    this.#order = facts.order;
    this.#upper = facts.upper;
    this.#left = Float64Array.from(problem.capacity);
    this.#counts = new Float64Array(facts.values.length);
    this.#best = new Float64Array(facts.values.length);
    this.#surrogate = problem.capacity.reduce((sum, amount, r) => sum + amount * (facts.prices[r] ?? 0), 0);
  }

  search(start: { readonly counts: Float64Array; readonly value: number }): KnapsackAnswer {
    this.#best.set(start.counts);
    this.#bestValue = start.value;
    this.#descend(0);
    const bound = Math.min(this.#upper, Math.max(this.#bestValue, this.#open));
    return { counts: this.#best, value: this.#bestValue, bound };
  }

  #descend(depth: number): void {
    const item = this.#order[depth];
    if (item === undefined) return;
    const weight = this.#weight[item] ?? 0;
    const value = this.#values[item] ?? 0;
    const room = this.#roomFor(item);
    for (let count = room; count >= 0; count--) {
      const reached = this.#value + count * value;
      if (reached > this.#bestValue) this.#keep(item, count, reached);
      const bound = reached + this.#boundOfRest(depth + 1, this.#surrogate - count * weight);
      if (bound <= this.#bestValue * (1 + 1e-12)) {
        // Fewer copies of this item only lower the bound when it is the most efficient one left.
        if (weight > 0) return;
        continue;
      }
      if (this.#branches >= MOST_BRANCHES) {
        this.#open = Math.max(this.#open, bound);
        return this.#leaveRest(depth, count);
      }
      this.#branches++;
      this.#take(item, count);
      this.#descend(depth + 1);
      this.#take(item, -count);
    }
  }

  /** Counts the branches of fewer copies as open; the first is the best of them. */
  #leaveRest(depth: number, count: number): void {
    const item = this.#order[depth] ?? 0;
    for (let less = count - 1; less >= 0; less--) {
      const reached = this.#value + less * (this.#values[item] ?? 0);
      const bound =
        reached + this.#boundOfRest(depth + 1, this.#surrogate - less * (this.#weight[item] ?? 0));
      this.#open = Math.max(this.#open, bound);
    }
  }

  #keep(item: number, count: number, value: number): void {
    this.#best.set(this.#counts);
    this.#best[item] = count;
    this.#bestValue = value;
  }

  #roomFor(item: number): number {
    if (this.#problem.apart?.[item]?.some((other) => (this.#counts[other] ?? 0) > 0) === true) return 0;
    const { resources, requests } = this.#problem;
    let room = this.#problem.most[item] ?? 0;
    for (let r = 0; r < resources; r++) {
      const request = requests[item * resources + r] ?? 0;
      if (request > 0) room = Math.min(room, Math.floor((this.#left[r] ?? 0) / request + 1e-9));
    }
    return room;
  }

  #take(item: number, count: number): void {
    const { resources, requests } = this.#problem;
    this.#counts[item] = (this.#counts[item] ?? 0) + count;
    this.#value += count * (this.#values[item] ?? 0);
    this.#surrogate -= count * (this.#weight[item] ?? 0);
    for (let r = 0; r < resources; r++) {
      this.#left[r] = (this.#left[r] ?? 0) - count * (requests[item * resources + r] ?? 0);
    }
  }

  /** What items from `depth` on can add within the surrogate capacity: the continuous choice, most efficient first. */
  #boundOfRest(depth: number, surrogate: number): number {
    let left = surrogate;
    let value = 0;
    for (let at = depth; at < this.#order.length && left > 0; at++) {
      const item = this.#order[at] ?? 0;
      const weight = this.#weight[item] ?? 0;
      const most = this.#problem.most[item] ?? 0;
      if (weight <= 0) {
        value += most * (this.#values[item] ?? 0);
        continue;
      }
      const copies = Math.min(most, left / weight);
      value += copies * (this.#values[item] ?? 0);
      left -= copies * weight;
    }
    return value;
  }
}
