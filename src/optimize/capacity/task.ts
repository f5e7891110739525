import type { BatchLimits, Capacity } from '../../model/index.ts';
import type { Shape } from '../candidates/shape.ts';
import type { FleetMethods } from '../disaggregation/fleet-tasks.ts';
import type { LoadReading } from './replica-probe.ts';

/** A replica and the length of its runs. */
export interface ReplicaRun {
  readonly shape: Shape;
  readonly batch: BatchLimits;
  /** Requests per run; more where so many are not enough to fill the replica several times over. */
  readonly count: number;
}

/** A search for a capacity from a load on. */
export interface CapacityRun extends ReplicaRun {
  readonly start: number;
  /** A load above it that runs of the same length were seen to fail at. */
  readonly fails?: number;
}

/** Largest load seen to pass, and the reading there; the reading at the lowest load tried where none passed. */
export interface LoadFound {
  /** 0 when none passed. */
  readonly load: number;
  /** Smallest load above it that was seen to fail; absent where none was. */
  readonly fails?: number;
  readonly reading: LoadReading;
}

/**
 * What a measuring bench can be asked, by method: arguments and answer. All plain data, so that tasks cross threads and
 * answers can be kept in files. Loads are requests per second, or clients in a closed loop.
 */
export interface BenchMethods extends FleetMethods {
  /** One simulation at one load; `canAbort` stops it once a limit is out of reach. */
  readonly read: {
    readonly args: ReplicaRun & { readonly load: number; readonly canAbort: boolean };
    readonly answer: LoadReading;
  };
  /** The largest load that passes, to `tolerance`; the search begins at `start`, default a guess. */
  readonly find: {
    readonly args: ReplicaRun & { readonly tolerance: number; readonly start?: number };
    readonly answer: LoadFound;
  };
  /** The capacity with its interval near `start`; undefined when no load passes. */
  readonly capacity: {
    readonly args: CapacityRun;
    readonly answer: Capacity | undefined;
  };
}

/** One question to a bench. */
export type BenchTask = {
  [Method in keyof BenchMethods]: {
    readonly method: Method;
    readonly args: BenchMethods[Method]['args'];
  };
}[keyof BenchMethods];

/** The answer and the work behind it. */
export interface BenchAnswer<Task extends BenchTask = BenchTask> {
  readonly value: BenchMethods[Task['method']]['answer'];
  readonly simulations: number;
  /** Requests simulated. */
  readonly requests: number;
}
