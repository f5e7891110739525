import { describe, expect, it } from 'vitest';
import type { LoadEvidence } from '../../model/index.ts';
import { p99, smallField } from '../testing/small-field.ts';
import { MeasuringBench } from './measure.ts';
import type { BenchSubject } from './measure.ts';
import { readLoad } from './replica-probe.ts';
import type { ReplicaProbe } from './replica-probe.ts';

const BATCH = { maxBatchedTokens: 4096, maxSequences: 256 };
const COUNT = 1200;

function probeOf(facts: Partial<BenchSubject> = {}): ReplicaProbe {
  const field = smallField({ subject: { longest: COUNT, ...facts } });
  const bench = new MeasuringBench(field.subject);
  return bench.probe({ shape: field.shape('bf16-tp1'), batch: BATCH, count: COUNT });
}

describe('a probe of clients that wait for their answers', () => {
  it('reads whole clients, at least one, each number once', () => {
    const probe = probeOf({ loop: 'closed' });
    const reading = probe.read(7.4, false);
    expect(reading.rate).toBe(7);
    expect(probe.read(6.6, false)).toBe(reading);
    expect(probe.read(0.01, false).rate).toBe(1);
    expect(probe.simulations).toBe(2);
    expect(probe.readings.map((item) => item.rate)).toEqual([1, 7]);
  });

  it('serves more with more clients, each of them slower, up to the limit of sequences', () => {
    const probe = probeOf({ loop: 'closed', limits: [] });
    const readings = [1, 4, 16, 64, 256].map((clients) => probe.read(clients, false).evidence);
    for (const [index, more] of readings.entries()) {
      const less = readings[index - 1];
      if (less === undefined) continue;
      expect(more.requestRate).toBeGreaterThan(less.requestRate);
      expect(more.latency.tpot.p50.value).toBeGreaterThan(less.latency.tpot.p50.value);
    }
    const beyond = probe.read(512, false).evidence;
    expect(beyond.requestRate).toBeLessThan(1.05 * readings.at(-1)!.requestRate);
    expect(beyond.latency.ttft.p50.value).toBeGreaterThan(2 * readings.at(-1)!.latency.ttft.p50.value);
  });

  it("follows Little's law: clients are requests per second times seconds in the system", () => {
    const { evidence } = probeOf({ loop: 'closed' }).read(32, false);
    expect(evidence.requestRate * evidence.latency.e2e.mean.value).toBeCloseTo(32, -1);
  });
});

describe('a probe of arrivals', () => {
  it('reads ever higher ratios of latency to limit, at the rates asked for', () => {
    const probe = probeOf();
    const values = [1, 5, 10, 20].map((rate) => probe.read(rate, false).value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(probe.readings.map((item) => item.rate)).toEqual([1, 5, 10, 20]);
  });

  it('stops hopeless runs early when it may, and reads them to the end when it may not', () => {
    const probe = probeOf({ limits: p99({ ttft: 0.001 }) });
    const cut = probe.read(5, true);
    expect(cut).toMatchObject({ value: Infinity, limit: 'ttft.p99' });
    expect(probe.read(5, true)).toBe(cut);
    const whole = probe.read(5, false);
    expect(whole.value).toBeGreaterThan(1);
    expect(whole.value).toBeLessThan(Infinity);
    expect(probe.simulations).toBe(2);
  });
});

describe('readLoad', () => {
  const estimate = (value: number) => ({ value, low: value * 0.9, high: value * 1.1 });
  const summary = (value: number) => {
    const at = estimate(value);
    return { mean: at, p50: at, p90: at, p95: at, p99: at };
  };
  const evidence = (ttft: number, tpot: number, isStationary = true) =>
    ({
      requests: 100,
      isStationary,
      latency: { ttft: summary(ttft), tpot: summary(tpot), e2e: summary(5) },
    }) as unknown as LoadEvidence;
  const limits = p99({ ttft: 1, tpot: 40 });

  it('names the limit that is nearest, with the ends of its interval', () => {
    const reading = readLoad(3, evidence(0.5, 0.03), limits);
    expect(reading).toMatchObject({ rate: 3, limit: 'tpot.p99' });
    expect([reading.low, reading.value, reading.high].map((x) => +x.toFixed(4))).toEqual([
      0.675, 0.75, 0.825,
    ]);
  });

  it('reads runs that did not settle, served nothing or were stopped as failures', () => {
    expect(readLoad(3, evidence(0.5, 0.03, false), limits)).toMatchObject({
      value: Infinity,
      low: Infinity,
      limit: 'stability',
    });
    expect(readLoad(3, evidence(2, 0.03, false), limits).limit).toBe('ttft.p99');
    expect(readLoad(3, { ...evidence(0.5, 0.03), requests: 0 }, limits).value).toBe(Infinity);
    expect(readLoad(3, evidence(0.5, 0.03), limits, 'tpot.p99')).toMatchObject({
      high: Infinity,
      limit: 'tpot.p99',
    });
  });

  it('passes whatever settled where there is no limit', () => {
    expect(readLoad(3, evidence(100, 10), [])).toMatchObject({ value: 0, limit: 'stability' });
  });
});
