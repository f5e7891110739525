import type { Bounded } from './histogram.ts';

/** What a plan rests on and a measurement can contradict. */
export type Assumption =
  /** Mean request rate over the week. */
  | 'traffic-rate'
  /** Requests in single hours of the week. */
  | 'traffic-hours'
  | 'input-length'
  | 'output-length'
  | 'prefix-hit-rate'
  /** Pods that run, against those planned. */
  | 'replicas'
  /** Time that requests take at the load planned for: the model of performance. */
  | 'service-time'
  /** Money for an hour of the same hardware. */
  | 'price'
  /** Hours of hardware. */
  | 'usage';

/** In what a figure is counted; `share` is 0..1. */
export type FigureUnit =
  | 'requests/s'
  | 'tokens'
  | 's'
  | 'share'
  | 'pods'
  | 'accelerators'
  | 'cores'
  | 'bytes'
  | 'USD/month'
  | 'USD/hour'
  | '1/s';

/** A figure of the plan beside what was measured. */
export interface MeasuredFigure {
  /** Empty for figures of the whole plan. */
  readonly workload: string;
  /** `request rate`, `ttft p99`. */
  readonly name: string;
  readonly unit: FigureUnit;
  readonly planned?: Bounded;
  readonly measured: Bounded;
  /** `within` the tolerance, `beyond` it, or `shown` without a judgement; why stands in `note`. */
  readonly verdict: 'within' | 'beyond' | 'shown';
  readonly note?: string;
  /** Metric that it was read from. */
  readonly metric: string;
}

/** An assumption that no longer holds. */
export interface MovedAssumption {
  readonly assumption: Assumption;
  readonly workload: string;
  readonly planned: number;
  readonly measured: number;
  readonly unit: FigureUnit;
  /** measured ÷ planned − 1; of shares the difference. */
  readonly change: number;
  /** In words, with both figures. */
  readonly statement: string;
}

/** A promise or prediction that is missed, and the assumptions it follows from. */
export interface MissedLatency {
  readonly workload: string;
  /** `ttft p99`. */
  readonly name: string;
  /** `slo`: over the limit; `prediction`: over what the plan expects, its interval and the tolerance. */
  readonly missed: 'slo' | 'prediction';
  readonly statement: string;
  /** Moved assumptions that explain it; empty where none was seen to move. */
  readonly follows: readonly Assumption[];
}

/** Requests per second in each hour of the week, Monday 00:00 UTC first; undefined where an hour was not seen. */
export interface RateByHour {
  readonly workload: string;
  readonly measured: readonly (number | undefined)[];
  /** Most that was planned for. */
  readonly planned: readonly number[];
}

/** What measurements say of one workload. */
export interface WorkloadDrift {
  readonly rates?: RateByHour;
  readonly figures: readonly MeasuredFigure[];
  readonly moved: readonly MovedAssumption[];
  readonly missed: readonly MissedLatency[];
}

/** How far a figure may be from the plan. */
export interface Tolerance {
  /** Relative: 0.2 lets a figure be a fifth more or less. */
  readonly relative: number;
}

/** How much a share (0..1) may differ; *assumed*. */
export const SHARE_TOLERANCE = 0.1;
