import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimplexLattice } from './simplex-lattice.ts';

describe('a lattice of probability vectors', () => {
  it('has all vectors of multiples, 20 of four entries in thirds', () => {
    const { points } = new SimplexLattice(4, 3);
    expect(points).toHaveLength(20);
    expect(points.every((point) => point.reduce((sum, count) => sum + count, 0) === 3)).toBe(true);
  });

  it('mixes its points to any vector', () => {
    const shape = fc.record({
      values: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 5 }),
      resolution: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(shape, ({ values, resolution }) => {
        const sum = values.reduce((total, value) => total + value, 0);
        fc.pre(sum > 0);
        const vector = Float64Array.from(values, (value) => value / sum);
        const lattice = new SimplexLattice(vector.length, resolution);
        const mixture = { points: new Int32Array(vector.length), weights: new Float64Array(vector.length) };
        lattice.locate(vector, 0, mixture);
        expect(mixture.weights.every((weight) => weight >= 0)).toBe(true);
        vector.forEach((value, entry) => {
          let mixed = 0;
          mixture.points.forEach((point, corner) => {
            mixed += ((mixture.weights[corner] ?? 0) * (lattice.points[point]?.[entry] ?? 0)) / resolution;
          });
          expect(mixed).toBeCloseTo(value, 6);
        });
      }),
    );
  });

  it('gives a point of its own whole weight', () => {
    const lattice = new SimplexLattice(3, 4);
    const mixture = { points: new Int32Array(3), weights: new Float64Array(3) };
    lattice.locate(Float64Array.of(0.25, 0, 0.75), 0, mixture);
    const heaviest = mixture.weights.indexOf(Math.max(...mixture.weights));
    expect(mixture.weights[heaviest]).toBeCloseTo(1, 9);
    expect(lattice.points[mixture.points[heaviest] ?? 0]).toEqual([1, 0, 3]);
  });
});
