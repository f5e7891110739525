import type {
  PodResources,
  QueueingService,
  RequestClass,
  ServiceCall,
  ServiceWorkload,
} from '../../../model/index.ts';
import { HOURS_PER_WEEK, bytes, requestsPerSecond, seconds } from '../../../units/index.ts';

/** Resources of so many cores and mebibytes, limits equal to requests. */
export function podOf(cores: number, mebibytes = 256): PodResources {
  const cpuMillicores = cores * 1000;
  const memory = bytes(mebibytes * 2 ** 20);
  return { cpuMillicores, memory, cpuLimitMillicores: cpuMillicores, memoryLimit: memory };
}

/** Work of `cpuSeconds` a request on sizes with one server per core. */
export function queueingOf(
  cpuSeconds: number,
  cores: readonly number[] = [1],
  more: Partial<QueueingService> = {},
): QueueingService {
  return {
    source: 'queueing',
    sizes: cores.map((count) => ({ resources: podOf(count), servers: Math.ceil(count) })),
    cpuSeconds: seconds(cpuSeconds),
    variability: 1,
    idleSeconds: seconds(0),
    baseMemory: bytes(0),
    memoryPerRequest: bytes(0),
    ...more,
  };
}

/** The same rate in every hour of the week. */
export function steady(rate: number, more: Partial<RequestClass> = {}): RequestClass {
  return {
    id: 'all',
    hourlyRate: Array.from({ length: HOURS_PER_WEEK }, () => requestsPerSecond(rate)),
    burstiness: 1,
    ...more,
  };
}

/** Calls in groups: each list runs side by side, one list after the other. */
export function callsIn(...groups: readonly (readonly string[])[]): readonly ServiceCall[] {
  return groups
    .flatMap((group, index) => group.map((service) => ({ service, perRequest: 1, group: index })))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** A service of exponential work of 10 ms on one core that nobody calls, changed by `more`. */
export function serviceOf(id: string, more: Partial<ServiceWorkload> = {}): ServiceWorkload {
  return {
    kind: 'service',
    id,
    path: `fleet/${id}`,
    team: '',
    namespace: 'default',
    pools: [],
    maxSpotShare: 1,
    image: `example/${id}`,
    port: 8080,
    command: [],
    args: [],
    environment: {},
    requestClasses: [],
    calls: [],
    performance: queueingOf(0.01),
    slo: { limits: [], availability: 0.99, tolerates: 'nothing' },
    replicas: { min: 1, max: Infinity },
    scheduling: {
      architectures: ['amd64'],
      nodeSelector: {},
      tolerations: [],
      maxPerNode: Infinity,
      apartFrom: [],
      zoneSkew: Infinity,
      priority: 0,
    },
    startup: seconds(5),
    terminationGrace: seconds(30),
    ...more,
  };
}

/** One limit in seconds as an SLO. */
export function within(
  limit: number,
  percentile: 'p50' | 'p90' | 'p95' | 'p99' = 'p99',
): ServiceWorkload['slo'] {
  return {
    limits: [{ percentile, limit: seconds(limit) }],
    availability: 0.99,
    tolerates: 'nothing',
  };
}
