import { WHOLE_GPU_MILLI } from './pod-shape.ts';
import type { ShapeWeight } from './pod-shape.ts';

/** Sizes beyond the most frequent ones are priced by what they leave to the others. *Assumed*: bounds the work of the duals. */
const MAX_SIZES = 64;
/** Columns beyond which the duals are taken as they are (scaled to be feasible). *Assumed*; about two per size are needed. */
const MAX_COLUMNS = 1000;
const TOLERANCE = 1e-9;

/**
 * What a free share of r milli of one GPU is worth, for r = 0..1000, in whole GPUs: the part of a GPU that pods of the mix
 * could still fill if GPUs were packed as well as the mix allows. 0 for a share that is left over anyway, 1 for a whole GPU.
 *
 * It is the value function of the knapsack with the dual prices of the cutting-stock problem (Gilmore and Gomory, 1961): pack
 * the shares of the mix into the fewest GPUs; a pod of share k has price u_k, and V(r) is the most that pods of total share at
 * most r cost. Whoever takes share k of a GPU with r free wastes V(r) - V(r-k) - u_k, which is zero in a best packing.
 */
export function shareValues(mix: readonly ShapeWeight[]): Float64Array {
  const weights = new Map<number, number>();
  for (const { shape, weight } of mix) {
    if (shape.gpus === 0 || shape.gpuMilli >= WHOLE_GPU_MILLI) continue;
    weights.set(shape.gpuMilli, (weights.get(shape.gpuMilli) ?? 0) + weight * shape.gpus);
  }
  const frequent = [...weights].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, MAX_SIZES);
  const sizes = Int32Array.from(frequent, ([size]) => size);
  const total = frequent.reduce((sum, [, weight]) => sum + weight, 0);
  const demand = Float64Array.from(frequent, ([, weight]) => weight / total);
  const { value } = knapsack(sizes, cuttingStockPrices(sizes, demand));
  const scale = Math.max(1, value[WHOLE_GPU_MILLI]!);
  const values = value.map((worth) => worth / scale);
  values[WHOLE_GPU_MILLI] = 1;
  return values;
}

/** Dual prices of the sizes by column generation: a dense simplex over packings of one GPU. */
function cuttingStockPrices(sizes: Int32Array, demand: Float64Array): Float64Array {
  const count = sizes.length;
  const perGpu = Float64Array.from(sizes, (size) => Math.floor(WHOLE_GPU_MILLI / size));
  const inverse = Array.from(perGpu, (fit, i) =>
    new Float64Array(count).map((_, j) => (i === j ? 1 / fit : 0)),
  );
  const level = demand.map((amount, i) => amount / perGpu[i]!);
  let prices = new Float64Array(count);
  for (let columns = 0; columns < MAX_COLUMNS; columns++) {
    prices = new Float64Array(count);
    for (const row of inverse) for (let j = 0; j < count; j++) prices[j]! += row[j]!;
    const { value, packing } = knapsack(sizes, prices);
    if (value[WHOLE_GPU_MILLI]! < 1 + TOLERANCE || !pivot(inverse, level, packing)) break;
  }
  return prices.map((price) => Math.max(0, price));
}

/** Brings one packing into the basis. False when it would make no packing leave, which ends the search. */
function pivot(inverse: readonly Float64Array[], level: Float64Array, packing: Float64Array): boolean {
  const direction = Float64Array.from(inverse, (row) =>
    row.reduce((sum, entry, j) => sum + entry * packing[j]!, 0),
  );
  let out = -1;
  let step = Infinity;
  for (let i = 0; i < direction.length; i++) {
    if (direction[i]! <= TOLERANCE) continue;
    const ratio = level[i]! / direction[i]!;
    if (ratio < step) {
      step = ratio;
      out = i;
    }
  }
  if (out < 0) return false;
  const leaving = inverse[out]!;
  for (let j = 0; j < leaving.length; j++) leaving[j]! /= direction[out]!;
  for (let i = 0; i < inverse.length; i++) {
    const factor = direction[i]!;
    if (i === out || factor === 0) continue;
    const row = inverse[i]!;
    for (let j = 0; j < row.length; j++) row[j]! -= factor * leaving[j]!;
    level[i]! -= factor * step;
  }
  level[out] = step;
  return true;
}

/** The dearest packing of up to r milli for every r, and how often each size is in the one of a whole GPU. */
function knapsack(
  sizes: Int32Array,
  prices: Float64Array,
): { readonly value: Float64Array; readonly packing: Float64Array } {
  const value = new Float64Array(WHOLE_GPU_MILLI + 1);
  const last = new Int32Array(WHOLE_GPU_MILLI + 1).fill(-1);
  for (let r = 1; r <= WHOLE_GPU_MILLI; r++) {
    value[r] = value[r - 1]!;
    for (let k = 0; k < sizes.length; k++) {
      if (sizes[k]! > r) continue;
      const worth = value[r - sizes[k]!]! + prices[k]!;
      if (worth > value[r]! + 1e-12) {
        value[r] = worth;
        last[r] = k;
      }
    }
  }
  const packing = new Float64Array(sizes.length);
  for (let r = WHOLE_GPU_MILLI; r > 0;) {
    const k = last[r]!;
    if (k < 0) r--;
    else {
      packing[k]! += 1;
      r -= sizes[k]!;
    }
  }
  return { value, packing };
}
