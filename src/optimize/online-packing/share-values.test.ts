import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { shareValues } from './share-values.ts';
import type { ShapeWeight } from './pod-shape.ts';

const mixOf = (weights: Readonly<Record<number, number>>): readonly ShapeWeight[] =>
  Object.entries(weights).map(([gpuMilli, weight]) => ({
    shape: { cpuMilli: 0, memoryMib: 0, gpus: 1, gpuMilli: Number(gpuMilli), models: [] },
    weight,
  }));

describe('the value of a free share', () => {
  it('is nothing below a whole GPU when no pod shares', () => {
    const values = shareValues(mixOf({ 1000: 5 }));
    expect(values[999]).toBe(0);
    expect(values[1000]).toBe(1);
  });

  it('is a whole GPU for a share that nothing else fits beside, and nothing for what it leaves', () => {
    const values = shareValues(mixOf({ 810: 3, 1000: 1 }));
    expect(values[810]).toBeCloseTo(1);
    expect(values[190]).toBe(0);
  });

  it('is the count of equal shares per GPU', () => {
    const values = shareValues(mixOf({ 320: 1 }));
    expect(values[320]).toBeCloseTo(1 / 3);
    expect(values[639]).toBeCloseTo(1 / 3);
    expect(values[640]).toBeCloseTo(2 / 3);
  });

  it('makes the plentiful one of two partners cheap', () => {
    const scarceSmall = shareValues(mixOf({ 700: 10, 300: 1 }));
    expect(scarceSmall[700]).toBeCloseTo(1);
    expect(scarceSmall[300]).toBeCloseTo(0);
    const plentySmall = shareValues(mixOf({ 700: 1, 300: 10 }));
    expect(plentySmall[300]).toBeCloseTo(1 / 3);
    expect(plentySmall[700]).toBeCloseTo(2 / 3);
  });

  it('equals the fewest GPUs of the mix where that is known: perfect pairs', () => {
    const values = shareValues(mixOf({ 550: 2, 450: 2, 800: 1, 200: 1 }));
    const gpus = 2 * values[550]! + 2 * values[450]! + values[800]! + values[200]!;
    expect(gpus).toBeCloseTo(3);
  });

  it('never values a packing of one GPU above one GPU, and more free share never less', () => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomStream(seed, 'shares');
      const mix: Record<number, number> = {};
      for (let k = 0; k < 1 + stream.integer(30); k++) mix[1 + stream.integer(999)] = 1 + stream.integer(9);
      const values = shareValues(mixOf(mix));
      for (let r = 1; r <= 1000; r++) expect(values[r]).toBeGreaterThanOrEqual(values[r - 1]!);
      for (let trial = 0; trial < 200; trial++) {
        let left = 1000;
        let worth = 0;
        for (;;) {
          const fitting = Object.keys(mix)
            .map(Number)
            .filter((size) => size <= left);
          if (fitting.length === 0) break;
          const size = fitting[stream.integer(fitting.length)]!;
          left -= size;
          worth += values[size]!;
        }
        expect(worth).toBeLessThanOrEqual(1 + 1e-6);
      }
    }
  });
});
