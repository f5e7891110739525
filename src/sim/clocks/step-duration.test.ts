import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearSteps } from '../../../test/support/engine-fixtures.ts';
import { seconds } from '../../units/index.ts';
import { simulateEngine } from '../engine-simulation.ts';
import { StepDuration } from './step-duration.ts';

describe('StepDuration', () => {
  it('sums a run as its steps one by one, bound by the CPU, by the accelerator, or first by one, then by the other', () => {
    const seen = { cpu: 0, accelerator: 0, both: 0 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 100 }),
        (sequences, kvTokens, count, overhead) => {
          const law = { base: 0.01, perToken: 1e-5, perKvToken: 1e-6 };
          const stepOverhead = (): ReturnType<typeof seconds> => seconds(overhead * 2e-4);
          const duration = new StepDuration(linearSteps(law, { stepOverhead }), true);
          const batch = {
            prefillTokens: 0,
            prefillAttended: 0,
            decodeSequences: sequences,
            decodeKvTokens: kvTokens,
            sequences,
          };
          let sum = 0;
          let bound = 0;
          for (let i = 0; i < count; i++) {
            const time = duration.ofRankStep(batch, i, 0);
            sum += time;
            if (time === stepOverhead()) bound++;
          }
          expect(duration.ofRun(batch, count)).toBeCloseTo(sum, 9);
          expect(duration.ofStep(batch)).toBe(duration.ofRankStep(batch, 0, 0));
          seen[bound === count ? 'cpu' : bound === 0 ? 'accelerator' : 'both']++;
        },
      ),
      { numRuns: 500, seed: 3 },
    );
    expect(Math.min(seen.cpu, seen.accelerator, seen.both)).toBeGreaterThan(20);
  });

  it.each([NaN, -1e-3, Infinity])('refuses a step of %s seconds instead of simulating forever', (time) => {
    const broken = { ...linearSteps({ base: 0.01, perToken: 1e-5, perKvToken: 1e-6 }), kvBlocks: 1000 };
    const stepTime = (): ReturnType<typeof seconds> => time as ReturnType<typeof seconds>;
    const requests = {
      arrival: Float64Array.of(0, 0.5),
      isl: Int32Array.of(10, 10),
      osl: Int32Array.of(300, 300),
      cachedTokens: new Int32Array(2),
    };
    for (const steps of [
      { ...broken, stepTime },
      { ...broken, decodeRun: stepTime },
    ]) {
      expect(() =>
        simulateEngine({
          steps,
          requests,
          limits: { maxBatchedTokens: 512, maxSequences: 8 },
          prefixCache: false,
          limitsOfSlo: [],
        }),
      ).toThrow(/step time must be finite/);
    }
  });
});
