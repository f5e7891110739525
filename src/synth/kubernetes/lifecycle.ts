import { INDEPENDENT_NODES } from '../../model/index.ts';
import type { Offering } from '../../model/index.ts';
import { anyOffering } from './pod-set.ts';
import type { PodSet } from './pod-set.ts';

/** Time for endpoints and load balancers to stop sending after a pod is asked to go, seconds; *assumed*. */
export const PROPAGATION = 5;
/** Time between the end of draining and the kill: the engine stops its ranks; seconds, *assumed*. */
export const STOP_MARGIN = 10;
/** Draining lasts at least and at most this long where no notice bounds it, seconds; *assumed*. */
const SHORTEST_DRAIN = 30;
const LONGEST_DRAIN = 600;
/** Drain when the plan holds no latency, seconds; *assumed*. */
const DEFAULT_DRAIN = 60;
/** Warning of GCP and Azure before a spot node goes, seconds (provider documentation, 2026). */
const SHORTEST_NOTICE = 30;
/** A start may take this many times the planned time, and at least the floor in seconds, before it counts as hung; *assumed*. */
export const STARTUP_FACTOR = 3;
export const STARTUP_FLOOR = 600;

/** How long a pod keeps answering after it is asked to go, and when it is killed; seconds. */
export interface Termination {
  readonly drain: number;
  readonly gracePeriod: number;
}

/**
 * Drain for the planned p99 of the end-to-end latency; on spot capacity never longer than the provider's notice
 * (AWS 120 s, GCP and Azure 30 s), so that the drain ends before the node does.
 */
export function termination(podSet: PodSet): Termination {
  const drain = drainTime(podSet);
  if (podSet.allocation.capacityType !== 'spot') return { drain, gracePeriod: drain + STOP_MARGIN };
  const notice = spotNotice(podSet.offerings);
  const bounded = Math.max(0, Math.min(drain, notice - STOP_MARGIN));
  return { drain: bounded, gracePeriod: Math.max(1, Math.min(notice, bounded + STOP_MARGIN)) };
}

/** Seconds in which the requests of a pod end, by the planned p99 of the end-to-end latency. */
export function drainTime(podSet: PodSet): number {
  const p99 = podSet.evaluated?.capacity.evidence.latency.e2e.p99.high;
  const wanted = p99 === undefined ? DEFAULT_DRAIN : Math.ceil(p99) + PROPAGATION;
  return Math.min(LONGEST_DRAIN, Math.max(SHORTEST_DRAIN, wanted));
}

/** Shortest warning of the offerings in whole seconds; the shortest any provider gives where the plan holds none. */
export function spotNotice(offerings: readonly Offering[]): number {
  const notices = offerings.map((offering) => offering.interruption.notice).filter((notice) => notice > 0);
  return Math.max(1, Math.floor(Math.min(...(notices.length > 0 ? notices : [SHORTEST_NOTICE]))));
}

/** Seconds that a container may take to answer for the first time before it is restarted. */
export function startupBudget(podSet: PodSet): number {
  return Math.ceil(Math.max(STARTUP_FLOOR, STARTUP_FACTOR * (podSet.evaluated?.startup ?? 0)));
}

/** Seconds from the wish for one more replica until it answers: node and replica, as planned. */
export function scaleUpTime(podSet: PodSet): number {
  const node = Math.max(...podSet.offerings.map((offering) => offering.nodeStartup));
  return node + (podSet.evaluated?.startup ?? 0);
}

/**
 * Replicas of a pod set that may be down at once by choice: what the SLO tolerates to fail (one node's replicas, or
 * those of one zone where capacity fails by zone), never all of the quietest window, and at least one, because
 * a budget of none would block every node upgrade. The zonal parts of an allocation share what all of it may lose.
 */
export function disposableReplicas(podSet: PodSet): number {
  const { part, ...own } = podSet;
  if (part !== undefined) {
    const whole = disposableReplicas({ ...own, replicas: part.replicas, zones: part.zones });
    return Math.max(1, Math.min(disposableReplicas(own), Math.floor(whole / part.count)));
  }
  const spare = Math.max(1, podSet.replicas.min - 1);
  return Math.min(toleratedLoss(podSet), spare);
}

function toleratedLoss(podSet: PodSet): number {
  switch (podSet.workload.tolerates) {
    case 'nothing':
      return 1;
    case 'node':
      return replicasPerNode(podSet);
    case 'correlation-group': {
      const failsByNode = podSet.offerings.every((item) => item.correlationGroup === INDEPENDENT_NODES);
      return failsByNode ? replicasPerNode(podSet) : podSet.zones.largest;
    }
  }
}

function replicasPerNode(podSet: PodSet): number {
  const { nodes, acceleratorsPerNode } = podSet.allocation.candidate.podGroup;
  const onNode = anyOffering(podSet).instanceType.accelerator?.count ?? 0;
  if (nodes > 1 || acceleratorsPerNode <= 0 || onNode <= 0) return 1;
  return Math.max(1, Math.floor(onNode / acceleratorsPerNode));
}
