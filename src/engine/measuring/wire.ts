import type { BenchAnswer, BenchSubject, BenchTask } from '../../optimize/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';

/** A subject as threads get it: its coefficients, which many subjects share, were sent before. */
export interface ThreadSubject extends Omit<BenchSubject, 'coefficients'> {
  /** Number of the coefficients. */
  readonly coefficients: number;
}

/** What a measuring thread is told. Numbers are given by the sender, one series each for coefficients, subjects and jobs. */
export type ThreadOrder =
  | { readonly kind: 'coefficients'; readonly id: number; readonly coefficients: OperatorCoefficients }
  | { readonly kind: 'subject'; readonly id: number; readonly subject: ThreadSubject }
  | { readonly kind: 'job'; readonly id: number; readonly subject: number; readonly task: BenchTask }
  /** No job of the subject follows. */
  | { readonly kind: 'forget'; readonly subject: number };

/** What a measuring thread says. */
export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: BenchAnswer }
  /** The exception of a job, with the stack of the thread. */
  | { readonly kind: 'failure'; readonly id: number; readonly error: Error };
