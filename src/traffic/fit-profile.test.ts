import { describe, expect, it } from 'vitest';
import type { RequestColumns } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
import { fitProfile } from './fit-profile.ts';
import { quantileAt } from './quantiles.ts';
import { atRate, sampleShape } from './sample.ts';
import { profileStatistics } from './statistics.ts';
import { simpleProfile } from './testing/profile.ts';

const PROVENANCE = { evidence: 'measured', source: 'made for tests' } as const;
const DAY = 86_400;

/** Log-normal lengths whose outputs lean on the inputs, Poisson arrivals at 10/s. */
function logNormalTrace(count: number): RequestColumns {
  const stream = randomStream(5, 'test/fit');
  const trace = {
    arrival: new Float64Array(count),
    isl: new Int32Array(count),
    osl: new Int32Array(count),
    cachedTokens: new Int32Array(count),
  };
  let time = 0;
  for (let i = 0; i < count; i++) {
    const size = stream.normal();
    trace.arrival[i] = time += stream.exponential() / 10;
    trace.isl[i] = Math.max(1, Math.round(Math.exp(6.5 + size)));
    trace.osl[i] = Math.max(1, Math.round(Math.exp(5 + 0.4 * size + 0.6 * stream.normal())));
    trace.cachedTokens[i] = size > 1 && stream.uniform() < 0.7 ? Math.floor((trace.isl[i] ?? 0) * 0.9) : 0;
  }
  return trace;
}

function meanOf(values: Int32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function fitted(trace: RequestColumns) {
  const outcome = fitProfile(trace, { name: 'fit', provenance: PROVENANCE });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join());
  return outcome.value;
}

describe('fitProfile', () => {
  const trace = logNormalTrace(40_000);
  const profile = fitted(trace);
  const sample = sampleShape(profile, { count: 40_000, seed: 2, name: 'again' });

  it.each(['isl', 'osl'] as const)(
    'keeps of %s the mean within 2 %, p50 within 3 %, p99 within 6 %, p99.9 within 20 % in a sample',
    (column) => {
      const given = trace[column].toSorted();
      const drawn = sample[column].toSorted();
      expect(Math.abs(meanOf(drawn) / meanOf(given) - 1)).toBeLessThan(0.02);
      expect(Math.abs(quantileAt(drawn, 0.5) / quantileAt(given, 0.5) - 1)).toBeLessThan(0.03);
      expect(Math.abs(quantileAt(drawn, 0.99) / quantileAt(given, 0.99) - 1)).toBeLessThan(0.06);
      expect(Math.abs(quantileAt(drawn, 0.999) / quantileAt(given, 0.999) - 1)).toBeLessThan(0.2);
    },
  );

  it('keeps how output length leans on input length: rank correlation within 0.05', () => {
    expect(
      Math.abs(rankCorrelation(sample.isl, sample.osl) - rankCorrelation(trace.isl, trace.osl)),
    ).toBeLessThan(0.05);
  });

  it('keeps the prefix hit rate, in the model and in a sample, and who hits', () => {
    const hitRate = meanOf(trace.cachedTokens) / meanOf(trace.isl);
    expect(profile.prefix.hitRate).toBeCloseTo(hitRate, 3);
    expect(meanOf(sample.cachedTokens) / meanOf(sample.isl)).toBeCloseTo(hitRate, 1);
    const misses = (cached: Int32Array): number =>
      cached.filter((tokens) => tokens === 0).length / cached.length;
    expect(misses(sample.cachedTokens)).toBeCloseTo(misses(trace.cachedTokens), 1);
  });

  it('finds the rate and Poisson arrivals', () => {
    expect(profileStatistics(profile).meanRate).toBeCloseTo(10, 0);
    expect(Math.abs(profile.arrivals.cv - 1)).toBeLessThan(0.03);
  });

  it('recovers a known profile from its own sample', () => {
    const known = simpleProfile({
      arrivals: { family: 'weibull', cv: 2 },
      lengths: {
        inputQuantiles: [100, 200, 400, 900],
        outputQuantiles: [
          [10, 120, 300],
          [80, 200, 700],
        ],
      },
    });
    const again = fitted(atRate(sampleShape(known, { count: 40_000, seed: 8, name: 'known' }), 3));
    expect(again.arrivals.family).toBe('weibull');
    expect(Math.abs(again.arrivals.cv / 2 - 1)).toBeLessThan(0.1);
    const [before, after] = [profileStatistics(known), profileStatistics(again)];
    expect(after.meanRate).toBeCloseTo(3, 0);
    for (const length of ['isl', 'osl'] as const) {
      for (const figure of ['mean', 'p50', 'p99'] as const) {
        expect(Math.abs(after[length][figure] / before[length][figure] - 1)).toBeLessThan(0.04);
      }
    }
  });

  it('has ascending whole quantiles and classes of equal probability', () => {
    const { inputQuantiles, outputQuantiles } = profile.lengths;
    expect(outputQuantiles).toHaveLength(8);
    for (const quantiles of [inputQuantiles, ...outputQuantiles]) {
      quantiles.forEach((value, i) => {
        expect(Number.isInteger(value) && value >= 1).toBe(true);
        if (i > 0) expect(value).toBeGreaterThanOrEqual(quantiles[i - 1] ?? 0);
      });
    }
  });

  it('fits a single request', () => {
    const one = fitted({
      arrival: Float64Array.of(0),
      isl: Int32Array.of(12),
      osl: Int32Array.of(34),
      cachedTokens: Int32Array.of(6),
    });
    expect(profileStatistics(one)).toMatchObject({ isl: { mean: 12, p99: 12 }, osl: { mean: 34 } });
    expect(one.prefix.hitRate).toBe(0.5);
  });

  it('refuses an empty trace and remarks on short, timeless and undated ones', () => {
    const codes = (columns: RequestColumns, startHourOfWeek?: number): string[] =>
      fitProfile(columns, {
        name: 'x',
        provenance: PROVENANCE,
        ...(startHourOfWeek === undefined ? {} : { startHourOfWeek }),
      }).diagnostics.map((item) => item.code);
    const first = (count: number, scale: number): RequestColumns => ({
      arrival: trace.arrival.slice(0, count).map((time) => time * scale),
      isl: trace.isl.slice(0, count),
      osl: trace.osl.slice(0, count),
      cachedTokens: trace.cachedTokens.slice(0, count),
    });
    expect(codes(first(0, 1))).toEqual(['traffic-empty']);
    expect(codes(first(500, 1))).toEqual(['traffic-short-trace']);
    expect(codes(first(5000, 0))).toEqual(['traffic-no-arrival-times']);
    expect(codes(first(5000, DAY / 100))).toEqual(['traffic-assumed-start']);
    expect(codes(first(5000, DAY / 100), 12)).toEqual([]);
  });
});

function rankCorrelation(left: Int32Array, right: Int32Array): number {
  const ranks = (values: Int32Array): Float64Array => {
    const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
    const rank = new Float64Array(values.length);
    order.forEach((index, place) => (rank[index] = place / values.length - 0.5));
    return rank;
  };
  const [a, b] = [ranks(left), ranks(right)];
  return (12 * a.reduce((sum, rank, i) => sum + rank * (b[i] ?? 0), 0)) / a.length;
}
