import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import type { NormalizedService } from './normalize-document.ts';
import { read } from './parse-quantities.ts';
import { parseServicePerformance } from './parse-service-performance.ts';
import { PERCENTILES } from './problem-schema-workload.ts';
import type { RequestClassDocument, ServiceCallDocument, TolerationDocument } from './service-document.ts';
import type {
  RequestClass,
  ServiceCall,
  ServiceScheduling,
  ServiceSlo,
  ServiceWorkload,
  Toleration,
} from './service.ts';

/** The service of a validated and normalised document; `path` is where the user declared it. */
export function parseService(document: NormalizedService, path: string): ServiceWorkload {
  return {
    kind: 'service',
    id: document.id,
    path,
    team: document.team ?? '',
    namespace: document.namespace,
    pools: document.pools ?? [],
    maxSpotShare: read('percent', document.maxSpotShare),
    image: document.image ?? '',
    port: document.port ?? 0,
    command: document.command ?? [],
    args: document.args ?? [],
    environment: document.environment ?? {},
    requestClasses: (document.requestClasses ?? []).map(parseRequestClass),
    calls: parseCalls(document.calls ?? []),
    performance: parseServicePerformance(document),
    slo: parseSlo(document.slo),
    replicas: { min: document.replicas.min, max: document.replicas.max ?? Infinity },
    scheduling: parseScheduling(document),
    startup: read('duration', document.startup),
    terminationGrace: read('duration', document.terminationGrace),
  };
}

/** Without hourly rates every hour has the mean rate, until `scaling` is applied. */
function parseRequestClass(document: RequestClassDocument): RequestClass {
  const { id, hourlyRate, peakToMean, peakHour, calls } = document;
  const meanRate = document.meanRate === undefined ? undefined : read('rate', document.meanRate);
  const flat = Array.from({ length: HOURS_PER_WEEK }, () => meanRate ?? 0);
  const scaling = {
    ...(meanRate === undefined ? {} : { meanRate }),
    ...(peakToMean === undefined ? {} : { peakToMean }),
    ...(peakHour === undefined ? {} : { peakHour }),
  };
  return {
    id,
    hourlyRate: (hourlyRate ?? flat).map(requestsPerSecond),
    ...(Object.keys(scaling).length === 0 ? {} : { scaling }),
    burstiness: document.burstiness ?? 1,
    ...(calls === undefined ? {} : { calls: parseCalls(calls) }),
  };
}

function parseCalls(calls: readonly ServiceCallDocument[]): readonly ServiceCall[] {
  return calls.map(({ service, perRequest = 1, group = 0 }) => ({ service, perRequest, group }));
}

function parseSlo(document: NormalizedService['slo']): ServiceSlo {
  const limits = PERCENTILES.flatMap((percentile) => {
    const limit = document.response?.[percentile];
    return limit === undefined ? [] : [{ percentile, limit: read('duration', limit) }];
  });
  return { limits, availability: read('percent', document.availability), tolerates: document.tolerates };
}

/** A service that is apart from itself has one pod per node. */
function parseScheduling({ id, scheduling }: NormalizedService): ServiceScheduling {
  const apartFrom = scheduling.apartFrom ?? [];
  return {
    architectures: scheduling.architectures,
    nodeSelector: scheduling.nodeSelector ?? {},
    tolerations: (scheduling.tolerations ?? []).map(parseToleration),
    maxPerNode: apartFrom.includes(id) ? 1 : (scheduling.maxPerNode ?? Infinity),
    apartFrom: apartFrom.filter((other) => other !== id),
    zoneSkew: typeof scheduling.zoneSkew === 'number' ? scheduling.zoneSkew : Infinity,
    priority: scheduling.priority,
  };
}

function parseToleration(document: TolerationDocument): Toleration {
  const { key = '', operator = 'Equal', value = '', effect = '' } = document;
  return { key, operator, value, effect };
}
