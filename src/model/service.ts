import type { Bytes, MicroUsd, RequestsPerSecond, Seconds } from '../units/index.ts';
import type { AvailabilityEvidence } from './decision.ts';
import type { Provenance } from './provenance.ts';
import type { CapacityType, Taint } from './pool.ts';
import type { Percentile, Slo } from './slo.ts';
import type { TrafficScaling, WorkloadBase } from './workload.ts';

/** CPU instruction set that an image is built for. */
export type CpuArchitecture = 'amd64' | 'arm64';

/** A stateless or stateful network service made of equal replicas, one pod each, as declared. */
export interface ServiceWorkload extends Omit<WorkloadBase, 'routing'> {
  readonly kind: 'service';
  /** Container image; empty for a service that is planned for but not deployed by us. */
  readonly image: string;
  /** TCP port that it listens on; 0 when it has none. */
  readonly port: number;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Environment variables in plain text; secrets are referenced by the owner's own manifests. */
  readonly environment: Readonly<Record<string, string>>;
  /** Requests that arrive from outside, by class, sorted by id; empty where only other services call it. */
  readonly requestClasses: readonly RequestClass[];
  /** What one request to it asks of other services, sorted by service. */
  readonly calls: readonly ServiceCall[];
  readonly performance: ServicePerformance;
  readonly slo: ServiceSlo;
  /** Bounds on its replicas over the week; `max` is Infinity when unlimited. */
  readonly replicas: { readonly min: number; readonly max: number };
  readonly scheduling: ServiceScheduling;
  /** Seconds from pod start until it serves. */
  readonly startup: Seconds;
  /** Seconds that a pod may take to finish its requests when it is told to stop. */
  readonly terminationGrace: Seconds;
}

/** Requests of one kind from outside, with their own rate by hour of the week. */
export interface RequestClass {
  readonly id: string;
  /** Mean request rate of each hour of the week, 168 entries, Monday 00:00 UTC first. */
  readonly hourlyRate: readonly RequestsPerSecond[];
  /** Changes not yet made to `hourlyRate`; absent once the problem is resolved. */
  readonly scaling?: Pick<TrafficScaling, 'meanRate' | 'peakToMean' | 'peakHour'>;
  /** Coefficient of variation of the gaps between arrivals, > 0. */
  readonly burstiness: number;
  /** Calls of this class where they differ from those of the service; absent: those of the service. */
  readonly calls?: readonly ServiceCall[];
}

/** Requests that one request causes elsewhere. */
export interface ServiceCall {
  readonly service: string;
  /** Mean number of calls per request, > 0. */
  readonly perRequest: number;
  /** Calls of one group run side by side, groups one after the other (ascending). */
  readonly group: number;
}

/** What one replica can do. */
export type ServicePerformance = MeasuredService | QueueingService | FixedService;

/** As measured: what one replica of a stated size showed at several request rates, ascending by rate. */
export interface MeasuredService {
  readonly source: 'measured';
  readonly resources: PodResources;
  readonly rows: readonly ServiceMeasurement[];
  readonly provenance: Provenance;
}

/** One row of a characterisation of one replica. */
export interface ServiceMeasurement {
  readonly requestRate: RequestsPerSecond;
  /** Response time; at least one percentile. */
  readonly latency: Readonly<Partial<Record<Percentile, Seconds>>>;
  /** Cores used on average. */
  readonly cpuCores: number;
  readonly memory: Bytes;
  /** Share of requests that failed, 0..1. */
  readonly failedShare: number;
}

/** By queueing: c servers (cores or worker threads), work per request with a mean and a spread. */
export interface QueueingService {
  readonly source: 'queueing';
  /** Sizes of replica to choose from, at least one, ascending by CPU. */
  readonly sizes: readonly ServiceSize[];
  /** CPU seconds of one request on one core at the reference speed. */
  readonly cpuSeconds: Seconds;
  /** Coefficient of variation of that work; 1 for exponential. */
  readonly variability: number;
  /** Time of a request that takes no CPU and no server (waiting for disks, other systems). */
  readonly idleSeconds: Seconds;
  /** Memory of an idle replica, and of every request in it. */
  readonly baseMemory: Bytes;
  readonly memoryPerRequest: Bytes;
}

/** One size of replica that queueing may choose. */
export interface ServiceSize {
  readonly resources: PodResources;
  /** Requests worked on at once. */
  readonly servers: number;
}

