import { spareSeconds } from '../../src/optimize/spot-deadline/index.ts';
import type { DeadlineJob, DeadlineMode, DeadlinePolicy, DeadlineState } from '../../src/sim/index.ts';

/**
 * Rules that greedy, time sliced and Uniform Progress share ("Can't Be Late", NSDI '24, section 3.3): a spot instance is kept until it is taken away, and an idle job goes
 * on-demand for good while time left ≥ work left + two changeovers still holds (the safety net). Here as at every tick: a job waits only if that holds after the tick.
 */
export abstract class RuledPolicy implements DeadlinePolicy {
  abstract readonly name: string;
  protected job: DeadlineJob | undefined;
  protected tickSeconds = 0;
  #isForGood = false;

  start(job: DeadlineJob, tickSeconds: number): void {
    this.job = job;
    this.tickSeconds = tickSeconds;
    this.#isForGood = false;
  }

  decide(state: DeadlineState): DeadlineMode {
    const { job } = this;
    if (job === undefined) throw new Error('decide before start');
    if (this.#isForGood) return 'on-demand';
    if (state.mode === 'spot') return 'spot';
    if (state.mode === 'idle' && !this.maySpare(job, state, this.tickSeconds)) {
      this.#isForGood = true;
      return 'on-demand';
    }
    return this.choose(job, state);
  }

  /** Whether two changeovers still fit after losing `seconds`. */
  protected maySpare(job: DeadlineJob, state: DeadlineState, seconds: number): boolean {
    return state.remainingSeconds - state.workSeconds - seconds >= 2 * job.changeoverSeconds;
  }

  /** The mode of an idle job that is safe, or of one on-demand. */
  protected abstract choose(job: DeadlineJob, state: DeadlineState): DeadlineMode;
}

/** Greedy: spot whenever there is some, else wait until the safety net (section 3.4 of the paper). */
export class GreedyDeadline extends RuledPolicy {
  readonly name = 'greedy';

  protected override choose(_job: DeadlineJob, state: DeadlineState): DeadlineMode {
    return state.isSpotAvailable ? 'spot' : 'idle';
  }
}

/** Whether a job that starts now on-demand ends in time. */
export function isFeasible(job: DeadlineJob): boolean {
  const state: DeadlineState = {
    remainingSeconds: job.deadlineSeconds,
    workSeconds: job.workSeconds,
    ...{ mode: 'idle', changeoverSeconds: 0, isSpotAvailable: false },
  };
  return spareSeconds(job, state) >= 0;
}
