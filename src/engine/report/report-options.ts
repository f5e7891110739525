import type { TraceMapping } from '../spot-records/match-traces.ts';

/** What a report computes beside what its plan holds. */
export interface ReportOptions {
  /** Plan to compare with (file, folder, name under `plans/`), relative to the working directory. */
  readonly compare?: string;
  /** File of availability traces to replay, relative to the working directory; default those that the stack names. */
  readonly spotTrace?: string;
  /** Which trace stands for which spot offering; default those of its own zone and instance type. */
  readonly mappings?: readonly TraceMapping[];
  /** Seconds that a replay of availability traces lasts at most; default a week, or the shortest trace. */
  readonly duration?: number;
  /** Whether only what the plan holds is shown; default false. */
  readonly isQuick?: boolean;
  /** Language models simulated at most, ≥ 0, those that cost most; default 24. */
  readonly mostSimulated?: number;
  /** Seconds after which nothing more is begun; default none. What is shown then depends on the machine. */
  readonly timeLimit?: number;
}

/** Language models simulated unless more are asked for: one takes about a second (measured 2026-11-22, one core). */
export const MOST_SIMULATED = 24;
