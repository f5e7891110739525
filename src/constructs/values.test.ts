import { describe, expect, it } from 'vitest';
import { Fleet, Slo, Traffic } from './index.ts';
import type { HardwarePoolProps } from './index.ts';

describe('traffic', () => {
  it('has one source per named constructor, and changes beside it', () => {
    expect(Traffic.profile('p', { peakToMean: 1.8 }).document).toEqual({ profile: 'p', peakToMean: 1.8 });
    expect(Traffic.trace('march.csv.gz', { format: 'burstgpt', meanRate: '3/s' }).document).toEqual({
      trace: { file: 'march.csv.gz', format: 'burstgpt' },
      meanRate: '3/s',
    });
    expect(Traffic.trace('march.csv', { columns: { isl: 'prompt', arrival: null } }).document).toEqual({
      trace: { file: 'march.csv', columns: { isl: 'prompt', arrival: null } },
    });
    expect(Traffic.trace('march.csv').document).toEqual({ trace: { file: 'march.csv' } });
    expect(
      Traffic.generate({ lengths: { isl: 10, osl: 20 }, meanRate: '1/s', family: 'weibull', burstiness: 2 })
        .document,
    ).toEqual({
      generate: { lengths: { isl: 10, osl: 20 }, family: 'weibull' },
      meanRate: '1/s',
      burstiness: 2,
    });
  });
});

describe('an SLO', () => {
  it('can be varied without changing the one it came from', () => {
    const base = new Slo({ ttft: { p50: '1s', p99: '2s' }, availability: '99%' });
    expect(base.with({ ttft: { p99: '3s' } }).document).toEqual({ ttft: { p99: '3s' }, availability: '99%' });
    expect(base.document).toEqual({ ttft: { p50: '1s', p99: '2s' }, availability: '99%' });
  });
});

describe('types of props', () => {
  it('refuse wrong units before anything runs', () => {
    // @ts-expect-error a latency is no size
    new Slo({ ttft: { p99: '60GB' } });
    // @ts-expect-error a latency needs a unit
    new Slo({ ttft: { p99: '60' } });
    // @ts-expect-error there is no p42
    new Slo({ ttft: { p42: '60ms' } });
    // @ts-expect-error a rate is per time
    Traffic.profile('p', { meanRate: '12' });
    // @ts-expect-error a capacity type is spelled out
    const capacityTypes: HardwarePoolProps['capacityTypes'] = ['spto'];
    expect(capacityTypes).toEqual(['spto']);
  });
});

describe('a fleet that is no fleet', () => {
  it('is not taken for one by name', () => {
    expect(Fleet.isFleet({ name: 'chat', props: {} })).toBe(false);
  });
});
