import type { BatchLimits, Capacity, Role } from '../../model/index.ts';
import type { LoadFound } from '../capacity/task.ts';
import type { LoadReading } from '../capacity/replica-probe.ts';
import type { Shape } from '../candidates/shape.ts';

/** The two roles of disaggregated serving. */
export type SplitRole = Exclude<Role, 'aggregated'>;

/** One way to run replicas of a role. */
export interface RoleOption {
  readonly role: SplitRole;
  readonly shape: Shape;
  readonly batch: BatchLimits;
}

/** Equal replicas of one role of a fleet. */
export interface FleetPart {
  readonly role: Role;
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** ≥ 1. */
  readonly replicas: number;
}

/** Replicas of one role with the other role ample. Loads are requests per second, whatever the loop of the subject. */
export interface RoleRun {
  readonly option: RoleOption;
  /** Replicas among which requests are spread, ≥ 1. */
  readonly replicas: number;
  /** Requests per run; more where so many do not fill the replicas several times over. */
  readonly count: number;
}

/** A whole fleet: one aggregated part, or prefill and decode. Loads are those of the subject's loop, of the whole fleet. */
export interface FleetRun {
  readonly parts: readonly FleetPart[];
  /** Requests per run; more where so many do not fill the replicas several times over. */
  readonly count: number;
}

/** What the replicas of one part did, mean over them. */
export interface PartUse {
  readonly busyShare: number;
  readonly meanBatch: number;
  /** Of the fullest replica. */
  readonly peakKvShare: number;
}

/** A reading of several replicas; one entry of `uses` per part, of a role run the role alone. */
export interface FleetReading extends LoadReading {
  readonly uses: readonly PartUse[];
}

/** Largest load seen to pass, as `LoadFound`. */
export interface FleetFound extends LoadFound {
  readonly reading: FleetReading;
}

/** A capacity with what every part did at `rate.value`. */
export interface FleetCapacity extends Capacity {
  readonly uses: readonly PartUse[];
}

/** What a bench can be asked about roles and fleets, by method: arguments and answer, all plain data. */
export interface FleetMethods {
  readonly 'read-role': { readonly args: RoleRun & { readonly load: number }; readonly answer: FleetReading };
  readonly 'find-role': { readonly args: RoleRun & LoadSearchArgs; readonly answer: FleetFound };
  /** The capacity with its interval near `start`; undefined when no load passes. */
  readonly 'role-capacity': {
    readonly args: RoleRun & { readonly start: number };
    readonly answer: FleetCapacity | undefined;
  };
  readonly 'read-fleet': {
    readonly args: FleetRun & { readonly load: number };
    readonly answer: FleetReading;
  };
  readonly 'find-fleet': {
    readonly args: FleetRun & LoadSearchArgs & { readonly start: number };
    readonly answer: FleetFound;
  };
  readonly 'fleet-capacity': {
    readonly args: FleetRun & { readonly start: number };
    readonly answer: FleetCapacity | undefined;
  };
}

/** How a largest load is searched for: to `tolerance`, from `start` (default: a guess). */
export interface LoadSearchArgs {
  readonly tolerance: number;
  readonly start?: number;
}

/** One question about roles or fleets. */
export type FleetTask = {
  [Method in keyof FleetMethods]: {
    readonly method: Method;
    readonly args: FleetMethods[Method]['args'];
  };
}[keyof FleetMethods];
