import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOURS_PER_MONTH, requestsPerSecond } from '../../units/index.ts';
import { DEFAULT_BATCH } from '../candidates/batch-limits.ts';
import { MeasuringBench, evaluated } from '../capacity/measure.ts';
import { scriptedEvidence } from '../testing/scripted.ts';
import { smallField } from '../testing/small-field.ts';
import type { SearchLoad, SearchRequest } from './request.ts';
import { aggregatedPlan, loadPerReplica, replicaCounts } from './serving-plans.ts';
import type { Finalist } from './serving-plans.ts';

const FIELD = smallField({ accelerators: 4 });
const BENCH = new MeasuringBench(FIELD.subject);

/** A finalist of two accelerators and this capacity. */
function finalistOf(value: number): Finalist {
  const shape = FIELD.shape('bf16-tp2');
  const rate = { value, low: value * 0.95, high: value * 1.05 };
  const capacity = { rate, limitedBy: 'tpot.p99', evidence: scriptedEvidence(value, 0.03) };
  return { shape, evaluated: evaluated(BENCH, { shape, batch: DEFAULT_BATCH }, capacity, 4e6) };
}

const requestOf = (load: SearchLoad, h = 8): SearchRequest => ({
  workload: FIELD.workload,
  offerings: FIELD.offerings,
  accelerators: { h },
  load,
  objective: 'cost',
  limits: {},
  modes: ['aggregated'],
});
const rateOf = (rate: number): SearchLoad => ({ kind: 'rate', rate: requestsPerSecond(rate) });
const clientsOf = (clients: number): SearchLoad => ({ kind: 'concurrency', clients });

describe('replicaCounts', () => {
  it('are the fewest that carry a rate, and as many as the accelerators hold', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 200, noNaN: true }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.nat(64),
        (rate, value, accelerators) => {
          const { least, most } = replicaCounts(finalistOf(value), requestOf(rateOf(rate), accelerators));
          expect(most).toBe(Math.floor(accelerators / 2));
          expect(least).toBeGreaterThanOrEqual(1);
          expect(least * value).toBeGreaterThanOrEqual(rate * (1 - 1e-6));
          expect((least - 1) * value).toBeLessThan(rate);
        },
      ),
    );
  });

  it('do not ask for one more by rounding: three times a tenth is carried by three', () => {
    expect(replicaCounts(finalistOf(0.1), requestOf(rateOf(0.1 + 0.2))).least).toBe(3);
    expect(replicaCounts(finalistOf(7), requestOf(rateOf(21))).least).toBe(3);
  });

  it('serve whole clients, at least one per replica', () => {
    const least = (value: number, clients: number): number =>
      replicaCounts(finalistOf(value), requestOf(clientsOf(clients))).least;
    expect(least(10.9, 100)).toBe(10);
    expect(least(10, 101)).toBe(11);
    expect(least(1, 3)).toBe(3);
    expect(least(50, 1)).toBe(1);
  });

  it('fill the cluster where the most is asked for; of a pool too small for one more is needed than fits', () => {
    expect(replicaCounts(finalistOf(5), requestOf({ kind: 'most' }, 7))).toEqual({ least: 3, most: 3 });
    expect(replicaCounts(finalistOf(5), requestOf({ kind: 'most' }, 1))).toEqual({ least: 1, most: 0 });
    const elsewhere = { ...requestOf(rateOf(1)), accelerators: { other: 8 } };
    expect(replicaCounts(finalistOf(5), elsewhere)).toEqual({ least: 1, most: 0 });
  });
});

describe('loadPerReplica', () => {
  it('shares a rate evenly, and clients so that the fullest replica counts', () => {
    const finalist = finalistOf(10);
    expect(loadPerReplica(finalist, requestOf(rateOf(30)), 4)).toBe(7.5);
    expect(loadPerReplica(finalist, requestOf(clientsOf(30)), 4)).toBe(8);
    expect(loadPerReplica(finalist, requestOf(clientsOf(1)), 4)).toBe(1);
    const most = loadPerReplica(finalist, requestOf({ kind: 'most' }), 4);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(finalist.evaluated.capacity.rate.value);
  });
});

describe('aggregatedPlan', () => {
  const finalist = finalistOf(10);
  const request = requestOf(rateOf(24));
  const context = { request, bench: BENCH, tokens: { input: 1000, output: 200 } };
  const evidence = scriptedEvidence(8, 0.02);
  const plan = aggregatedPlan(finalist, { replicas: 3, evidence }, context);

  it('counts everything of all replicas, and latencies of each', () => {
    expect(plan).toMatchObject({ mode: 'aggregated', accelerators: 6, load: 24, limitedBy: 'tpot.p99' });
    expect(plan.id).toBe(`3x${finalist.evaluated.candidate.id}`);
    expect(plan.capacity.value).toBeCloseTo(30);
    expect(plan.capacity.low).toBeCloseTo(28.5);
    expect(plan.evidence.requestRate).toBeCloseTo(24);
    expect(plan.evidence.outputTokensPerSecond).toBeCloseTo(2400);
    expect(plan.merits.latency).toBe(evidence.latency.e2e.p99.value);
  });

  it('costs what its accelerators cost, of a million tokens at capacity', () => {
    // Three replicas of two of the four accelerators of a node of 8 USD/hour.
    expect(plan.merits.costPerMonth).toBe(12e6 * HOURS_PER_MONTH);
    const tokensPerHour = 30 * 1200 * 3600;
    expect(plan.merits.costPerMillionTokens).toBe(Math.round((12e6 / tokensPerHour) * 1e6));
    expect(plan.merits.throughputPerAccelerator).toBeCloseTo((30 * 200) / 6);
  });

  it('takes the power of its load, per output token of it', () => {
    expect(plan.merits.power).toBeGreaterThan(6 * 50);
    expect(plan.merits.power).toBeLessThanOrEqual(6 * 700);
    expect(plan.merits.energyPerOutputToken).toBeCloseTo(plan.merits.power / 2400);
  });

  it('counts requests of clients by what they were seen to ask for', () => {
    const closed = new MeasuringBench({ ...FIELD.subject, loop: 'closed' });
    const ofClients = { ...context, request: requestOf(clientsOf(24)), bench: closed };
    const served = aggregatedPlan(finalist, { replicas: 3, evidence }, ofClients);
    expect(served.load).toBe(24);
    const perSecond = 3 * finalist.evaluated.capacity.evidence.requestRate;
    expect(served.merits.throughputPerAccelerator).toBeCloseTo((perSecond * 200) / 6);
  });
});
