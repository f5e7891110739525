import type { AvailabilityModel } from '../../spot/index.ts';
import { SimplexLattice } from './simplex-lattice.ts';
import type { LatticeMixture } from './simplex-lattice.ts';

/**
 * How beliefs about the phase of an offering move in one step of its model, on a lattice of beliefs. Because it is seen whether there is
 * capacity, a belief is about phases of one kind only: points 0 to upPoints − 1 know of capacity, the others of none.
 */
export interface BeliefChain {
  readonly model: AvailabilityModel;
  readonly points: number;
  readonly upPoints: number;
  /** Lattice points that a step leads to from each point: `ways` with capacity, then `ways` without. */
  readonly ways: number;
  readonly target: Int32Array;
  /** Their probabilities; those of one point sum to 1. */
  readonly weight: Float64Array;
  /** Writes the mixture of lattice points that equals a belief. */
  readonly locate: (phases: Float64Array, isAvailable: boolean, into: LatticeMixture) => void;
}

/** The chain of a model with as many phases with capacity as without, on lattices of a resolution ≥ 1. */
export function beliefChain(model: AvailabilityModel, resolution: number): BeliefChain {
  const { phases, upPhases, transition } = model;
  const ways = upPhases;
  if (phases !== 2 * upPhases)
    throw new Error('a belief chain needs as many phases with capacity as without');
  const lattice = new SimplexLattice(ways, resolution);
  const upPoints = lattice.points.length;
  const points = 2 * upPoints;
  const target = new Int32Array(points * 2 * ways);
  const weight = new Float64Array(points * 2 * ways);
  const mixture: LatticeMixture = { points: new Int32Array(ways), weights: new Float64Array(ways) };
  const next = new Float64Array(phases);
  for (let point = 0; point < points; point++) {
    const first = point < upPoints ? 0 : upPhases;
    next.fill(0);
    lattice.points[point % upPoints]?.forEach((count, phase) => {
      for (let to = 0; to < phases; to++) {
        next[to] = (next[to] ?? 0) + (count / resolution) * (transition[(first + phase) * phases + to] ?? 0);
      }
    });
    for (const side of [0, 1]) {
      const share = normalise(next, side * ways, ways);
      lattice.locate(next, side * ways, mixture);
      const base = (point * 2 + side) * ways;
      for (let way = 0; way < ways; way++) {
        target[base + way] = (mixture.points[way] ?? 0) + side * upPoints;
        weight[base + way] = (mixture.weights[way] ?? 0) * share;
      }
    }
  }
  const locate: BeliefChain['locate'] = (belief, isAvailable, into) => {
    lattice.locate(belief, isAvailable ? 0 : ways, into);
    if (!isAvailable)
      for (let way = 0; way < ways; way++) into.points[way] = (into.points[way] ?? 0) + upPoints;
  };
  return { model, points, upPoints, ways, target, weight, locate };
}

/** Scales a part of a vector to sum 1 and returns what it summed to; an empty part becomes even. */
function normalise(values: Float64Array, from: number, length: number): number {
  let sum = 0;
  for (let index = from; index < from + length; index++) sum += values[index] ?? 0;
  for (let index = from; index < from + length; index++) {
    values[index] = sum > 0 ? (values[index] ?? 0) / sum : 1 / length;
  }
  return sum;
}
