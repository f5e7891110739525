import type { MicroUsd } from '../../units/index.ts';

/** Latencies of served requests, seconds; percentiles within 1 %. */
export interface FleetLatency {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What became of the requests; `served + timedOut` is `arrived`. */
export interface FleetRequests {
  readonly arrived: number;
  readonly served: number;
  /** Given up because none of the replicas began them within the time-out. */
  readonly timedOut: number;
  /** Begun again because their replica went before they were done; a request may be begun again more than once. */
  readonly retried: number;
  /** Served within every limit. */
  readonly withinLimits: number;
}

/** What one offering gave and cost. */
export interface OfferingUse {
  readonly id: string;
  readonly zone: string;
  readonly capacityType: 'on-demand' | 'spot';
  readonly replicaHours: number;
  readonly cost: MicroUsd;
  readonly launched: number;
  /** Launches refused because nothing was available. */
  readonly refused: number;
  /** Replicas taken back by the cloud; those among them that had finished their requests within the notice. */
  readonly reclaimed: number;
  readonly drained: number;
  /** Ended by the policy. */
  readonly ended: number;
}

/** Replicas by what they do, mean over each bucket. */
export interface FleetCourse {
  readonly bucketSeconds: number;
  readonly spotReady: readonly number[];
  readonly onDemandReady: readonly number[];
  readonly starting: readonly number[];
  readonly draining: readonly number[];
  /** Replicas that the load needs, as the options tell. */
  readonly needed: readonly number[];
  /** Replicas that got notice, requests that arrived, and those of them outside the limits, in each bucket. */
  readonly reclaimed: readonly number[];
  readonly arrived: readonly number[];
  readonly outside: readonly number[];
  /** By bucket, then offering. */
  readonly events: readonly FleetEvent[];
}

/** Replicas of one offering to which the same happened in one bucket. */
export interface FleetEvent {
  readonly bucket: number;
  readonly kind: 'launched' | 'ready' | 'reclaimed';
  /** Id of the offering. */
  readonly offering: string;
  /** ≥ 1. */
  readonly replicas: number;
}

/** What a run of a fleet under availability traces showed. */
export interface SpotFleetReport {
  readonly policy: string;
  /** Length of the run, seconds. */
  readonly seconds: number;
  readonly requests: FleetRequests;
  /** Requests served within every limit over those that arrived; 1 when none did. */
  readonly attainment: number;
  readonly ttft: FleetLatency;
  readonly e2e: FleetLatency;
  /** Share of time at which as many replicas were ready as the load needs. */
  readonly fullCapacityShare: number;
  /** Replicas reclaimed for which another one became ready later, and the mean seconds from notice to that. */
  readonly replaced: number;
  readonly replacementSeconds: number;
  readonly offerings: readonly OfferingUse[];
  readonly cost: MicroUsd;
  readonly spotCost: MicroUsd;
  readonly onDemandCost: MicroUsd;
  readonly spotHours: number;
  readonly onDemandHours: number;
  readonly course: FleetCourse;
}
