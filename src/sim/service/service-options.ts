import type { LatencySummary, ServiceSize, ServiceWorkload } from '../../model/index.ts';

/** How requests are spread over replicas: at random as kube-proxy does it with iptables, or in turns as with IPVS. */
export type ServiceBalancing = 'random' | 'in-turn';

/** Replicas of one service in a simulation. */
export interface SimulatedReplicas {
  readonly replicas: number;
  /** Their size when the service is described by queueing; sizes of other services are known. */
  readonly size?: ServiceSize;
}

/** A run of services that call one another. */
export interface ServiceSimulationOptions {
  readonly services: readonly ServiceWorkload[];
  /** Keyed by service; every service that receives requests has at least one replica. */
  readonly planned: ReadonlyMap<string, SimulatedReplicas>;
  /** Hour of the week (0..167) whose rates from outside hold for the whole run. */
  readonly hour: number;
  /** Requests from outside, of all entries together. */
  readonly requests: number;
  /** Share of them, the first, that are not counted (0..1); default 0.1. */
  readonly warmupShare?: number;
  /** Default: at random. */
  readonly balancing?: ServiceBalancing;
  readonly seed: number;
}

/** What callers of one entry saw. */
export interface EntrySimulation {
  /** Requests counted. */
  readonly requests: number;
  /** Response time, calls included, seconds. */
  readonly latency: LatencySummary;
}

/** What a run showed. */
export interface ServiceSimulation {
  /** Keyed by service with requests from outside in the hour, sorted. */
  readonly entries: ReadonlyMap<string, EntrySimulation>;
  /** Busy share of the servers of each service described by queueing, from the first arrival to the last. */
  readonly utilisation: ReadonlyMap<string, number>;
  /** Seconds from the first arrival to the last. */
  readonly span: number;
  /** Requests served by all services together, calls included. */
  readonly served: number;
}
