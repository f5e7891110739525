import type { KnapsackProblem } from './knapsack.ts';

/** The continuous relaxation of a knapsack. */
export interface ContinuousAnswer {
  /** Copies of each item, fractional in at most as many entries as there are resources. */
  readonly counts: Float64Array;
  /** Dual price of each resource, ≥ 0. */
  readonly prices: Float64Array;
  /** No choice is worth more: the dual objective at `prices`, valid whatever the simplex did. */
  readonly bound: number;
}

/** Values below this share of the largest one count as zero. */
const TOLERANCE = 1e-11;

/**
 * Solves max Σ value·x, Σ request·x ≤ capacity, 0 ≤ x ≤ most by the primal simplex method with bounded variables; the basis
 * has one column per resource, so it is kept as a dense inverse. Items with value ≤ 0 stay out. O(items × resources) per step.
 */
export function continuousKnapsack(problem: KnapsackProblem, values: Float64Array): ContinuousAnswer {
  const simplex = new BoundedSimplex(problem, values);
  simplex.run();
  const prices = simplex.prices();
  return { counts: simplex.counts(), prices, bound: dualObjective(problem, values, prices) };
}

/** capacity · prices + Σ most · max(0, value − request · prices): an upper bound for any prices ≥ 0. */
function dualObjective(problem: KnapsackProblem, values: Float64Array, prices: Float64Array): number {
  const { resources, requests, most, capacity } = problem;
  let total = capacity.reduce((sum, amount, r) => sum + amount * (prices[r] ?? 0), 0);
  for (let i = 0; i < values.length; i++) {
    let surplus = values[i] ?? 0;
    for (let r = 0; r < resources; r++) surplus -= (prices[r] ?? 0) * (requests[i * resources + r] ?? 0);
    if (surplus > 0) total += surplus * (most[i] ?? 0);
  }
  return total;
}

class BoundedSimplex {
  readonly #m: number;
  readonly #n: number;
  readonly #values: Float64Array;
  readonly #requests: Float64Array;
  readonly #most: Float64Array;
  /** Rows scaled to capacity 1 so that one tolerance serves all resources. */
  readonly #scale: Float64Array;
  /** Basic variable of each row: items 0..n−1, slacks n..n+m−1. */
  readonly #basis: Int32Array;
  readonly #inverse: Float64Array;
  /** Value of the basic variable of each row. */
  readonly #basic: Float64Array;
  /** Of nonbasic items: at its upper bound (1) or at zero (0). */
  readonly #atUpper: Uint8Array;
  readonly #isBasic: Uint8Array;
  readonly #price: Float64Array;
  readonly #step: Float64Array;

  constructor(problem: KnapsackProblem, values: Float64Array) {
    const m = problem.resources;
    const n = values.length;
    this.#m = m;
    this.#n = n;
    this.#values = values;
    this.#most = problem.most;
    this.#scale = Float64Array.from(problem.capacity, (amount) => 1 / Math.max(amount, 1e-9));
    this.#requests = new Float64Array(n * m);
    for (let i = 0; i < n; i++) {
      for (let r = 0; r < m; r++)
        this.#requests[i * m + r] = (problem.requests[i * m + r] ?? 0) * (this.#scale[r] ?? 0);
    }
    this.#basis = Int32Array.from({ length: m }, (_, r) => n + r);
    this.#inverse = new Float64Array(m * m);
    this.#basic = new Float64Array(m);
    for (let r = 0; r < m; r++) {
      this.#inverse[r * m + r] = 1;
      this.#basic[r] = (problem.capacity[r] ?? 0) > 0 ? 1 : 0;
    }
    this.#atUpper = new Uint8Array(n);
    this.#isBasic = new Uint8Array(n + m);
    for (let r = 0; r < m; r++) this.#isBasic[n + r] = 1;
    this.#price = new Float64Array(m);
    this.#step = new Float64Array(m);
  }

