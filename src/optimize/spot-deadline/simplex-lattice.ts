/** A point of a simplex as a mixture of lattice points. */
export interface LatticeMixture {
  /** Numbers of the points, one per coordinate. */
  readonly points: Int32Array;
  /** Their weights, ≥ 0, sum 1. */
  readonly weights: Float64Array;
}

/**
 * The points of the simplex of probability vectors with `size` entries whose entries are multiples of 1 / `resolution`, and the way from any
 * vector to a mixture of at most `size` of them that lie around it (Freudenthal's triangulation, as Lovejoy 1991 uses it on beliefs).
 */
export class SimplexLattice {
  readonly size: number;
  readonly resolution: number;
  /** The points as whole numbers that sum to the resolution. */
  readonly points: readonly (readonly number[])[];
  readonly #numberOf = new Map<number, number>();
  readonly #floors: Float64Array;
  readonly #rests: Float64Array;
  readonly #order: number[];

  constructor(size: number, resolution: number) {
    this.size = size;
    this.resolution = resolution;
    this.points = compositions(size, resolution);
    this.points.forEach((point, number) => this.#numberOf.set(this.#key(partialSums(point)), number));
    this.#floors = new Float64Array(size);
    this.#rests = new Float64Array(size);
    this.#order = Array.from({ length: size - 1 }, (_, index) => index + 1);
  }

  /** Writes the mixture of lattice points equal to the probability vector `values[from, from + size)` to `into`. */
  locate(values: Float64Array, from: number, into: LatticeMixture): void {
    const { size, resolution } = this;
    const [floors, rests, order] = [this.#floors, this.#rests, this.#order];
    let sum = 0;
    for (let index = size - 1; index >= 0; index--) {
      sum += values[from + index] ?? 0;
      const scaled = index === 0 ? resolution : Math.min(resolution, sum * resolution);
      // Sums of probabilities miss whole numbers by rounding.
      floors[index] = Math.floor(scaled + 1e-9);
      rests[index] = Math.max(0, scaled - (floors[index] ?? 0));
    }
    order.sort((a, b) => (rests[b] ?? 0) - (rests[a] ?? 0) || a - b);
    for (let corner = 0; corner < size; corner++) {
      if (corner > 0) {
        const raised = order[corner - 1] ?? 0;
        floors[raised] = (floors[raised] ?? 0) + 1;
      }
      const before = corner === 0 ? 1 : (rests[order[corner - 1] ?? 0] ?? 0);
      const after = corner === size - 1 ? 0 : (rests[order[corner] ?? 0] ?? 0);
      // A corner outside the simplex has weight 0 up to rounding; any point may stand for it.
      const number = this.#numberOf.get(this.#key(floors));
      into.points[corner] = number ?? 0;
      into.weights[corner] = number === undefined ? 0 : Math.max(0, before - after);
    }
  }

  #key(sums: ArrayLike<number>): number {
    let key = 0;
    for (let index = 0; index < this.size; index++) key = key * (this.resolution + 2) + (sums[index] ?? 0);
    return key;
  }
}

/** All vectors of `size` whole numbers ≥ 0 that sum to `total`. */
function compositions(size: number, total: number): readonly (readonly number[])[] {
  if (size === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, first) =>
    compositions(size - 1, total - first).map((rest) => [first, ...rest]),
  ).flat();
}

/** Sums of a vector from each index to its end. */
function partialSums(values: readonly number[]): readonly number[] {
  return values.map((_, index) => values.slice(index).reduce((sum, value) => sum + value, 0));
}
