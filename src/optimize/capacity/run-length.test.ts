import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MeasuringBench } from './measure.ts';
import { smallField } from '../testing/small-field.ts';
import { decodingAtOnce, runLength } from './run-length.ts';

const FIELD = smallField();
const { steps } = new MeasuringBench(FIELD.subject).performanceOf(FIELD.shape('bf16-tp1'));
const BATCH = { maxBatchedTokens: 4096, maxSequences: 256 };
const REPLICAS = { steps, batch: BATCH, replicas: 1, isl: 1000, osl: 200 };
const rate = fc.double({ min: 0.01, max: 1000, noNaN: true });

describe('decodingAtOnce', () => {
  it('grows with the rate up to what the limits hold, of all replicas together', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 1, max: 10, noNaN: true }), (low, factor) => {
        const [less, more] = [low, low * factor].map((x) => decodingAtOnce({ ...REPLICAS, rate: x }));
        expect(more!).toBeGreaterThanOrEqual(less! * (1 - 1e-9));
        expect(more!).toBeLessThanOrEqual(BATCH.maxSequences);
        const twice = decodingAtOnce({ ...REPLICAS, replicas: 2, rate: 2 * low });
        expect(twice).toBeCloseTo(2 * less!, 6);
      }),
    );
    expect(decodingAtOnce({ ...REPLICAS, rate: 1e6 })).toBe(BATCH.maxSequences);
  });

  it("follows Little's law well below the limits", () => {
    const inFlight = decodingAtOnce({ ...REPLICAS, rate: 3 });
    const step = steps.stepTime(0, 0, inFlight, inFlight * 1100);
    expect(inFlight / (3 * 199 * step)).toBeCloseTo(1, 3);
  });

  it('is none of requests of one token, and no more than the cache holds', () => {
    expect(decodingAtOnce({ ...REPLICAS, rate: 5, osl: 1 })).toBe(0);
    const small = { ...steps, kvBlocks: 500 };
    const held = decodingAtOnce({ ...REPLICAS, steps: small, rate: 1000 });
    expect(held * 1100).toBeLessThanOrEqual(500 * steps.blockTokens);
  });
});

describe('runLength', () => {
  it('lies between what was asked for and the longest, and warms up a tenth to a half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5000, noNaN: true }), fc.nat(4000), (inFlight, count) => {
        const run = runLength(inFlight, count, 8000);
        expect(run.count).toBeGreaterThanOrEqual(count);
        expect(run.count).toBeLessThanOrEqual(8000);
        expect(run.warmupShare).toBeGreaterThanOrEqual(0.1);
        expect(run.warmupShare).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('fills the replica six times over where the longest allows, two of them to warm up', () => {
    expect(runLength(500, 1000, 8000)).toEqual({ count: 3000, warmupShare: 1 / 3 });
    expect(runLength(1, 1000, 8000)).toEqual({ count: 1000, warmupShare: 0.1 });
  });
});
