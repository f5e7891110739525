import { describe, expect, it } from 'vitest';
import type { MeasuredService, ServiceShape, ServiceWorkload } from '../../model/index.ts';
import { bytes, requestsPerSecond, seconds } from '../../units/index.ts';
import { serviceResponse } from './service-response.ts';
import { serviceShapes } from './service-shapes.ts';
import { callsIn, podOf, queueingOf, serviceOf, steady, within } from './testing/services.ts';

function shapesOf(services: readonly ServiceWorkload[]): ReadonlyMap<string, readonly ServiceShape[]> {
  const outcome = serviceShapes(services);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

/** The 99th percentile of an entry when every replica carries the rate of its shape. */
function p99At(services: readonly ServiceWorkload[], entry: string, choose = 0): number {
  const shapes = shapesOf(services);
  const planned = new Map(
    services.map((service) => {
      const shape = shapes.get(service.id)!.at(choose)!;
      return [service.id, { shape, replicas: 1, requestRate: shape.ratePerReplica }];
    }),
  );
  return serviceResponse(services, planned).get(entry)!.latency.p99!;
}

describe('a single service', () => {
  it('of M/M/1 replicas takes the rate at which the exponential response time meets its limit', () => {
    // p99 = ln 100 / (μ − λ): with μ = 100/s and 0.1 s, λ = 100 − 46.05.
    const [shape] = shapesOf([serviceOf('a', { requestClasses: [steady(500)], slo: within(0.1) })]).get('a')!;
    expect(shape!.ratePerReplica / (100 - Math.log(100) / 0.1)).toBeCloseTo(1, 2);
    expect(shape!.evidence!.latency.p99! / 0.1).toBeCloseTo(1, 1);
    expect(shape!.evidence!.utilisation).toBeCloseTo(shape!.ratePerReplica * 0.01, 9);
  });

  it('without limits is loaded to the cap of utilisation and no more', () => {
    const [shape] = shapesOf([serviceOf('a', { requestClasses: [steady(500)] })]).get('a')!;
    expect(shape!.ratePerReplica).toBeCloseTo(80, 9);
  });

  it('keeps a short limit beside one that is thousands of times as long', () => {
    const limits = [
      { percentile: 'p50', limit: seconds(0.02) },
      { percentile: 'p99', limit: seconds(3600) },
    ] as const;
    const slo = { limits, availability: 0.99, tolerates: 'nothing' } as const;
    const [shape] = shapesOf([serviceOf('a', { requestClasses: [steady(500)], slo })]).get('a')!;
    // The median of M/M/1 is ln 2 / (μ − λ).
    expect(shape!.ratePerReplica / (100 - Math.log(2) / 0.02)).toBeCloseTo(1, 2);
  });

  it('takes less the tighter its limit is, the burstier its requests and the more its work varies', () => {
    const rate = (limit: number, burstiness: number, variability: number): number =>
      shapesOf([
        serviceOf('a', {
          requestClasses: [steady(40, { burstiness })],
          performance: queueingOf(0.01, [1], { variability }),
          slo: within(limit),
        }),
      ]).get('a')![0]!.ratePerReplica;
    expect(rate(0.08, 1, 1)).toBeLessThan(rate(0.12, 1, 1));
    expect(rate(0.12, 2, 1)).toBeLessThan(rate(0.12, 1, 1));
    expect(rate(0.12, 1, 1.5)).toBeLessThan(rate(0.12, 1, 1));
  });

  it('gains more than twice as much from a replica of two cores under a limit', () => {
    const shapes = shapesOf([
      serviceOf('a', {
        requestClasses: [steady(500)],
        performance: queueingOf(0.01, [0.5, 1, 2]),
        slo: within(0.12),
      }),
    ]).get('a')!;
    expect(shapes.map((shape) => shape.id)).toEqual(['a/500m-256Mi', 'a/1000m-256Mi', 'a/2000m-256Mi']);
    const [half, one, two] = shapes.map((shape) => shape.ratePerReplica);
    expect(one! / half!).toBeGreaterThan(2);
    expect(two! / one!).toBeGreaterThan(2);
  });

  it('leaves sizes out that miss the limit without load', () => {
    const shapes = shapesOf([
      serviceOf('a', {
        requestClasses: [steady(500)],
        performance: queueingOf(0.01, [0.1, 1]),
        slo: within(0.1),
      }),
    ]).get('a')!;
    expect(shapes.map((shape) => shape.id)).toEqual(['a/1000m-256Mi']);
  });

  it('is limited by memory where every request keeps much of it', () => {
    const rate = (perRequest: number): number =>
      shapesOf([
        serviceOf('a', {
          performance: queueingOf(0.01, [1], { memoryPerRequest: bytes(perRequest * 2 ** 20) }),
        }),
      ]).get('a')![0]!.ratePerReplica;
    expect(rate(1)).toBeCloseTo(80, 6);
    expect(rate(60)).toBeLessThan(50);
    expect(rate(120)).toBeLessThan(rate(60));
    expect(rate(120)).toBeGreaterThan(1);
  });

  it('that cannot hold itself in memory is a problem', () => {
    const outcome = serviceShapes([
      serviceOf('a', { performance: queueingOf(0.01, [1], { baseMemory: bytes(2 ** 30) }) }),
    ]);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['perf-service-no-capacity']);
  });

  it('that misses its limit without load says by how much and which service takes most', () => {
    const outcome = serviceShapes([
      serviceOf('a', { requestClasses: [steady(5)], calls: callsIn(['b']), slo: within(0.1) }),
      serviceOf('b', { performance: queueingOf(0.5) }),
    ]);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'perf-service-slo', path: 'fleet/a/slo' });
    expect(outcome.diagnostics[0]!.detail).toContain('"b"');
  });
});

