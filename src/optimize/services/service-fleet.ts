import type { Offering, ServiceShape, ServiceWorkload, TimeWindow } from '../../model/index.ts';
import type { PackQuota } from '../packing/index.ts';

/** A service to place: how much it must carry, with which sizes of replica, and where it may run. */
export interface FleetService {
  readonly workload: ServiceWorkload;
  /** Sizes to choose from, at least one. */
  readonly shapes: readonly ServiceShape[];
  /** Highest hourly mean rate in each window, requests/s. */
  readonly rates: readonly number[];
  /** Indices of cells in which it has an offering that it may use, ascending. */
  readonly cells: readonly number[];
}

/** Offerings that rules do not tell apart: those of a zone that fail node by node, or spot capacity of a zone that is reclaimed together. */
export interface Cell {
  /** `<zone>/base`, or the correlation group of spot capacity, with the zone in front where the group spans several. */
  readonly id: string;
  readonly kind: 'base' | 'spot';
  readonly zone: string;
  /** Cells of one group are lost together: the correlation group of spot capacity; for a base cell its own id. */
  readonly group: string;
  /** Indices of offerings, ascending. */
  readonly offerings: readonly number[];
}

/** Everything that the placement of services works on. */
export interface ServiceFleet {
  /** Sorted by id. */
  readonly services: readonly FleetService[];
  readonly offerings: readonly Offering[];
  /** What pods may use of a node of each offering: millicores, bytes, pods. */
  readonly capacities: readonly (readonly number[])[];
  readonly cells: readonly Cell[];
  readonly windows: readonly TimeWindow[];
  /** Limits on nodes, by offering indices. */
  readonly quotas: readonly PackQuota[];
  /** Per service (by index) the offerings it may use, ascending. */
  readonly allowed: readonly (readonly number[])[];
}

/** Names of the resources that service pods ask for, in the order of `capacities` and `requestOf`. */
export const POD_RESOURCES: readonly string[] = ['cpu', 'memory', 'pods'];

/** What one pod of a shape asks for: millicores, bytes, one pod. */
export function requestOf(shape: ServiceShape): readonly number[] {
  return [shape.resources.cpuMillicores, shape.resources.memory, 1];
}

/**
 * Replicas that carry a rate: rate ÷ rate of one replica, rounded up, between the bounds that the service declares. Infinity when that is
 * more than it may have.
 */
export function replicasFor(service: ServiceWorkload, shape: ServiceShape, rate: number): number {
  const fixed = service.performance.source === 'fixed' ? service.performance.replicas : 0;
  const carrying = rate > 0 ? Math.ceil(rate / shape.ratePerReplica - 1e-9) : 0;
  const needed = Math.max(service.replicas.min, fixed, carrying);
  return needed > service.replicas.max ? Infinity : needed;
}
