import type { ResolvedProblem, ServiceDocument } from '../src/model/index.ts';
import { resolvedDocument } from '../src/optimize/testing/resolved-document.ts';
import { randomStream } from '../src/random/index.ts';
import type { RandomStream } from '../src/random/index.ts';
import { HOURS_PER_WEEK } from '../src/units/index.ts';

/** Sizes of replica in millicores and mebibytes, of the kind that charts of web services ask for (assumed). */
const SIZES: readonly (readonly [cpu: number, memory: number])[] = [
  [250, 256],
  [250, 1024],
  [500, 512],
  [500, 2048],
  [1000, 1024],
  [1000, 3072],
  [2000, 2048],
  [2000, 8192],
];

/**
 * A made-up fleet of `count` services (seeded) in three zones of AWS, on demand and spot: sizes, work per request, rates that swing over the day and
 * rules about losses and spot all drawn at random. `factor` multiplies the rate of the service with the number `changed`.
 */
export function replanCase(
  count: number,
  change: { readonly changed: number; readonly factor: number },
): ResolvedProblem {
  const stream = randomStream(7, 'replan-bench');
  const services = Array.from({ length: count }, (_, index) =>
    serviceDocument(index, stream, index === change.changed ? change.factor : 1),
  );
  return resolvedDocument({
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'replan',
    pools: [
      {
        id: 'nodes',
        provider: 'aws',
        region: 'us-east-1',
        zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
        instanceTypes: { names: ['c7i.*', 'm7i.*', 'r7i.*'], except: ['*.metal*'] },
        capacityTypes: ['on-demand'],
      },
    ],
    services,
  });
}

function serviceDocument(index: number, stream: RandomStream, factor: number): ServiceDocument {
  const [cpu, memory] = SIZES[stream.integer(SIZES.length)] ?? [500, 512];
  const work = 4 + Math.floor(20 * stream.uniform());
  const replicas = 2 + 30 * stream.uniform() ** 2;
  const mean = (0.5 * (cpu / 1000) * replicas) / (work / 1000);
  const swing = 0.2 + 0.4 * stream.uniform();
  const peak = 12 + stream.integer(6);
  const tolerates =
    (['nothing', 'nothing', 'correlation-group', 'zone'] as const)[stream.integer(4)] ?? 'zone';
  const maxSpotShare = (['0%', '30%', '70%'] as const)[stream.integer(3)] ?? '0%';
  return {
    id: `s${String(index).padStart(3, '0')}`,
    requestClasses: [
      {
        id: 'all',
        hourlyRate: Array.from({ length: HOURS_PER_WEEK }, (_, hour) => {
          const rate = mean * (1 + swing * Math.cos((2 * Math.PI * (hour - peak)) / 24));
          return Math.round(1000 * factor * rate) / 1000;
        }),
      },
    ],
    performance: {
      queueing: {
        sizes: [{ requests: { cpu: `${cpu}m`, memory: `${memory}Mi` }, limits: { memory: `${memory}Mi` } }],
        cpuTime: `${work}ms`,
        baseMemory: '64Mi',
      },
    },
    slo: { response: { p99: `${work * 40}ms` }, tolerates, availability: '99%' },
    replicas: { min: 2 },
    // Replicas in part on spot capacity that must survive the loss of a zone are left out: few spreads of them exist.
    maxSpotShare: tolerates === 'zone' ? '0%' : maxSpotShare,
  };
}
