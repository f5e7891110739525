import type { Allocation, EvaluatedCandidate, Offering } from '../../model/index.ts';
import type { EngineCommand, EngineTable } from '../engines/flag-table.ts';
import type { DeclaredPool, DeclaredWorkload } from './declared.ts';
import type { ProviderTraits } from './providers.ts';

/** One allocation with everything its objects need, names looked up. */
export interface PodSet {
  /** Name of the Deployment or LeaderWorkerSet and of the objects that belong to it. */
  readonly name: string;
  readonly stack: string;
  readonly workload: DeclaredWorkload;
  readonly pool: DeclaredPool;
  readonly allocation: Allocation;
  readonly traits: ProviderTraits;
  /** Offerings of its pool and capacity type in the zones it uses, sorted by id; at least one. */
  readonly offerings: readonly Offering[];
  /** What the optimizer measured of its candidate; absent when the plan does not hold it. */
  readonly evaluated?: EvaluatedCandidate;
  readonly replicas: ReplicaRange;
  readonly zones: ZoneSpread;
  readonly engine: EngineTable;
  /** Port at which its engine answers. */
  readonly port: number;
  /** Labels by which the pods that answer are told from others of the workload. */
  readonly answering: Readonly<Record<string, string>>;
  /** Whether its pods look for the fullest node, as the plan fills nodes. */
  readonly isPacked?: true;
  /** Present where it is one zone's part of its allocation. */
  readonly part?: ZonalPart;
  /** Command line of the pod that answers, and of the others where a replica has several. */
  readonly command: EngineCommand;
  readonly workerCommand?: EngineCommand;
}

/** Replicas of a pod set over the week. */
export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
  /** 168 entries, Monday 00:00 UTC first. */
  readonly hourly: readonly number[];
}

/** One zone's part of an allocation, and what all parts are together. */
export interface ZonalPart {
  /** Value of the zone label. */
  readonly zone: string;
  /** Name that all parts share. */
  readonly whole: string;
  /** Number of parts. */
  readonly count: number;
  readonly replicas: ReplicaRange;
  readonly zones: ZoneSpread;
}

/** How a pod set lies in zones. */
export interface ZoneSpread {
  /** Values of the zone label, sorted. */
  readonly labels: readonly string[];
  /** Largest difference between two of its zones in any window, at least 1. */
  readonly skew: number;
  /** Most replicas in one zone in the quietest window that has any. */
  readonly largest: number;
}

/** The first offering: the facts that all zones of a pool share (accelerator, instance type, notice). */
export function anyOffering(podSet: PodSet): Offering {
  const offering = podSet.offerings[0];
  if (offering === undefined) throw new Error(`pod set ${podSet.name} has no offering`);
  return offering;
}

/** Whether replicas change over the week. */
export function isScaled(podSet: PodSet): boolean {
  return isReplicaScaled(podSet.replicas);
}

/** Whether a range of replicas is more than one number. */
export function isReplicaScaled({ min, max }: ReplicaRange): boolean {
  return max > min;
}

/** Whether one replica takes several nodes. */
export function isGroup(podSet: PodSet): boolean {
  return podSet.allocation.candidate.podGroup.nodes > 1;
}
