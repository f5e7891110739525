import type { DeadlineJob, DeadlineMode, DeadlineState } from '../../src/sim/index.ts';
import { RuledPolicy } from './greedy-deadline.ts';

/**
 * Uniform Progress with hysteresis ("Can't Be Late", NSDI '24, section 5.2.2): an idle job whose progress falls behind the even line t · C / R goes on-demand; spot
 * is taken whenever there is some; a job on-demand stays until its progress is what the line asks for two changeovers later. What it does then without spot capacity the text leaves
 * open: in the authors' simulator (read in public copies: `rc_cr_threshold_no_condition2`, the same policy without hysteresis) it stays on-demand until there is some (`stay`, the default here), while the rules read word for word let it go idle (`leave`).
 * The first is much the better. Not taken over: the oracle of the next spot lifetime (section 5.4), gangs of instances (5.5), uncertain work and delays (5.6), the switch point of very loose
 * deadlines (A.8). The line of rule 1 holds at the beginning of a tick, where the paper has continuous time.
 */
export class UniformProgress extends RuledPolicy {
  readonly name: string;
  readonly #caughtUp: 'stay' | 'leave';

  constructor(caughtUp: 'stay' | 'leave' = 'stay') {
    super();
    this.#caughtUp = caughtUp;
    this.name = caughtUp === 'stay' ? 'uniform-progress' : 'uniform-progress-as-worded';
  }

  protected override choose(job: DeadlineJob, state: DeadlineState): DeadlineMode {
    const { workSeconds, deadlineSeconds, changeoverSeconds } = job;
    const done = workSeconds - state.workSeconds;
    const passed = deadlineSeconds - state.remainingSeconds;
    const line = (seconds: number): number => (seconds * workSeconds) / deadlineSeconds;
    if (state.mode === 'idle') {
      if (state.isSpotAvailable) return 'spot';
      return done < line(passed) ? 'on-demand' : 'idle';
    }
    if (state.changeoverSeconds > 0 || done < line(passed + 2 * changeoverSeconds)) return 'on-demand';
    if (state.isSpotAvailable) return this.maySpare(job, state, 0) ? 'spot' : 'on-demand';
    return this.#caughtUp === 'leave' && this.maySpare(job, state, this.tickSeconds) ? 'idle' : 'on-demand';
  }
}
