import { bytes, requestsPerSecond } from '../units/index.ts';
import type { NormalizedService } from './normalize-document.ts';
import { read } from './parse-quantities.ts';
import { PERCENTILES } from './problem-schema-workload.ts';
import type {
  FixedServiceDocument,
  MeasuredServiceDocument,
  QueueingServiceDocument,
  ResourcesDocument,
  ServiceMeasurementDocument,
  ServiceSizeDocument,
} from './service-document.ts';
import type {
  FixedService,
  MeasuredService,
  PodResources,
  QueueingService,
  ServiceMeasurement,
  ServicePerformance,
  ServiceSize,
} from './service.ts';

/** What one replica of a validated and normalised service can do. */
export function parseServicePerformance({ id, performance }: NormalizedService): ServicePerformance {
  const { measured, queueing, fixed } = performance;
  if (measured !== undefined) return parseMeasured(measured, id);
  if (queueing !== undefined) return parseQueueing(queueing);
  if (fixed !== undefined) return parseFixed(fixed);
  throw new Error(`service ${id} passed validation without a performance`);
}

function parseMeasured(document: MeasuredServiceDocument, id: string): MeasuredService {
  return {
    source: 'measured',
    resources: parseResources(document.resources),
    rows: document.rows.map(parseRow),
    provenance: {
      evidence: 'measured',
      source: document.source ?? `measurements declared for ${id}`,
      ...(document.date === undefined ? {} : { date: document.date }),
    },
  };
}

function parseRow(document: ServiceMeasurementDocument): ServiceMeasurement {
  const latency = PERCENTILES.flatMap((percentile) => {
    const text = document.latency[percentile];
    return text === undefined ? [] : [[percentile, read('duration', text)] as const];
  });
  return {
    requestRate: read('rate', document.rate),
    latency: Object.fromEntries(latency),
    cpuCores: read('cpu', document.cpu) / 1000,
    memory: read('memory', document.memory),
    failedShare: document.failed === undefined ? 0 : read('percent', document.failed),
  };
}

function parseQueueing(document: QueueingServiceDocument): QueueingService {
  return {
    source: 'queueing',
    sizes: document.sizes.map(parseSize),
    cpuSeconds: read('duration', document.cpuTime),
    variability: document.variability ?? 1,
    idleSeconds: read('duration', document.idleTime ?? '0s'),
    baseMemory: document.baseMemory === undefined ? bytes(0) : read('memory', document.baseMemory),
    memoryPerRequest:
      document.memoryPerRequest === undefined ? bytes(0) : read('memory', document.memoryPerRequest),
  };
}

/** As many servers as whole cores that the pod may use, rounded up, unless stated (*assumed*: one worker per core). */
function parseSize(document: ServiceSizeDocument): ServiceSize {
  const resources = parseResources(document);
  const millicores =
    resources.cpuLimitMillicores === 0 ? resources.cpuMillicores : resources.cpuLimitMillicores;
  return { resources, servers: document.servers ?? Math.max(1, Math.ceil(millicores / 1000)) };
}

function parseFixed(document: FixedServiceDocument): FixedService {
  return {
    source: 'fixed',
    resources: parseResources(document.resources),
    replicas: document.replicas,
    ratePerReplica:
      document.ratePerReplica === undefined ? requestsPerSecond(0) : read('rate', document.ratePerReplica),
  };
}

/** Requests and limits of a pod; a limit that is not stated is 0. */
function parseResources({ requests, limits = {} }: ResourcesDocument): PodResources {
  return {
    cpuMillicores: read('cpu', requests.cpu),
    memory: read('memory', requests.memory),
    cpuLimitMillicores: limits.cpu === undefined ? 0 : read('cpu', limits.cpu),
    memoryLimit: limits.memory === undefined ? bytes(0) : read('memory', limits.memory),
  };
}
