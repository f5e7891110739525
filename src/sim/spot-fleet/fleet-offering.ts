import type { AvailabilityTrace } from '../../spot/index.ts';
import type { MicroUsdPerHour, Seconds } from '../../units/index.ts';

/** Something a fleet can launch replicas on: an instance type in one zone, on demand or spot. */
export interface FleetOffering {
  /** Unique within the fleet. */
  readonly id: string;
  readonly zone: string;
  readonly capacityType: 'on-demand' | 'spot';
  /** Price of one replica: of all its nodes, or of its share of a node. */
  readonly price: MicroUsdPerHour;
  /** Nodes that one replica needs, > 0; below 1 where several share a node. Availability is counted in whole replicas. */
  readonly nodesPerReplica: number;
  /** Nodes that can be held over time; absent: as many as are asked for, always. */
  readonly trace?: AvailabilityTrace;
  /** From asking for a node until it runs, and from then until the replica answers. */
  readonly nodeStartup: Seconds;
  readonly replicaStartup: Seconds;
  /** Warning before a reclaimed node goes; 0: none. */
  readonly notice: Seconds;
  /** What one replica does for requests. */
  readonly law: ReplicaLaw;
}

/**
 * The speed of one replica as a queue with slots: so many requests run at once, each for a time that is known when it is
 * started. Implementations are pure and allocate nothing.
 */
export interface ReplicaLaw {
  /** Requests that run at once, ≥ 1. */
  readonly slots: number;
  /** Seconds from the start until the first token; `running` counts the request itself. */
  firstToken(isl: number, running: number): number;
  /** Seconds from the start until the last token, at least those of the first. */
  total(isl: number, osl: number, running: number): number;
}

/** A law by three constants: the first token after `base` + isl × `perInputToken`, the others each after a step. */
export interface LinearLaw {
  readonly slots: number;
  /** Seconds. */
  readonly base: number;
  readonly perInputToken: number;
  /** Seconds of a decode step of one request, and of each further request that runs. */
  readonly step: number;
  readonly stepPerRequest: number;
}

/**
 * A replica whose steps grow linearly with the requests that run when a request starts. What comes or goes later does not
 * change the time of those that run (*assumed*; at full load it is the time of a full batch).
 */
export function linearLaw({ slots, base, perInputToken, step, stepPerRequest }: LinearLaw): ReplicaLaw {
  return {
    slots,
    firstToken: (isl) => base + isl * perInputToken,
    total: (isl, osl, running) =>
      base + isl * perInputToken + (osl - 1) * (step + stepPerRequest * (running - 1)),
  };
}

/** Requests per second of a replica whose slots are always full, for requests of mean lengths. */
export function lawCapacity(law: ReplicaLaw, isl: number, osl: number): number {
  return law.slots / law.total(isl, osl, law.slots);
}
