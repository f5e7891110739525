import { describe, expect, it } from 'vitest';
import type { ArrivalProfile } from '../../model/index.ts';
import { randomStream } from '../../random/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import { chatProfile } from '../testing/resolved.ts';
import { ReplicaTraffic } from './replica-traffic.ts';

function profile(cv: number, rate: number): ArrivalProfile {
  const base = chatProfile(rate);
  return { ...base, arrivals: { family: 'gamma', cv } };
}

function coefficientOfVariation(arrivals: Float64Array): number {
  const gaps = arrivals.subarray(1).map((time, i) => time - (arrivals[i] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}

const OPTIONS = { count: 40_000, seed: 1, name: 'test' };

describe('traffic of one replica', () => {
  it('keeps all bursts for a lone replica and loses them among many', () => {
    const traffic = new ReplicaTraffic(profile(4, 10), OPTIONS);
    expect(traffic.burstinessAt(10)).toBe(4);
    expect(traffic.burstinessAt(20)).toBe(4);
    expect(traffic.burstinessAt(0.001)).toBeCloseTo(1, 1);
  });

  it('has the burstiness that handing fleet arrivals to replicas at random gives', () => {
    const traffic = new ReplicaTraffic(profile(4, 10), OPTIONS);
    const whole = traffic.at(10, 40_000).arrival;
    const stream = randomStream(2, 'thin');
    const replicas = 5;
    const thinned = whole.filter(() => stream.integer(replicas) === 0);
    const ratio = coefficientOfVariation(traffic.at(2, 40_000).arrival) / coefficientOfVariation(thinned);
    expect(ratio).toBeGreaterThan(0.93);
    expect(ratio).toBeLessThan(1.07);
  });

  it('counts the share of the quietest hour', () => {
    const base = profile(3, 10);
    const hourlyRate = base.hourlyRate.map((rate, hour) => (hour === 0 ? requestsPerSecond(1) : rate));
    expect(new ReplicaTraffic({ ...base, hourlyRate }, OPTIONS).burstinessAt(1)).toBe(3);
  });

  it('draws the same lengths at every rate', () => {
    const traffic = new ReplicaTraffic(profile(4, 10), OPTIONS);
    expect(traffic.at(1, 100).isl).toEqual(traffic.at(10, 100).isl);
    expect(traffic.at(1, 100).osl).toEqual(traffic.at(10, 100).osl);
  });
});
