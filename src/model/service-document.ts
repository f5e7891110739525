import type { CpuText, DurationText, MemoryText, PercentText, RateText } from '../units/index.ts';
import type { CpuArchitecture, ServiceSlo, Toleration } from './service.ts';
import type { Percentile } from './slo.ts';

/** A microservice to run as people declare it: equal replicas, one pod each. */
export interface ServiceDocument {
  readonly id: string;
  /** Container image; default: none, planned for but deployed by its owner. */
  readonly image?: string;
  /** TCP port that it listens on; default: none. */
  readonly port?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Requests from outside; default: none, only other services call it. */
  readonly requestClasses?: readonly RequestClassDocument[];
  /** What one request asks of other services; default: nothing. */
  readonly calls?: readonly ServiceCallDocument[];
  readonly performance: ServicePerformanceDocument;
  /** Default: no limit on response times, available 99 % of the time. */
  readonly slo?: ServiceSloDocument;
  readonly replicas?: ReplicaBoundsDocument;
  readonly scheduling?: ServiceSchedulingDocument;
  /** From pod start until it serves; default: 30s (assumed). */
  readonly startup?: DurationText;
  /** Default: 30s, as in Kubernetes. */
  readonly terminationGrace?: DurationText;
  /** Pool ids; default: every pool. */
  readonly pools?: readonly string[];
  /** Default: 100%. */
  readonly maxSpotShare?: PercentText;
  readonly team?: string;
  /** Kubernetes namespace; default: the stack's name. */
  readonly namespace?: string;
}

/** Requests of one kind from outside: `meanRate`, `hourlyRate`, or both (the shape of the hours, scaled to the mean). */
export interface RequestClassDocument {
  readonly id: string;
  /** Mean over the week. */
  readonly meanRate?: RateText;
  /** Ratio of the busiest hour to the mean, ≥ 1. */
  readonly peakToMean?: number;
  /** UTC hour of the peak, 0..23. */
  readonly peakHour?: number;
  /** 168 request rates in requests per second, Monday 00:00 UTC first. */
  readonly hourlyRate?: readonly number[];
  /** Coefficient of variation of the gaps between arrivals; default: 1. */
  readonly burstiness?: number;
  /** Calls of this class in place of those of the service; an empty list: none. */
  readonly calls?: readonly ServiceCallDocument[];
}

/** Requests that one request causes elsewhere. */
export interface ServiceCallDocument {
  readonly service: string;
  /** Mean number per request; default: 1. */
  readonly perRequest?: number;
  /** Calls of one group run side by side, groups one after the other, ascending; default: 0. */
  readonly group?: number;
}

/** What one replica can do: exactly one of the three. */
export interface ServicePerformanceDocument {
  readonly measured?: MeasuredServiceDocument;
  readonly queueing?: QueueingServiceDocument;
  readonly fixed?: FixedServiceDocument;
}

/** What one pod asks of its node and may use, in the words of Kubernetes. */
export interface ResourcesDocument {
  readonly requests: { readonly cpu: CpuText; readonly memory: MemoryText };
  /** Default: none. */
  readonly limits?: { readonly cpu?: CpuText; readonly memory?: MemoryText };
}

/** What one replica of a stated size showed at several request rates. */
export interface MeasuredServiceDocument {
  readonly resources: ResourcesDocument;
  /** Ascending by rate. */
  readonly rows: readonly ServiceMeasurementDocument[];
  /** Where the rows come from; default: declared. */
  readonly source?: string;
  /** ISO date of the measurement. */
  readonly date?: string;
}

/** One row of a characterisation of one replica. */
export interface ServiceMeasurementDocument {
  readonly rate: RateText;
  /** Response times by percentile, at least one. */
  readonly latency: Readonly<Partial<Record<Percentile, DurationText>>>;
  /** CPU used on average. */
  readonly cpu: CpuText;
  readonly memory: MemoryText;
  /** Share of requests that failed; default: 0%. */
  readonly failed?: PercentText;
}

/** Work per request and the sizes of replica to choose from. */
export interface QueueingServiceDocument {
  readonly sizes: readonly ServiceSizeDocument[];
  /** CPU time of one request on one core. */
  readonly cpuTime: DurationText;
  /** Coefficient of variation of that time; default: 1. */
  readonly variability?: number;
  /** Time of a request that takes no CPU; default: 0s. */
  readonly idleTime?: DurationText;
  /** Memory of an idle replica; default: 0Mi, so that memory never limits its rate. */
  readonly baseMemory?: MemoryText;
  /** Memory of every request in it; default: 0Mi. */
  readonly memoryPerRequest?: MemoryText;
}

/** One size of replica. */
export interface ServiceSizeDocument extends ResourcesDocument {
  /** Requests worked on at once; default: the cores of the CPU limit, or of the request, rounded up. */
  readonly servers?: number;
}

/** So many replicas of one size, as they stand today. */
export interface FixedServiceDocument {
  readonly resources: ResourcesDocument;
  readonly replicas: number;
  /** Rate that one replica takes; default: unknown. */
  readonly ratePerReplica?: RateText;
}

/** Limits on response times as callers from outside see them, and the availability promised. */
export interface ServiceSloDocument {
  readonly response?: Readonly<Partial<Record<Percentile, DurationText>>>;
  /** Default: 99%. */
  readonly availability?: PercentText;
  /** Default: correlation-group. */
  readonly tolerates?: ServiceSlo['tolerates'];
}

/** Bounds on the replicas of a service at any hour. */
export interface ReplicaBoundsDocument {
  /** Default: 1. */
  readonly min?: number;
  /** Default: unlimited. */
  readonly max?: number;
}

/** Where the pods of a service may run and how they keep apart. */
export interface ServiceSchedulingDocument {
  /** Default: amd64. */
  readonly architectures?: readonly CpuArchitecture[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly TolerationDocument[];
  /** Most replicas on one node; default: unlimited. */
  readonly maxPerNode?: number;
  /** Services whose pods must not share a node with its pods; itself means `maxPerNode: 1`. */
  readonly apartFrom?: readonly string[];
  /** Largest difference of replicas between two zones, or `unlimited`; default: 1. */
  readonly zoneSkew?: number | 'unlimited';
  /** Kubernetes priority; default: 0. */
  readonly priority?: number;
}

/** A taint that its pods put up with. */
export interface TolerationDocument {
  /** Default: every taint, with operator Exists. */
  readonly key?: string;
  /** Default: Equal, as in Kubernetes. */
  readonly operator?: Toleration['operator'];
  readonly value?: string;
  /** Default: every effect. */
  readonly effect?: Exclude<Toleration['effect'], ''>;
}