describe('a graph of services', () => {
  const front = (limit: number, groups: readonly (readonly string[])[]): ServiceWorkload =>
    serviceOf('front', { requestClasses: [steady(300)], calls: callsIn(...groups), slo: within(limit) });

  it.each([
    ['in a chain', [['b'], ['c']]],
    ['side by side', [['b', 'c']]],
  ])('%s meets the limit of its entry closely at the rates given', (_, groups) => {
    const services = [front(0.25, groups), serviceOf('b'), serviceOf('c', { performance: queueingOf(0.02) })];
    const p99 = p99At(services, 'front');
    expect(p99).toBeLessThan(0.25 * 1.01);
    expect(p99).toBeGreaterThan(0.25 * 0.95);
  });

  it('carries more when calls run side by side than one after the other', () => {
    const sum = (groups: readonly (readonly string[])[]): number =>
      [...shapesOf([front(0.2, groups), serviceOf('b'), serviceOf('c')]).values()].reduce(
        (total, list) => total + list[0]!.ratePerReplica,
        0,
      );
    expect(sum([['b', 'c']])).toBeGreaterThan(sum([['b'], ['c']]));
  });

  it('loads services that no limit concerns to the cap', () => {
    const shapes = shapesOf([
      front(0.2, [['b']]),
      serviceOf('b'),
      serviceOf('other', { requestClasses: [steady(9)] }),
    ]);
    expect(shapes.get('other')![0]!.ratePerReplica).toBeCloseTo(80, 9);
    expect(shapes.get('b')![0]!.ratePerReplica).toBeLessThan(80);
  });

  it('keeps the strictest of the limits of two entries that share a service', () => {
    const services = [
      serviceOf('fast', { requestClasses: [steady(50)], calls: callsIn(['store']), slo: within(0.12) }),
      serviceOf('slow', { requestClasses: [steady(50)], calls: callsIn(['store']), slo: within(0.5) }),
      serviceOf('store'),
    ];
    expect(p99At(services, 'fast')).toBeLessThan(0.12 * 1.01);
    expect(p99At(services, 'slow')).toBeLessThan(0.5);
  });

  it('costs within 3 % of the best of a fine grid of loads', () => {
    const services = [
      front(0.3, [['b'], ['c']]),
      serviceOf('b', { performance: queueingOf(0.02, [2]) }),
      serviceOf('c', { performance: queueingOf(0.005, [1], { variability: 2 }) }),
    ];
    const shapes = shapesOf(services);
    const one = new Map([...shapes].map(([id, list]) => [id, list[0]!]));
    const cost = (rates: readonly number[]): number =>
      rates.reduce((sum, rate, i) => sum + (300 / rate) * (i === 1 ? 2 * 7.5 + 0.25 : 7.75), 0);
    const ids = ['front', 'b', 'c'];
    const found = cost(ids.map((id) => one.get(id)!.ratePerReplica));
    const capacity = [100, 100, 200];
    let best = Infinity;
    for (let i = 4; i <= 32; i++) {
      for (let j = 4; j <= 32; j++) {
        for (let k = 4; k <= 32; k++) {
          const rates = [i, j, k].map((step, at) => (step / 40) * capacity[at]!);
          if (cost(rates) >= Math.min(best, found)) continue;
          const planned = new Map(
            ids.map((id, at) => {
              const replicas = Math.ceil(300 / rates[at]!);
              return [id, { shape: one.get(id)!, replicas, requestRate: rates[at]! * replicas }];
            }),
          );
          if (serviceResponse(services, planned).get('front')!.latency.p99! <= 0.3) best = cost(rates);
        }
      }
    }
    expect(found / best).toBeLessThan(1.03);
  });

  it('is split alike whatever the order in which its services are declared', () => {
    const services = [front(0.25, [['b'], ['c']]), serviceOf('b'), serviceOf('c')];
    expect(shapesOf([...services].reverse())).toEqual(shapesOf(services));
  });

  it('keeps its limit nearly when several services take other sizes at once', () => {
    const services = [
      front(0.25, [['b'], ['c']]),
      serviceOf('b', { performance: queueingOf(0.01, [1, 2, 4]) }),
      serviceOf('c', { performance: queueingOf(0.01, [1, 2, 4]) }),
    ].map((service) => ({ ...service, performance: queueingOf(0.01, [1, 2, 4]) }));
    for (const choose of [0, 1, 2]) expect(p99At(services, 'front', choose)).toBeLessThan(0.25 * 1.02);
  });
});

