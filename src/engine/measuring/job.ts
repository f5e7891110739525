import type { BenchAnswer, BenchSubject, BenchTask } from '../../optimize/index.ts';

/** A subject of one crew. Crews of equal subjects have one each. */
export interface CrewSubject {
  /** Number among the subjects of this process. */
  readonly id: number;
  readonly subject: BenchSubject;
}

/** A task on its way to whoever performs it. */
export interface Job {
  readonly subject: CrewSubject;
  readonly task: BenchTask;
  /** By `expectedSeconds`. */
  readonly seconds: number;
  /** Called once, with the answer or the exception. */
  readonly settle: (outcome: JobOutcome) => void;
}

/** How a job ended. */
export type JobOutcome =
  { readonly ok: true; readonly answer: BenchAnswer } | { readonly ok: false; readonly error: Error };
