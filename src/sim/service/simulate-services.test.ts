import { describe, expect, it } from 'vitest';
import type { MeasuredService, Percentile, ServiceWorkload } from '../../model/index.ts';
import { serviceResponse, serviceShapes } from '../../perf/index.ts';
import { callsIn, podOf, queueingOf, serviceOf, steady } from '../../perf/service/testing/services.ts';
import { bytes, requestsPerSecond, seconds } from '../../units/index.ts';
import type { ServiceSimulation, ServiceSimulationOptions } from './service-options.ts';
import { simulateServices } from './simulate-services.ts';

type Replicas = Readonly<Record<string, number>>;

function simulate(
  services: readonly ServiceWorkload[],
  replicas: Replicas,
  more: Partial<ServiceSimulationOptions> = {},
): ServiceSimulation {
  const planned = new Map(Object.entries(replicas).map(([id, count]) => [id, { replicas: count }]));
  return simulateServices({ services, planned, hour: 0, requests: 60_000, seed: 1, ...more });
}

/** Analytic over simulated percentile of entry `a`, less 1, with the rates that the calls make. */
function errorsOf(services: readonly ServiceWorkload[], replicas: Replicas, requests = 150_000) {
  const outcome = serviceShapes(services);
  if (!outcome.ok) throw new Error('no shapes');
  const simulated = simulate(services, replicas, { requests });
  const rates = new Map(services.map((service) => [service.id, 0]));
  for (const [id, busy] of simulated.utilisation) {
    const { performance } = services.find((service) => service.id === id)!;
    if (performance.source !== 'queueing') throw new Error('only queues here');
    const servers = performance.sizes[0]!.servers;
    rates.set(id, (busy * servers * replicas[id]!) / performance.cpuSeconds);
  }
  const planned = new Map(
    services.map(({ id }) => [
      id,
      { shape: outcome.value.get(id)![0]!, replicas: replicas[id]!, requestRate: rates.get(id)! },
    ]),
  );
  const { latency } = serviceResponse(services, planned).get('a')!;
  const seen = simulated.entries.get('a')!.latency;
  const error = (percentile: Percentile): number => latency[percentile]! / seen[percentile].value - 1;
  return { p50: error('p50'), p90: error('p90'), p95: error('p95'), p99: error('p99') };
}

const single = (rate: number, variability: number, more: { cores?: number; burstiness?: number } = {}) => [
  serviceOf('a', {
    requestClasses: [steady(rate, { burstiness: more.burstiness ?? 1 })],
    performance: queueingOf(0.01, [more.cores ?? 1], { variability }),
  }),
];
const chain = (rate: number, variability: number, burstiness = 1) => {
  const performance = queueingOf(0.01, [1], { variability });
  return [
    serviceOf('a', {
      requestClasses: [steady(rate, { burstiness })],
      calls: callsIn(['b'], ['c']),
      performance,
    }),
    serviceOf('b', { performance }),
    serviceOf('c', { performance }),
  ];
};
const diamond = (rate: number, variability: number) => [
  serviceOf('a', {
    requestClasses: [steady(rate)],
    calls: callsIn(['b', 'c'], ['d']),
    performance: queueingOf(0.005, [2], { variability }),
  }),
  serviceOf('b', { calls: callsIn(['d']), performance: queueingOf(0.01, [2], { variability }) }),
  serviceOf('c', { performance: queueingOf(0.02, [4], { variability, idleSeconds: seconds(0.01) }) }),
  serviceOf('d', { performance: queueingOf(0.004, [1], { variability }) }),
];
const CHAIN = { a: 4, b: 4, c: 4 };
const DIAMOND = { a: 1, b: 2, c: 2, d: 4 };

describe('analytic percentiles of services with Poisson arrivals', () => {
  it.each([
    ['one core, work all alike, at 80 %', single(320, 0), { a: 4 }],
    ['one core, exponential work, at 30 %', single(120, 1), { a: 4 }],
    ['one core, exponential work, at 80 %', single(320, 1), { a: 4 }],
    ['one core, uneven work (CV 2), at 60 %', single(240, 2), { a: 4 }],
    ['four cores, even work (CV 0.5), at 60 %', single(480, 0.5, { cores: 4 }), { a: 2 }],
    ['four cores, exponential work, at 80 %', single(640, 1, { cores: 4 }), { a: 2 }],
    ['a chain of three, exponential work, at 60 %', chain(240, 1), CHAIN],
    ['a chain of three, uneven work, at 60 %', chain(240, 2), CHAIN],
    ['a diamond, even work, at 60 %', diamond(240, 0.5), DIAMOND],
    ['a diamond, exponential work, at 80 %', diamond(320, 1), DIAMOND],
  ] as const)('are within 8 %% of simulation: %s', (_, services, replicas) => {
    const { p90, p95, p99 } = errorsOf(services, replicas);
    for (const error of [p90, p95, p99]) expect(Math.abs(error)).toBeLessThan(0.08);
  });
});

