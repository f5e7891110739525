/** Version of the JSON of `plimsoll drift`; fields are only ever added within a version. */
export const DRIFT_FORMAT_VERSION = 1;

/** A figure with what is known of it; without `high` nothing bounds it from above. */
export interface BoundedFigure {
  readonly value: number;
  readonly low: number;
  readonly high?: number;
}

/** A field of a live object that is not as planned. */
export interface DriftedField {
  readonly path: string;
  readonly change: 'changed' | 'removed' | 'left-over';
  readonly planned?: unknown;
  readonly live?: unknown;
  /** Who else owns it now. */
  readonly managers: readonly string[];
}

/** An object of the plan, or of its set, that is not as planned. */
export interface DriftedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly state: 'same' | 'changed' | 'short' | 'missing' | 'extra' | 'unknown-kind' | 'terminating';
  readonly fields: readonly DriftedField[];
  readonly replicas?: {
    readonly ready: number;
    readonly wanted: number;
    readonly planned?: { readonly min: number; readonly max: number };
  };
}

/** Live objects against the plan. */
export interface ObjectsReport {
  /** Context and address of the cluster, or the dump. */
  readonly cluster: string;
  readonly compared: number;
  readonly same: number;
  readonly findings: readonly DriftedObject[];
  /** Whether this very plan was applied last, and to its end; absent where `apply` left no note. */
  readonly lastApplied?: { readonly isThisPlan: boolean; readonly isComplete: boolean };
}

/** A planned figure beside the measured one. */
export interface ComparedFigure {
  readonly workload: string;
  readonly name: string;
  readonly unit: string;
  readonly planned?: BoundedFigure;
  readonly measured: BoundedFigure;
  readonly verdict: 'within' | 'beyond' | 'shown';
  readonly note?: string;
  readonly metric: string;
}

/** An assumption of the plan that measurements contradict. */
export interface MovedAssumptionReport {
  readonly assumption: string;
  readonly workload: string;
  readonly planned: number;
  readonly measured: number;
  readonly unit: string;
  readonly change: number;
  readonly statement: string;
}

/** A latency that misses its limit or its prediction. */
export interface MissedLatencyReport {
  readonly workload: string;
  readonly name: string;
  readonly missed: 'slo' | 'prediction';
  readonly statement: string;
  readonly follows: readonly string[];
}

/** Measurements against the plan. */
export interface MeasurementsReport {
  /** Where they are from, without credentials. */
  readonly sources: readonly string[];
  /** Clock hours asked for; 0 without metrics. */
  readonly hours: number;
  readonly figures: readonly ComparedFigure[];
  /** Requests per second by hour of the week, Monday 00:00 UTC first; null where an hour was not seen. */
  readonly rates: readonly {
    readonly workload: string;
    readonly measured: readonly (number | null)[];
    readonly planned: readonly number[];
  }[];
  readonly moved: readonly MovedAssumptionReport[];
  readonly missed: readonly MissedLatencyReport[];
  /** What no source told, by workload. */
  readonly missing: readonly { readonly workload: string; readonly what: readonly string[] }[];
}

/** A cluster and its measurements held against a plan. */
export interface DriftReport {
  readonly formatVersion: typeof DRIFT_FORMAT_VERSION;
  readonly stack: string;
  /** The plan file as people see it. */
  readonly plan: string;
  /** Relative tolerance of figures. */
  readonly tolerance: number;
  readonly objects?: ObjectsReport;
  readonly measurements?: MeasurementsReport;
  readonly hasDrifted: boolean;
}
