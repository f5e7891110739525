import type { ServiceCall, ServiceWorkload } from '../src/model/index.ts';
import { callsIn, queueingOf, serviceOf, steady, within } from '../src/perf/service/testing/services.ts';
import { randomStream } from '../src/random/index.ts';
import { seconds } from '../src/units/index.ts';

/** Services with entry `a`, replicas of each, and the busy share that they are run at. */
export interface ServiceCase {
  readonly name: string;
  readonly services: readonly ServiceWorkload[];
  readonly replicas: Readonly<Record<string, number>>;
}

const LOADS = [0.3, 0.6, 0.8] as const;
const VARIABILITIES = [0, 0.5, 1, 2] as const;

/** Graphs under Poisson arrivals: every spread of work at every load. */
export function poissonCases(): readonly ServiceCase[] {
  return LOADS.flatMap((load) =>
    VARIABILITIES.flatMap((variability): ServiceCase[] => {
      const work = (cpuSeconds: number, cores = 1) => queueingOf(cpuSeconds, [cores], { variability });
      const at = `work of CV ${String(variability)} at ${String(load * 100)} %`;
      const arrivals = (rate: number) => ({ requestClasses: [steady(rate * load)] });
      return [
        {
          name: `one core, ${at}`,
          services: [serviceOf('a', { ...arrivals(400), performance: work(0.01) })],
          replicas: { a: 4 },
        },
        {
          name: `four cores, ${at}`,
          services: [serviceOf('a', { ...arrivals(800), performance: work(0.01, 4) })],
          replicas: { a: 2 },
        },
        {
          name: `chain of three, ${at}`,
          services: [
            serviceOf('a', { ...arrivals(400), calls: callsIn(['b'], ['c']), performance: work(0.01) }),
            serviceOf('b', { performance: work(0.01) }),
            serviceOf('c', { performance: work(0.01) }),
          ],
          replicas: { a: 4, b: 4, c: 4 },
        },
        {
          name: `diamond, ${at}`,
          services: [
            serviceOf('a', {
              ...arrivals(400),
              calls: callsIn(['b', 'c'], ['d']),
              performance: work(0.005, 2),
            }),
            serviceOf('b', { calls: callsIn(['d']), performance: work(0.01, 2) }),
            serviceOf('c', { performance: { ...work(0.02, 4), idleSeconds: seconds(0.01) } }),
            serviceOf('d', { performance: work(0.004) }),
          ],
          replicas: { a: 1, b: 2, c: 2, d: 4 },
        },
      ];
    }),
  );
}

/** Bursts from outside, and several calls at once, at every load. */
export function burstCases(): readonly ServiceCase[] {
  return LOADS.flatMap((load) => {
    const at = `at ${String(load * 100)} %`;
    const single = [0.5, 2, 4].flatMap((burstiness) =>
      [1, 4, 16].map((count): ServiceCase => ({
        name: `gaps of CV ${String(burstiness)} over ${String(count)} replicas ${at}`,
        services: [serviceOf('a', { requestClasses: [steady(100 * count * load, { burstiness })] })],
        replicas: { a: count },
      })),
    );
    const chains = [2, 4].map((burstiness): ServiceCase => ({
      name: `chain behind gaps of CV ${String(burstiness)} ${at}`,
      services: [
        serviceOf('a', {
          requestClasses: [steady(400 * load, { burstiness })],
          calls: callsIn(['b'], ['c']),
        }),
        serviceOf('b'),
        serviceOf('c'),
      ],
      replicas: { a: 4, b: 4, c: 4 },
    }));
    const batches = [3, 8].flatMap((perRequest) =>
      [4, 16].map((count): ServiceCase => ({
        name: `${String(perRequest)} calls at once to ${String(count)} replicas ${at}`,
        services: [
          serviceOf('a', {
            requestClasses: [steady((100 * count * load) / perRequest)],
            calls: [{ service: 'b', perRequest, group: 0 }],
          }),
          serviceOf('b'),
        ],
        replicas: { a: Math.ceil((2 * count) / perRequest), b: count },
      })),
    );
    return [...single, ...chains, ...batches];
  });
}

/** `count` services in graphs of 25 with one entry each, limited to four seconds; four sizes of replica for every service. */
export function manyServices(count: number): readonly ServiceWorkload[] {
  const stream = randomStream(3, 'many-services');
  return Array.from({ length: count }, (_, i) => {
    const end = Math.min(count, Math.floor(i / 25) * 25 + 25);
    const called = new Set(Array.from({ length: stream.integer(4) }, () => i + 1 + stream.integer(8)));
    const calls = [...called]
      .filter((target) => target < end)
      .map((target): ServiceCall => ({
        service: `s${String(target)}`,
        perRequest: [0.3, 1, 1, 2][stream.integer(4)]!,
        group: stream.integer(2),
      }));
    const performance = queueingOf(0.002 + 0.02 * stream.uniform(), [0.5, 1, 2, 4], {
      variability: 0.5 + stream.uniform(),
    });
    const entry = i % 25 === 0 ? { requestClasses: [steady(200)], slo: within(4) } : {};
    return serviceOf(`s${String(i)}`, { calls, performance, ...entry });
  });
}