  run(): void {
    const limit = 20 * (this.#n + this.#m) + 100;
    for (let iteration = 0; iteration < limit; iteration++) {
      this.#computePrices();
      const entering = this.#entering();
      if (entering < 0) return;
      this.#move(entering);
    }
  }

  counts(): Float64Array {
    const counts = new Float64Array(this.#n);
    for (let i = 0; i < this.#n; i++) if (this.#atUpper[i] === 1) counts[i] = this.#most[i] ?? 0;
    for (let r = 0; r < this.#m; r++) {
      const variable = this.#basis[r] ?? 0;
      if (variable < this.#n) counts[variable] = Math.max(0, this.#basic[r] ?? 0);
    }
    return counts;
  }

  /** Prices per unit of each resource in the units of the problem. */
  prices(): Float64Array {
    this.#computePrices();
    return this.#price.map((price, r) => Math.max(0, price) * (this.#scale[r] ?? 0));
  }

  #computePrices(): void {
    const m = this.#m;
    this.#price.fill(0);
    for (let row = 0; row < m; row++) {
      const variable = this.#basis[row] ?? 0;
      const value = variable < this.#n ? (this.#values[variable] ?? 0) : 0;
      if (value === 0) continue;
      for (let r = 0; r < m; r++) {
        this.#price[r] = (this.#price[r] ?? 0) + value * (this.#inverse[row * m + r] ?? 0);
      }
    }
  }

  /** The nonbasic variable that gains most by moving off its bound; −1 at the optimum. Slacks are numbered after items. */
  #entering(): number {
    const m = this.#m;
    let best = -1;
    let bestGain = 0;
    for (let i = 0; i < this.#n; i++) {
      const value = this.#values[i] ?? 0;
      const most = this.#most[i] ?? 0;
      if (this.#isBasic[i] === 1 || value <= 0 || most <= 0) continue;
      let gain = value;
      for (let r = 0; r < m; r++) gain -= (this.#price[r] ?? 0) * (this.#requests[i * m + r] ?? 0);
      if (this.#atUpper[i] === 1) gain = -gain;
      if (gain <= TOLERANCE * value) continue;
      const total = gain * most;
      if (total > bestGain) {
        bestGain = total;
        best = i;
      }
    }
    if (best >= 0) return best;
    for (let r = 0; r < m; r++) {
      if (this.#isBasic[this.#n + r] === 0 && (this.#price[r] ?? 0) < -TOLERANCE) return this.#n + r;
    }
    return -1;
  }

  /** Moves the entering variable until it or a basic one meets a bound. */
  #move(entering: number): void {
    const m = this.#m;
    const isItem = entering < this.#n;
    const fromUpper = isItem && this.#atUpper[entering] === 1;
    for (let row = 0; row < m; row++) {
      let sum = 0;
      for (let r = 0; r < m; r++) {
        const entry = isItem ? (this.#requests[entering * m + r] ?? 0) : r === entering - this.#n ? 1 : 0;
        sum += (this.#inverse[row * m + r] ?? 0) * entry;
      }
      this.#step[row] = fromUpper ? -sum : sum;
    }
    let length = isItem ? (this.#most[entering] ?? 0) : Infinity;
    let leaving = -1;
    let leavesAtUpper = false;
    for (let row = 0; row < m; row++) {
      const step = this.#step[row] ?? 0;
      if (Math.abs(step) < 1e-12) continue;
      const value = this.#basic[row] ?? 0;
      const variable = this.#basis[row] ?? 0;
      const upper = variable < this.#n ? (this.#most[variable] ?? 0) : Infinity;
      const room = step > 0 ? value / step : (upper - value) / -step;
      if (room < length - 1e-15) {
        length = Math.max(0, room);
        leaving = row;
        leavesAtUpper = step < 0;
      }
    }
    if (length === Infinity) return;
    for (let row = 0; row < m; row++)
      this.#basic[row] = (this.#basic[row] ?? 0) - length * (this.#step[row] ?? 0);
    if (leaving < 0) {
      this.#atUpper[entering] = fromUpper ? 0 : 1;
      return;
    }
    const start = fromUpper ? (this.#most[entering] ?? 0) - length : length;
    this.#pivot(leaving, { entering, start, sign: fromUpper ? -1 : 1, leavesAtUpper });
  }

  #pivot(
    row: number,
    move: {
      readonly entering: number;
      readonly start: number;
      readonly sign: number;
      readonly leavesAtUpper: boolean;
    },
  ): void {
    const m = this.#m;
    const left = this.#basis[row] ?? 0;
    this.#isBasic[left] = 0;
    if (left < this.#n) this.#atUpper[left] = move.leavesAtUpper ? 1 : 0;
    this.#basis[row] = move.entering;
    this.#isBasic[move.entering] = 1;
    if (move.entering < this.#n) this.#atUpper[move.entering] = 0;
    this.#basic[row] = move.start;
    const pivot = (this.#step[row] ?? 0) * move.sign;
    for (let r = 0; r < m; r++) this.#inverse[row * m + r] = (this.#inverse[row * m + r] ?? 0) / pivot;
    for (let other = 0; other < m; other++) {
      if (other === row) continue;
      const factor = (this.#step[other] ?? 0) * move.sign;
      if (factor === 0) continue;
      for (let r = 0; r < m; r++) {
        this.#inverse[other * m + r] =
          (this.#inverse[other * m + r] ?? 0) - factor * (this.#inverse[row * m + r] ?? 0);
      }
    }
  }
}
