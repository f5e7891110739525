import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivalProfile, BatchLimits, LatencyLimit, Percentile } from '../../model/index.ts';
import { milliseconds, seconds } from '../../units/index.ts';
import { BATCH_LIMITS, WIDEST_BATCH } from '../candidates/batch-limits.ts';
import type { Shape } from '../candidates/shape.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { chat, modelNamed, smallField } from '../testing/small-field.ts';
import { BoundedLoads } from './bounded-loads.ts';
import { capacityBound } from './capacity-bound.ts';
import { stepCosts } from './step-costs.ts';

/** Requests of the runs, more where so many do not fill a replica, and of the longest ones. */
const SHORT = 1500;
const LONGEST = 16_000;
const DENSE = smallField({ accelerators: 4 });
const EXPERTS = smallField({
  accelerators: 4,
  architecture: modelNamed('Qwen/Qwen3-30B-A3B'),
  facts: { precisions: ['fp8-block'] },
});
/** Whole, tensor parallel, pipelines, ranks in lockstep, ranks apart, experts whole and cut. */
const SHAPES: readonly Shape[] = [
  ...['tp1', 'tp2', 'tp1-pp2', 'tp2-pp2', 'tp1-dp2-ff2'].map((cut) => DENSE.shape(`bf16-${cut}`)),
  ...['tp1', 'tp2-ep2', 'tp1-dp2-ep2', 'tp1-dp4-ep4', 'tp1-pp2', 'tp1-dp2'].map((cut) =>
    EXPERTS.shape(`fp8-block-${cut}`),
  ),
];

interface Case {
  readonly shape: Shape;
  readonly batch: BatchLimits;
  readonly profile: ArrivalProfile;
  readonly limits: readonly LatencyLimit[];
  readonly seed: number;
}

const percentile = fc.constantFrom<Percentile>('p50', 'p90', 'p95', 'p99');
const tpot = fc
  .tuple(percentile, fc.integer({ min: 8, max: 80 }))
  .map(([of, limit]): LatencyLimit => ({ metric: 'tpot', percentile: of, limit: milliseconds(limit) }));
const ttft = fc
  .tuple(percentile, fc.double({ min: 0.4, max: 3, noNaN: true }))
  .map(([of, limit]): LatencyLimit => ({ metric: 'ttft', percentile: of, limit: seconds(limit) }));
/** Limits that say how long a request may stay, and others. */
const both = fc.tuple(
  tpot,
  ttft.filter((limit) => limit.percentile !== 'p50'),
);
const fewer = fc.oneof(fc.constant([]), fc.tuple(tpot), fc.tuple(ttft));
/** Median lengths, how far the longest are from the shortest, and the share of prompts that is cached. */
const profile = fc
  .record({
    isl: fc.integer({ min: 50, max: 1200 }),
    osl: fc.integer({ min: 5, max: 300 }),
    spread: fc.double({ min: 1, max: 2.5, noNaN: true }),
    hitRate: fc.constantFrom(0, 0, 0.5),
  })
  .map(({ isl, osl, spread, hitRate }) => {
    const around = (x: number): number[] => [x / spread, x, x * spread].map((value) => Math.round(value));
    return chat({
      lengths: { inputQuantiles: around(isl), outputQuantiles: [around(osl)] },
      prefix: { hitRate },
    });
  });
const casesOf = (limits: fc.Arbitrary<readonly LatencyLimit[]>): fc.Arbitrary<Case> =>
  fc.record({
    shape: fc.constantFrom(...SHAPES),
    batch: fc.constantFrom(...BATCH_LIMITS),
    profile,
    limits,
    seed: fc.integer({ min: 1, max: 1000 }),
  });

/** What a case carries in runs of `count` requests, over its bound; undefined where it carries nothing. */
function shareOfBound(
  { shape, batch, profile: lengths, limits, seed }: Case,
  count: number,
): number | undefined {
  const bench = new MeasuringBench({ ...DENSE.subject, profile: lengths, limits, seed, longest: LONGEST });
  const { steps } = bench.performanceOf(shape, batch);
  const replica = { steps, costs: stepCosts(steps, WIDEST_BATCH), batch };
  const loads = new BoundedLoads(bench.sample(LONGEST)).under(bench.limitsFor(shape));
  const bound = Math.min(...loads.map((load) => capacityBound(replica, load)));
  const found = bench.perform({ method: 'find', args: { shape, batch, count, tolerance: 0.005 } });
  return found.value.load > 0 ? found.value.load / bound : undefined;
}

describe('capacityBound', () => {
  it('is never exceeded by a simulated capacity, whatever the shape, limits, lengths, prefixes and seed', () => {
    const shares: number[] = [];
    fc.assert(
      fc.property(casesOf(both), (one) => {
        const share = shareOfBound(one, SHORT);
        if (share === undefined) return;
        shares.push(share);
        expect(share).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100, seed: 4 },
    );
    // Cases enough that carry something near it, of which the nearest shows that the bound is no loose one.
    expect(shares.filter((share) => share > 0.2).length).toBeGreaterThan(48);
    expect(Math.max(...shares)).toBeGreaterThan(0.75);
  });

  it('is not exceeded in the longest runs where limits leave open how long a request may stay', () => {
    fc.assert(
      fc.property(casesOf(fewer), (one) => {
        expect(shareOfBound(one, LONGEST) ?? 0).toBeLessThanOrEqual(1);
      }),
      { numRuns: 12, seed: 5 },
    );
  });
});