/** As it stands: nothing is known of its speed; so many replicas are wanted. */
export interface FixedService {
  readonly source: 'fixed';
  readonly resources: PodResources;
  readonly replicas: number;
  /** Rate of one replica if known; 0 when not. */
  readonly ratePerReplica: RequestsPerSecond;
}

/** What one pod asks of its node, and its limits; a limit of 0 means none. */
export interface PodResources {
  readonly cpuMillicores: number;
  readonly memory: Bytes;
  readonly cpuLimitMillicores: number;
  readonly memoryLimit: Bytes;
}

/** Limits on response times seen by the callers from outside (calls included), and what may fail. Limits are sorted by percentile. */
export interface ServiceSlo extends Omit<Slo, 'limits' | 'tolerates'> {
  /** As for language models; `zone`: all that runs in any one zone may fail at once. */
  readonly tolerates: Slo['tolerates'] | 'zone';
  readonly limits: readonly { readonly percentile: Percentile; readonly limit: Seconds }[];
}

/** Where the pods of a service may run and how they keep apart. */
export interface ServiceScheduling {
  /** Architectures that the image is built for, sorted; at least one. */
  readonly architectures: readonly CpuArchitecture[];
  /** Labels that a node must carry. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Most replicas on one node; Infinity when nothing is said. */
  readonly maxPerNode: number;
  /** Services whose pods must not share a node with its pods, sorted. */
  readonly apartFrom: readonly string[];
  /** Largest difference of replicas between two zones; Infinity when nothing is said. */
  readonly zoneSkew: number;
  /** Kubernetes priority; higher goes first. */
  readonly priority: number;
}

/** A taint that pods put up with; an empty key tolerates every taint. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  readonly effect: Taint['effect'] | '';
}

/** One size of replica with what it carries within the SLO: what the optimizer may choose for a service. */
export interface ServiceShape {
  /** `<service>/<cpu>m-<memory>Mi`; unique and stable. */
  readonly id: string;
  readonly workload: string;
  readonly resources: PodResources;
  /** Requests worked on at once; 0 when unknown. */
  readonly servers: number;
  /** Rate that one replica takes within its share of the SLO; Infinity where it is never the limit. */
  readonly ratePerReplica: RequestsPerSecond;
  /** What is expected at that rate; absent for fixed services. */
  readonly evidence?: ServiceEvidence;
  readonly startup: Seconds;
}

/** A service with what its replicas carry and what arrives: what the optimizer works on. */
export interface ResolvedService {
  readonly workload: ServiceWorkload;
  /** Sizes of replica to choose from, at least one. */
  readonly shapes: readonly ServiceShape[];
  /** Requests per second in each hour of the week, those of callers included; 168 entries. */
  readonly hourlyRate: readonly number[];
}

/** What a replica is expected to show at a rate. */
export interface ServiceEvidence {
  readonly requestRate: RequestsPerSecond;
  /** Share of its servers (or of its CPU) that is busy, 0..1. */
  readonly utilisation: number;
  readonly latency: Readonly<Partial<Record<Percentile, Seconds>>>;
  readonly provenance: Provenance;
}

/** Replicas of one service on one pool and capacity type: one pod set in the cluster. */
export interface ServiceAllocation {
  /** `<service>-<pool>-<capacity type>`. */
  readonly id: string;
  readonly workload: string;
  readonly shape: ServiceShape;
  readonly pool: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly tier: 'base' | 'surge';
  /** Replicas by zone in each window, keyed by window id; zones with none are left out. */
  readonly replicas: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Nodes of one offering that hold the same pods in one window. */
export interface PackedNodes {
  readonly offering: string;
  readonly window: string;
  readonly nodes: number;
  /** Pods of each service on every one of these nodes; services with none are left out. */
  readonly pods: Readonly<Record<string, number>>;
}

/** What the optimizer decided for one service. */
export interface ServiceDecision {
  readonly workload: string;
  readonly shape: ServiceShape;
  /** By window: requests per second in its busiest hour, replicas that carry them, and replicas planned so that losses are survived. */
  readonly load: Readonly<Record<string, ServiceLoad>>;
  /** Response time seen by its callers from outside at the busiest window, calls included; absent where nobody outside calls or nothing is known. */
  readonly response?: ServiceEvidence;
  readonly availability: AvailabilityEvidence;
  /** Other shapes with what the service would take more per month by shadow prices, cheapest first. */
  readonly alternatives: readonly { readonly shape: string; readonly extraPerMonth: MicroUsd }[];
}

/** Load of a service in one window and the replicas for it. */
export interface ServiceLoad {
  readonly requestRate: RequestsPerSecond;
  readonly needed: number;
  readonly planned: number;
}
