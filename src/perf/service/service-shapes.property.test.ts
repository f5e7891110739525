import { describe, expect, it } from 'vitest';
import type { MeasuredService, ServiceShape, ServiceWorkload } from '../../model/index.ts';
import { randomStream } from '../../random/index.ts';
import type { RandomStream } from '../../random/index.ts';
import { bytes, requestsPerSecond, seconds } from '../../units/index.ts';
import { callRates, peakRate } from './call-graph.ts';
import { serviceResponse } from './service-response.ts';
import { serviceShapes } from './service-shapes.ts';
import { podOf, queueingOf, serviceOf, steady } from './testing/services.ts';

const PROBLEMS = 60;

function pick<T>(stream: RandomStream, items: readonly T[]): T {
  return items[stream.integer(items.length)]!;
}

function randomPerformance(stream: RandomStream): ServiceWorkload['performance'] {
  const kind = stream.uniform();
  if (kind < 0.1) {
    const ratePerReplica = requestsPerSecond(pick(stream, [0, 50]));
    return { source: 'fixed', resources: podOf(0.5), replicas: 2, ratePerReplica };
  }
  if (kind < 0.25) {
    const rows = [5, 20, 50].map((rate) => ({
      requestRate: requestsPerSecond(rate),
      latency: { p50: seconds(0.01 + rate / 2000), p95: seconds(0.02 + rate / 500) },
      cpuCores: rate / 100,
      memory: bytes(2 ** 26),
      failedShare: 0,
    }));
    const provenance: MeasuredService['provenance'] = { evidence: 'measured', source: 'test' };
    return { source: 'measured', resources: podOf(1), rows, provenance };
  }
  return queueingOf(0.002 + 0.02 * stream.uniform(), pick(stream, [[1], [0.5, 1, 2], [2, 4]]), {
    variability: 2 * stream.uniform(),
    idleSeconds: seconds(pick(stream, [0, 0.01])),
    memoryPerRequest: bytes(pick(stream, [0, 2 ** 22])),
  });
}

/** Services s0, s1, … of which each calls some later ones; s0 and perhaps others have limits. */
function randomServices(stream: RandomStream): readonly ServiceWorkload[] {
  const count = 1 + stream.integer(8);
  return Array.from({ length: count }, (_, i) => {
    const calls = Array.from({ length: count - i - 1 }, (_unused, k) => `s${i + 1 + k}`)
      .filter(() => stream.uniform() < 0.4)
      .map((service) => ({ service, perRequest: pick(stream, [0.3, 1, 1, 3]), group: stream.integer(2) }));
    const isEntry = i === 0 || stream.uniform() < 0.2;
    const limits = [
      { percentile: 'p50', limit: seconds(0.2 + stream.uniform()) },
      { percentile: 'p99', limit: seconds(0.6 + 2 * stream.uniform()) },
    ] as const;
    const requestClasses = [
      steady(20 + 400 * stream.uniform(), { id: 'a', burstiness: pick(stream, [1, 1, 0.5, 2]) }),
      steady(20 * stream.uniform(), { id: 'b', calls: calls.slice(0, 1) }),
    ];
    return serviceOf(`s${i}`, {
      calls,
      performance: randomPerformance(stream),
      ...(isEntry
        ? { requestClasses, slo: { limits, availability: 0.99, tolerates: 'nothing' as const } }
        : {}),
    });
  });
}

interface Solved {
  readonly services: readonly ServiceWorkload[];
  readonly shapes: ReadonlyMap<string, readonly ServiceShape[]>;
}

function solvedProblems(): readonly Solved[] {
  const stream = randomStream(11, 'service-problems');
  return Array.from({ length: PROBLEMS }, () => randomServices(stream)).flatMap((services) => {
    const outcome = serviceShapes(services);
    if (!outcome.ok) {
      for (const item of outcome.diagnostics) expect(item.code).toMatch(/^perf-service-/);
      return [];
    }
    return [{ services, shapes: outcome.value }];
  });
}

/** Replicas for the peak of every service with shapes that `choose` picks, the rate times `factor`. */
function responseOf({ services, shapes }: Solved, choose: (count: number) => number, factor = 1) {
  const rates = callRates(services);
  const planned = new Map(
    services.map(({ id }) => {
      const list = shapes.get(id)!;
      const shape = list[choose(list.length)]!;
      const peak = peakRate(rates.get(id)!);
      const replicas = Math.max(1, Math.ceil(peak / shape.ratePerReplica - 1e-9));
      return [id, { shape, replicas, requestRate: factor * peak }];
    }),
  );
  return serviceResponse(services, planned);
}

describe('random problems', () => {
  const solved = solvedProblems();

  it('are mostly solvable, so that the other claims say something', () => {
    expect(solved.length).toBeGreaterThan(PROBLEMS / 2);
  });

  it('keep their limits within 3 % whichever sizes are taken for their services', () => {
    const stream = randomStream(12, 'choices');
    for (const problem of solved) {
      for (let trial = 0; trial < 3; trial++) {
        const responses = responseOf(problem, (count) => stream.integer(count));
        for (const service of problem.services) {
          for (const { percentile, limit } of service.slo.limits) {
            expect(responses.get(service.id)!.latency[percentile]! / limit).toBeLessThan(1.03);
          }
        }
      }
    }
  });

  it('answer no faster under more load', () => {
    for (const problem of solved.slice(0, 20)) {
      let before = 0;
      for (const factor of [0.2, 0.5, 0.8, 1]) {
        const { p99 } = responseOf(problem, () => 0, factor).get('s0')!.latency;
        expect(p99).toBeGreaterThan(before * 0.999);
        before = p99!;
      }
    }
  });
});
