import type { DeadlineJob, DeadlineMode, DeadlineOutcome, DeadlinePolicy } from './deadline-job.ts';

const SECONDS_PER_HOUR = 3600;

/** Where and when a job runs. */
export interface DeadlineRunOptions {
  /** Seconds between decisions, > 0; capacity does not change within a tick. */
  readonly tickSeconds: number;
  /** Whether spot capacity can be had in a tick, counted from the start of the job; it may depend on the mode until then. */
  readonly isSpotAvailable: (tick: number, mode: DeadlineMode) => boolean;
}

/** A state that the simulation writes and policies read. */
interface RunState {
  remainingSeconds: number;
  workSeconds: number;
  mode: DeadlineMode;
  changeoverSeconds: number;
  isSpotAvailable: boolean;
}

/**
 * Runs a job under a policy until its work is done, before or after the deadline. Time is continuous: a changeover may end and the job may be done within a tick; instances
 * are paid by the second, changeovers at the price of the new instance. With whole seconds throughout, the arithmetic is exact.
 * Throws when the policy asks for spot capacity that is not there, or never ends the job (ten times the deadline).
 */
export function simulateDeadlineJob(
  job: DeadlineJob,
  policy: DeadlinePolicy,
  { tickSeconds, isSpotAvailable }: DeadlineRunOptions,
): DeadlineOutcome {
  const state: RunState = {
    remainingSeconds: job.deadlineSeconds,
    workSeconds: job.workSeconds,
    ...{ mode: 'idle', changeoverSeconds: 0, isSpotAvailable: false },
  };
  const used = { spot: 0, 'on-demand': 0 };
  const worked = { spot: 0, 'on-demand': 0 };
  let starts = 0;
  policy.start(job, tickSeconds);
  for (let tick = 0; state.workSeconds > 0; tick++) {
    observe(state, isSpotAvailable(tick, state.mode));
    const mode = policy.decide(state);
    if (mode === 'spot' && !state.isSpotAvailable)
      throw new Error(`${policy.name} took spot capacity that is not there`);
    if (mode !== state.mode) {
      state.mode = mode;
      state.changeoverSeconds = mode === 'idle' ? 0 : job.changeoverSeconds;
      if (mode !== 'idle') starts++;
    }
    if (mode === 'idle') {
      state.remainingSeconds -= tickSeconds;
      if (state.remainingSeconds < -10 * job.deadlineSeconds)
        throw new Error(`${policy.name} never ends the job`);
      continue;
    }
    const changeover = Math.min(state.changeoverSeconds, tickSeconds);
    const work = Math.min(tickSeconds - changeover, state.workSeconds);
    state.changeoverSeconds -= changeover;
    state.workSeconds -= work;
    state.remainingSeconds -= changeover + work;
    used[mode] += changeover + work;
    worked[mode] += work;
  }
  return {
    cost: (used.spot * job.spotPrice + used['on-demand'] * job.onDemandPrice) / SECONDS_PER_HOUR,
    endSeconds: job.deadlineSeconds - state.remainingSeconds,
    isMissed: state.remainingSeconds < 0,
    ...{ spotSeconds: worked.spot, onDemandSeconds: worked['on-demand'], starts },
  };
}

/** Takes the capacity of a tick; without it a spot instance is gone. */
function observe(state: RunState, isAvailable: boolean): void {
  state.isSpotAvailable = isAvailable;
  if (isAvailable || state.mode !== 'spot') return;
  state.mode = 'idle';
  state.changeoverSeconds = 0;
}