describe('analytic percentiles of services with bursts', () => {
  it.each([
    ['gaps of CV 0.5', single(240, 1, { burstiness: 0.5 }), { a: 4 }],
    ['gaps of CV 2', single(240, 1, { burstiness: 2 }), { a: 4 }],
    ['gaps of CV 4 over 16 replicas', single(960, 1, { burstiness: 4 }), { a: 16 }],
  ] as const)('are within 10 %% of simulation for one service: %s', (_, services, replicas) => {
    const { p95, p99 } = errorsOf(services, replicas);
    for (const error of [p95, p99]) expect(Math.abs(error)).toBeLessThan(0.1);
  });

  it.each([
    ['a chain behind gaps of CV 2', chain(240, 1, 2), CHAIN],
    [
      'eight calls at once',
      [
        serviceOf('a', {
          requestClasses: [steady(60)],
          calls: [{ service: 'b', perRequest: 8, group: 0 }],
        }),
        serviceOf('b'),
      ],
      { a: 2, b: 16 },
    ],
  ] as const)('err on the safe side, by less than a quarter, for %s', (_, services, replicas) => {
    const { p95, p99 } = errorsOf(services, replicas);
    for (const error of [p95, p99]) {
      expect(error).toBeGreaterThan(-0.05);
      expect(error).toBeLessThan(0.25);
    }
  });
});

describe('a simulation of services', () => {
  it('gives the same result for the same seed and another for another', () => {
    const services = diamond(100, 1);
    expect(simulate(services, DIAMOND, { requests: 2000 })).toEqual(
      simulate(services, DIAMOND, { requests: 2000 }),
    );
    expect(simulate(services, DIAMOND, { requests: 2000, seed: 2 })).not.toEqual(
      simulate(services, DIAMOND, { requests: 2000 }),
    );
  });

  it('is busy for the share of time that rates and work say, calls counted', () => {
    const { utilisation, served } = simulate(diamond(240, 1), DIAMOND);
    expect(utilisation.get('a')).toBeCloseTo((240 * 0.005) / 2, 1);
    expect(utilisation.get('b')).toBeCloseTo((240 * 0.01) / 4, 1);
    expect(utilisation.get('d')).toBeCloseTo((2 * 240 * 0.004) / 4, 1);
    expect(served).toBe(60_000 * 5);
  });

  it('adds times of groups in turn and takes the longest of calls side by side', () => {
    const fixedWork = (cpuSeconds: number) => queueingOf(cpuSeconds, [1], { variability: 0 });
    const services = [
      serviceOf('a', {
        requestClasses: [steady(0.01)],
        calls: callsIn(['b', 'c'], ['c']),
        performance: fixedWork(0.1),
      }),
      serviceOf('b', { performance: fixedWork(0.3) }),
      serviceOf('c', { performance: { ...fixedWork(0.2), idleSeconds: seconds(0.05) } }),
    ];
    const { p50 } = simulate(services, { a: 1, b: 1, c: 1 }, { requests: 500 }).entries.get('a')!.latency;
    expect(p50.value).toBeCloseTo(0.1 + 0.3 + 0.25, 9);
  });

  it('makes as many calls as the class of a request asks for', () => {
    const services = [
      serviceOf('a', {
        requestClasses: [
          steady(50, { id: 'buy', calls: [{ service: 'b', perRequest: 2.5, group: 0 }] }),
          steady(50, { id: 'look', calls: [] }),
        ],
      }),
      serviceOf('b'),
    ];
    const { served } = simulate(services, { a: 2, b: 2 });
    expect((served - 60_000) / (30_000 * 2.5)).toBeCloseTo(1, 1);
  });

  it('is faster when requests are spread in turns than at random', () => {
    const services = single(320, 1);
    const p99 = (balancing: 'random' | 'in-turn'): number =>
      simulate(services, { a: 4 }, { balancing }).entries.get('a')!.latency.p99.value;
    expect(p99('in-turn')).toBeLessThan(p99('random'));
  });

  it('draws the times of a measured service from its percentiles at the rate of a replica', () => {
    const measured: MeasuredService = {
      source: 'measured',
      resources: podOf(1),
      rows: [10, 50].map((rate) => ({
        requestRate: requestsPerSecond(rate),
        latency: { p50: seconds(rate / 1000), p99: seconds(rate / 100) },
        cpuCores: rate / 100,
        memory: bytes(1),
        failedShare: 0,
      })),
      provenance: { evidence: 'measured', source: 'test' },
    };
    const services = [serviceOf('a', { requestClasses: [steady(60)], performance: measured })];
    const { latency } = simulate(services, { a: 2 }).entries.get('a')!;
    expect(latency.p50.value / 0.03).toBeCloseTo(1, 1);
    expect(latency.p99.value / 0.3).toBeCloseTo(1, 1);
  });

  it('refuses services without a replica that requests reach', () => {
    expect(() => simulate(chain(10, 1), { a: 1, b: 1 })).toThrow(/no replica/);
  });
});
