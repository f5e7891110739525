/** A measured point: argument and value. */
export type Point = readonly [x: number, y: number];

/**
 * A function through measured points: linear between them, constant below the first, and beyond the last one with the
 * slope of the last piece. Values are made to never fall (pool adjacent violators: runs that fall are replaced by their mean), so
 * that noise does not make more work look faster. Reading costs O(log points) and allocates nothing.
 */
export class PiecewiseLinear {
  readonly #xs: Float64Array;
  readonly #ys: Float64Array;

  /** @param points at least one, in any order; of several with one argument the mean counts. Not mutated. */
  constructor(points: readonly Point[]) {
    if (points.length === 0) throw new RangeError('a piecewise linear function needs a point');
    const groups = Map.groupBy(points, ([x]) => x);
    const xs = [...groups.keys()].sort((a, b) => a - b);
    this.#xs = Float64Array.from(xs);
    this.#ys = rising(xs.map((x) => mean((groups.get(x) ?? []).map(([, y]) => y))));
  }

  /** The arguments of the points, ascending. */
  get arguments(): Float64Array {
    return this.#xs;
  }

  /** The value at `x`. */
  at(x: number): number {
    const i = this.#piece(x);
    return this.#ys[i]! + this.#slope(i) * Math.max(0, x - this.#xs[i]!);
  }

  /** Σ of the values at `start`, `start + 1`, …, `count` of them, in closed form piece by piece. */
  sum(start: number, count: number): number {
    let total = 0;
    let done = 0;
    while (done < count) {
      const x = start + done;
      const i = this.#piece(x);
      const end = i + 1 < this.#xs.length ? this.#xs[i + 1]! : Infinity;
      const below = x < this.#xs[0]!;
      // Arguments x, x + 1, … below the end of the piece (one at least, where x is its last).
      const upTo = below ? this.#xs[0]! : end;
      const steps = Math.min(count - done, Math.max(1, Math.ceil(upTo - x)));
      const slope = below ? 0 : this.#slope(i);
      total += steps * this.at(x) + (slope * steps * (steps - 1)) / 2;
      done += steps;
    }
    return total;
  }

  /** Index of the last point at or below `x`; the first point's where there is none. */
  #piece(x: number): number {
    let low = 0;
    let high = this.#xs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#xs[middle]! <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #slope(i: number): number {
    const xs = this.#xs;
    if (xs.length < 2) return 0;
    const from = Math.min(i, xs.length - 2);
    return (this.#ys[from + 1]! - this.#ys[from]!) / (xs[from + 1]! - xs[from]!);
  }
}

/** The non-decreasing values nearest to `values` in squares. */
function rising(values: readonly number[]): Float64Array {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    pools.push({ sum: value, count: 1 });
    for (;;) {
      const last = pools.at(-1);
      const before = pools.at(-2);
      if (last === undefined || before === undefined) break;
      if (before.sum / before.count <= last.sum / last.count) break;
      pools.pop();
      before.sum += last.sum;
      before.count += last.count;
    }
  }
  return Float64Array.from(
    pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count)),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
