import type { BenchAnswer } from '../../optimize/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { Claim } from './answer-book.ts';
import type { Answer, Question } from './question.ts';

/** What a planning thread is told. Coefficients, which all questions share, come once. */
export type PlanningOrder =
  | { readonly kind: 'coefficients'; readonly coefficients: OperatorCoefficients }
  | { readonly kind: 'question'; readonly question: Omit<Question, 'coefficients'> }
  /** Answers the `claim` or `wait` of this number. */
  | { readonly kind: 'claim'; readonly call: number; readonly claim: Claim };

/** What a planning thread says. */
export type PlanningReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly stage: string; readonly share: number }
  | { readonly kind: 'claim' | 'wait'; readonly call: number; readonly key: string }
  | { readonly kind: 'give'; readonly key: string; readonly answer: BenchAnswer }
  | { readonly kind: 'give-up'; readonly key: string }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** A bug. */
  | { readonly kind: 'broken'; readonly error: Error };
