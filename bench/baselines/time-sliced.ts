import type { DeadlineJob, DeadlineMode, DeadlineState } from '../../src/sim/index.ts';
import { RuledPolicy } from './greedy-deadline.ts';

/**
 * Time sliced greedy ("Can't Be Late", NSDI '24, section 5.1): the time to the deadline is cut into even slices, and by the end of slice i the share i / n of the work must be
 * done, for which greedy's safety net holds in each slice; progress beyond a slice's share counts for the next. On-demand is left at the end of a slice.
 * The paper picks the best n up to 50 for each case; the bench takes one n for all.
 */
export class TimeSliced extends RuledPolicy {
  readonly name = 'time-sliced';
  readonly #slices: number;
  #boundSlice = -1;

  constructor(slices: number) {
    super();
    this.#slices = slices;
  }

  override start(job: DeadlineJob, tickSeconds: number): void {
    super.start(job, tickSeconds);
    this.#boundSlice = -1;
  }

  protected override choose(job: DeadlineJob, state: DeadlineState): DeadlineMode {
    const passed = job.deadlineSeconds - state.remainingSeconds;
    const sliceSeconds = job.deadlineSeconds / this.#slices;
    const slice = Math.min(this.#slices - 1, Math.floor(passed / sliceSeconds));
    if (slice === this.#boundSlice) return 'on-demand';
    const left = (slice + 1) * sliceSeconds - passed;
    const due = state.workSeconds - (job.workSeconds * (this.#slices - slice - 1)) / this.#slices;
    if (due > 0 && left - due - this.tickSeconds < 2 * job.changeoverSeconds) {
      this.#boundSlice = slice;
      return 'on-demand';
    }
    if (state.isSpotAvailable) return this.maySpare(job, state, 0) ? 'spot' : 'on-demand';
    return this.maySpare(job, state, this.tickSeconds) ? 'idle' : 'on-demand';
  }
}
