import type { PodResources, Provenance } from '../../model/index.ts';
import type { Masses, TimeGrid } from './time-grid.ts';
import type { Arrivals } from './waiting.ts';

/** Largest busy share of a replica that plans count on, where nothing was measured (assumed). */
export const UTILISATION_CAP = 0.8;

/** How requests reach one replica. */
export interface ReplicaLoad {
  readonly rate: number;
  readonly arrivals: Arrivals;
  /** Mean seconds that a request waits for its calls to other services, memory held all the while. */
  readonly callSeconds: number;
}

/** What one replica of a size does at a rate. Times in seconds, calls to other services left out. */
export interface ReplicaReading {
  /** Busy share of what it may use. */
  readonly utilisation: number;
  readonly meanTime: number;
  /** Variance of the response time, seconds squared. */
  readonly variance: number;
  /** Bytes in use when unusually many requests are in it; 0 when unknown. */
  readonly memory: number;
  /** Distribution of the response time on a grid. */
  masses(grid: TimeGrid): Masses;
}

/** Performance of one replica of one size. */
export interface ReplicaModel {
  readonly resources: PodResources;
  /** Requests worked on at once; 0 when unknown. */
  readonly servers: number;
  /** Largest rate that may be asked for, whatever the limits on response times; Infinity when nothing is known. */
  readonly largestRate: number;
  /** Memory that it may use in bytes; Infinity when nobody says. */
  readonly memoryLimit: number;
  readonly provenance: Provenance;
  /** The reading at a rate; undefined where the replica would be overloaded or nothing is known. */
  at(load: ReplicaLoad): ReplicaReading | undefined;
}

/** Cores that a replica can count on however full its node is: what it requests, or its limit where it requests none; Infinity with neither. */
export function countedCores(resources: PodResources): number {
  const millicores =
    resources.cpuMillicores > 0
      ? resources.cpuMillicores
      : resources.cpuLimitMillicores > 0
        ? resources.cpuLimitMillicores
        : Infinity;
  return millicores / 1000;
}

/** Memory at which a replica is in danger: its limit, or what it requests where it has none; Infinity with neither. */
export function countedMemory(resources: PodResources): number {
  if (resources.memoryLimit > 0) return resources.memoryLimit;
  return resources.memory > 0 ? resources.memory : Infinity;
}
