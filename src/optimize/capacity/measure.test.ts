import { beforeAll, describe, expect, it } from 'vitest';
import type { Capacity } from '../../model/index.ts';
import { DEFAULT_BATCH, WIDEST_BATCH } from '../candidates/batch-limits.ts';
import { p99, smallField } from '../testing/small-field.ts';
import { MeasuringBench, evaluated } from './measure.ts';
import type { BenchSubject } from './measure.ts';

const COUNT = 2000;
const FIELD = smallField({ subject: { longest: COUNT } });
const SHAPE = FIELD.shape('bf16-tp1');
const RUN = { shape: SHAPE, batch: DEFAULT_BATCH, count: COUNT };
const benchOf = (facts: Partial<BenchSubject> = {}): MeasuringBench =>
  new MeasuringBench({ ...FIELD.subject, ...facts });

describe('the largest load', () => {
  it('passes while a little more fails', () => {
    const bench = benchOf();
    const { load, reading } = bench.perform({ method: 'find', args: { ...RUN, tolerance: 0.02 } }).value;
    expect(reading.rate).toBe(load);
    expect(reading.value).toBeLessThanOrEqual(1);
    const above = bench.perform({
      method: 'read',
      args: { ...RUN, load: load * 1.021, canAbort: false },
    }).value;
    expect(above.value).toBeGreaterThan(1);
  });

  it('is the same from any start, to the tolerance', () => {
    const loads = [0.5, 8, 60].map(
      (start) => benchOf().perform({ method: 'find', args: { ...RUN, tolerance: 0.005, start } }).value.load,
    );
    expect(Math.max(...loads) / Math.min(...loads)).toBeLessThan(1.01);
  });

  it('is none where the limits cannot be met, with the reading at the lowest load in full', () => {
    const bench = benchOf({ limits: p99({ ttft: 0.001 }) });
    const { load, reading } = bench.perform({ method: 'find', args: { ...RUN, tolerance: 0.1 } }).value;
    expect(load).toBe(0);
    expect(reading.limit).toBe('ttft.p99');
    expect(reading.value).toBeGreaterThan(1);
    expect(reading.value).toBeLessThan(Infinity);
    expect(bench.perform({ method: 'capacity', args: { ...RUN, start: 5 } }).value).toBeUndefined();
  });

  it('is whole clients in a closed loop, of whom one more breaks a limit', () => {
    const bench = benchOf({ loop: 'closed' });
    const capacity = bench.perform({ method: 'capacity', args: { ...RUN, start: 20 } }).value;
    const { value, low, high } = capacity!.rate;
    for (const clients of [value, low, high]) expect(Number.isInteger(clients)).toBe(true);
    expect(capacity!.evidence.latency.tpot.p99.value).toBeLessThanOrEqual(0.04);
    const step = Math.max(1, Math.ceil(value * 0.006));
    const more = bench.perform({
      method: 'read',
      args: { ...RUN, load: value + step, canAbort: false },
    }).value;
    expect(more.value).toBeGreaterThan(1);
  });

  it('is less where latencies may exceed their predictions', () => {
    const factors = { ttft: 1.3, tpot: 1.3, e2e: 1.3 };
    const safety = { level: 0.9, factors: { '*/fitted': factors, '*/assumed': factors } };
    const careful = benchOf({ safety });
    expect(careful.limitsFor(SHAPE).map((item) => item.limit)).toEqual([0.04 / 1.3, 1 / 1.3]);
    const find = { method: 'find', args: { ...RUN, tolerance: 0.02 } } as const;
    expect(careful.perform(find).value.load).toBeLessThan(0.95 * benchOf().perform(find).value.load);
  });
});

describe('a capacity', () => {
  const bench = benchOf();
  let capacity: Capacity;
  beforeAll(() => {
    capacity = bench.perform({ method: 'capacity', args: { ...RUN, start: 10 } }).value!;
  });

  it('has ends around its value: the ends of the intervals meet the limits there', () => {
    const { low, value, high } = capacity.rate;
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(high);
    expect(bench.simulateAt(SHAPE, DEFAULT_BATCH, low).high).toBeLessThanOrEqual(1);
    expect(bench.simulateAt(SHAPE, DEFAULT_BATCH, value).value).toBeLessThanOrEqual(1);
    // The rate of the sample itself, which differs by chance.
    expect(Math.abs(capacity.evidence.requestRate / value - 1)).toBeLessThan(0.05);
    expect(['tpot.p99', 'ttft.p99', 'stability']).toContain(capacity.limitedBy);
  });

  it('becomes a candidate with its memory, power and energy per token', () => {
    const found = evaluated(bench, { shape: SHAPE, batch: DEFAULT_BATCH }, capacity, 2e6);
    expect(found.candidate.id).toContain('bf16-tp1-b4096x256');
    expect(found.power).toBeGreaterThan(100);
    expect(found.power).toBeLessThanOrEqual(700);
    expect(found.energyPerOutputToken * capacity.evidence.outputTokensPerSecond).toBeCloseTo(found.power);
    expect(found.listCostPerHour).toBe(2e6);
  });

  it('counts its work', () => {
    const counted = benchOf();
    counted.perform({ method: 'read', args: { ...RUN, load: 1, canAbort: true } });
    counted.perform({ method: 'read', args: { ...RUN, load: 2, canAbort: true } });
    counted.perform({ method: 'read', args: { ...RUN, batch: WIDEST_BATCH, load: 1, canAbort: true } });
    expect(counted).toMatchObject({ simulations: 3, requests: 3 * COUNT });
  });
});