describe('a measured service', () => {
  const row = (requestRate: number, p95: number, failedShare = 0) => ({
    requestRate: requestsPerSecond(requestRate),
    latency: { p95: seconds(p95) },
    cpuCores: requestRate / 100,
    memory: bytes(2 ** 27),
    failedShare,
  });
  const measured = (rows: MeasuredService['rows'], cores = 1): MeasuredService => ({
    source: 'measured',
    resources: podOf(cores),
    rows,
    provenance: { evidence: 'measured', source: 'test', date: '2026-01-01' },
  });
  const ratesOf = (performance: MeasuredService, slo = within(1, 'p95')): number =>
    shapesOf([serviceOf('a', { requestClasses: [steady(100)], performance, slo })]).get('a')![0]!
      .ratePerReplica;
  const rows = [row(10, 0.05), row(20, 0.06), row(40, 0.1), row(60, 0.4)];

  it('is never loaded beyond its last row', () => {
    expect(ratesOf(measured(rows))).toBe(60);
  });

  it('is loaded to the rate at which its latency, between rows, meets the limit', () => {
    expect(ratesOf(measured(rows), within(0.25, 'p95')) / 50).toBeCloseTo(1, 1);
  });

  it('is not loaded to rows that fail or take more CPU than the replica has', () => {
    expect(ratesOf(measured([...rows.slice(0, 3), row(60, 0.1, 0.02)]))).toBe(40);
    expect(ratesOf(measured(rows, 0.3))).toBe(20);
  });

  it('without a sound row is a problem', () => {
    const outcome = serviceShapes([serviceOf('a', { performance: measured([row(10, 1, 0.5)]) })]);
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['perf-service-no-capacity']);
  });
});

describe('a fixed service', () => {
  const fixed = (ratePerReplica: number) => ({
    source: 'fixed' as const,
    resources: podOf(1),
    replicas: 2,
    ratePerReplica: requestsPerSecond(ratePerReplica),
  });

  it('has the rate that is declared, or none that limits it', () => {
    const shapes = shapesOf([
      serviceOf('known', { performance: fixed(12) }),
      serviceOf('unknown', { performance: fixed(0) }),
    ]);
    expect(shapes.get('known')![0]!.ratePerReplica).toBe(12);
    expect(shapes.get('unknown')![0]!.ratePerReplica).toBe(Infinity);
    expect(shapes.get('unknown')![0]!.evidence).toBeUndefined();
  });

  it('takes no time in the limits of its callers, which a note says', () => {
    const outcome = serviceShapes([
      serviceOf('front', { requestClasses: [steady(9)], calls: callsIn(['store']), slo: within(0.2) }),
      serviceOf('store', { performance: fixed(0) }),
    ]);
    expect(outcome.ok).toBe(true);
    expect(outcome.diagnostics.map((item) => [item.code, item.path])).toEqual([
      ['perf-service-unknown-time', 'fleet/store/performance'],
    ]);
  });
});

describe('the response of planned services', () => {
  it('falls with more replicas and has no percentiles under overload', () => {
    const services = [serviceOf('a', { requestClasses: [steady(300)] })];
    const shape = shapesOf(services).get('a')![0]!;
    const p99 = (replicas: number) =>
      serviceResponse(services, new Map([['a', { shape, replicas, requestRate: 300 }]])).get('a')!;
    expect(p99(6).latency.p99).toBeLessThan(p99(4).latency.p99!);
    expect(p99(3).latency).toEqual({});
    expect(p99(3).utilisation).toBeGreaterThanOrEqual(1);
    expect(p99(0).latency).toEqual({});
  });
});
