import { PROPAGATION, STARTUP_FACTOR, STARTUP_FLOOR, spotNotice } from '../lifecycle.ts';
import type { DeclaredService } from './declared-service.ts';
import type { PlannedService, ServicePodSet } from './planned-service.ts';

/** How a pod of a service ends; whole seconds. */
export interface ServiceTermination {
  /** Wait before the pod is told to stop, in which endpoints stop sending; 0 for none. */
  readonly preStop: number;
  /** Time until it is killed, the wait included. */
  readonly gracePeriod: number;
  /** Whether the provider's notice leaves less than was declared. */
  readonly isCut: boolean;
}

/**
 * A pod that listens waits until nothing is sent to it any more, then has the declared time to finish its requests; on
 * spot capacity both end within the provider's notice.
 */
export function serviceTermination(service: DeclaredService, podSet: ServicePodSet): ServiceTermination {
  const wait = service.port === 0 ? 0 : PROPAGATION;
  const wanted = Math.max(1, wait + Math.ceil(service.terminationGrace));
  if (podSet.allocation.capacityType !== 'spot') {
    return { preStop: wait, gracePeriod: wanted, isCut: false };
  }
  const gracePeriod = Math.min(wanted, spotNotice(podSet.offerings));
  return { preStop: Math.min(wait, gracePeriod - 1), gracePeriod, isCut: gracePeriod < wanted };
}

/** Seconds from the wish for one more replica until it serves: node and pod, as planned. */
export function serviceScaleUpTime({ offerings, allocation }: ServicePodSet): number {
  return Math.max(...offerings.map((offering) => offering.nodeStartup)) + allocation.shape.startup;
}

/** Seconds without progress after which a rollout counts as failed. */
export function progressDeadline(podSet: ServicePodSet): number {
  const startup = Math.max(STARTUP_FLOOR, STARTUP_FACTOR * podSet.allocation.shape.startup);
  return Math.ceil(serviceScaleUpTime(podSet)) + Math.ceil(startup);
}

/**
 * Replicas of a service that may be down at once by choice: in every window those that the plan holds beyond what its
 * requests need, never all of the quietest hour, and at least one, because a budget of none would block every
 * node upgrade.
 */
export function disposableServiceReplicas(planned: PlannedService): number {
  const { podSets } = planned;
  const hours = podSets[0]?.replicas.hourly.map((_, hour) =>
    podSets.reduce((sum, { replicas }) => sum + (replicas.hourly[hour] ?? 0), 0),
  );
  const quietest = Math.min(...(hours ?? [0]));
  return Math.max(1, Math.min(spareReplicas(planned), quietest - 1));
}

/** Fewest replicas that the service has beyond its need in any window; 0 where the plan does not say. */
function spareReplicas({ decision }: PlannedService): number {
  const spare = Object.values(decision?.load ?? {}).map((load) => load.planned - load.needed);
  return spare.length === 0 ? 0 : Math.max(0, Math.min(...spare));
}

/** How a Deployment replaces its pods. */
export type Rollout = { readonly maxSurge: number; readonly maxUnavailable: number };

/**
 * All pod sets of a service roll at once, so each takes its part of what may be down; where that is not one replica each,
 * a new pod starts before an old one goes, which may take a node more than the plan bought for as long as it lasts.
 */
export function rollout(planned: PlannedService): Rollout {
  const each = Math.floor(spareReplicas(planned) / planned.podSets.length);
  return each > 0 ? { maxSurge: 0, maxUnavailable: each } : { maxSurge: 1, maxUnavailable: 0 };
}
