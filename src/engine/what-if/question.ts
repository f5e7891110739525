import type { ResolvedProblem, Decision } from '../../model/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { DiagnosticError } from '../../diagnostics/index.ts';
import { optimize } from '../../optimize/index.ts';
import type { GatherCrew, ProgressEvent } from '../../optimize/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import { decideWithConfidence } from '../confidence.ts';
import type { PlanFlags } from '../plan-flags.ts';

/** What is asked of a planning thread; plain data. */
export interface Question {
  readonly resolved: ResolvedProblem;
  readonly coefficients: OperatorCoefficients;
  readonly flags: Pick<PlanFlags, 'solver' | 'timeLimitSeconds' | 'maxWindows'>;
  /** Whether prices of constraints and runners-up are looked for too: about as much work again. */
  readonly isExplained: boolean;
}

/** The decision, or the problems that there is none for. */
export type Answer =
  | { readonly ok: true; readonly decision: Decision }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Who works on a question. */
export interface Workplace {
  readonly gatherCrew: GatherCrew;
  /** Told of stages, and of the share of the whole that is done, 0..1. */
  onProgress(stage: string, share: number): void;
  /** Seconds of a monotonic clock; for time limits only. */
  now(): number;
}

/** About the share of the work that is done when a stage begins (*assumed* from plans of examples/chat); measuring tells its own share of the first. */
const STAGE_SHARES: Readonly<Record<ProgressEvent['stage'], number>> = {
  race: 0,
  measure: 0,
  place: 0.65,
  explain: 0.8,
  price: 0.9,
  verify: 0.95,
};

/** Decides a question as `plan` does. Exceptions that carry diagnostics become an answer; others are bugs and pass. */
export async function answerQuestion(question: Question, work: Workplace): Promise<Answer> {
  const { resolved, coefficients, flags } = question;
  const { timeLimitSeconds: limit } = flags;
  const clock = new StageClock(question, work);
  try {
    const decision = await decideWithConfidence(resolved, {
      coefficients,
      isTimed: limit !== undefined,
      decide: (problem, safety, share) =>
        optimize(problem, {
          seed: problem.problem.seed,
          coefficients,
          safety,
          gatherCrew: work.gatherCrew,
          ...(flags.solver === undefined ? {} : { solver: flags.solver }),
          ...(flags.maxWindows === undefined ? {} : { maxWindows: flags.maxWindows }),
          timeLimitSeconds: limit === undefined ? Infinity : share * limit,
          now: () => clock.now(),
          onProgress: (event) => {
            clock.enter(event.stage);
            const start = STAGE_SHARES[event.stage];
            work.onProgress(event.stage, 'share' in event ? STAGE_SHARES.place * event.share : start);
          },
        }),
    });
    return { ok: true, decision };
  } catch (error) {
    if (error instanceof DiagnosticError) return { ok: false, diagnostics: error.diagnostics };
    throw error;
  }
}

/**
 * The clock of a question: what a plan is compared with is left out once the time is up, and nothing else is by then. So where no explanation is
 * asked for, the time is up when that stage begins; without a time limit of its own the answer depends on no clock.
 */
class StageClock {
  readonly #question: Question;
  readonly #work: Workplace;
  #isUp = false;

  constructor(question: Question, work: Workplace) {
    this.#question = question;
    this.#work = work;
  }

  enter(stage: ProgressEvent['stage']): void {
    this.#isUp = !this.#question.isExplained && (stage === 'price' || stage === 'verify');
  }

  now(): number {
    if (this.#isUp) return Infinity;
    return this.#question.flags.timeLimitSeconds === undefined ? 0 : this.#work.now();
  }
}
