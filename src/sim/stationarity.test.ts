import { describe, expect, it } from 'vitest';
import { EIGHT_BILLION, linearSteps, randomRequests } from '../../test/support/engine-fixtures.ts';
import { simulateEngine } from './engine-simulation.ts';
import { isStationary, latencyTrend, rateDeficit } from './stationarity.ts';
import { SimulationWorkspace } from './workspace.ts';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const workspace = new SimulationWorkspace();
const chat = { count: 4000, isl: 1000, osl: 200, lengthCv: 1 };

/** How many of 20 seeds are flagged at a share of the rate the engine serves when flooded. */
function flagged(load: number, cv: number, shape: typeof chat = chat): number {
  const engine = {
    steps: linearSteps(EIGHT_BILLION, { kvBlocks: 27_000 }),
    limits: { maxBatchedTokens: 2048, maxSequences: 128 },
    prefixCache: false,
    limitsOfSlo: [],
    workspace,
  };
  const flood = randomRequests({ ...shape, seed: 99, rate: 1e9, cv: 1 });
  const saturation = shape.count / simulateEngine({ ...engine, requests: flood }).makespan;
  return SEEDS.filter((seed) => {
    const requests = randomRequests({ ...shape, seed, rate: load * saturation, cv });
    return !simulateEngine({ ...engine, requests }).evidence.isStationary;
  }).length;
}

describe('a simulated load is called stationary', () => {
  it('at 70 % of saturation, Poisson or bursty (CV 2)', () => {
    expect(flagged(0.7, 1)).toBe(0);
    expect(flagged(0.7, 2)).toBe(0);
  });

  it('at half of saturation under very bursty arrivals (CV 4), save a rare run', () => {
    expect(flagged(0.5, 4)).toBeLessThanOrEqual(1);
  });

  it('in a short run of long outputs that is still filling up at first', () => {
    expect(flagged(0.7, 1, { count: 1000, isl: 1000, osl: 1448, lengthCv: 1 })).toBe(0);
  });
});

describe('a simulated overload is flagged', () => {
  it('at 120 % and 150 % of saturation, Poisson or bursty', () => {
    expect(flagged(1.2, 1)).toBe(20);
    expect(flagged(1.2, 2)).toBe(20);
    expect(flagged(1.5, 2)).toBe(20);
  });

  it('mostly at 110 %', () => {
    expect(flagged(1.1, 1)).toBeGreaterThanOrEqual(15);
  });
});

describe('the parts of the rule', () => {
  const arrival = Float64Array.from({ length: 1000 }, (_, i) => i);

  it('give a deficit of 1 − 1/ρ for a server that falls behind steadily, 0 for one that keeps up', () => {
    expect(rateDeficit({ arrival, ttft: arrival, leaving: arrival.map((time) => time * 1.25) })).toBeCloseTo(
      0.2,
      2,
    );
    expect(rateDeficit({ arrival, ttft: arrival, leaving: arrival.map((time) => time + 30) })).toBeLessThan(
      0.02,
    );
  });

  it('see a trend as Kendall’s τ', () => {
    expect(latencyTrend([1, 2, 3, 4])).toBe(1);
    expect(latencyTrend([4, 3, 2, 1])).toBe(-1);
    // Five pairs rise, one falls.
    expect(latencyTrend([1, 3, 2, 4])).toBeCloseTo(4 / 6, 12);
  });

  it('take requests that are never served as infinitely late', () => {
    const ttft = arrival.map((_, i) => (i < 500 ? 0.1 + i / 1e4 : NaN));
    const leaving = arrival.map((time, i) => (i < 500 ? time + 1 : NaN));
    expect(isStationary({ arrival, ttft, leaving })).toBe(false);
  });

  it('give no verdict against runs of less than 200 requests', () => {
    const few = arrival.slice(0, 199);
    expect(isStationary({ arrival: few, ttft: few, leaving: few.map((time) => time * 2) })).toBe(true);
  });
});
