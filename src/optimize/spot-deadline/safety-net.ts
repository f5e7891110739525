import type { DeadlineJob, DeadlineMode, DeadlineState } from '../../sim/index.ts';

/**
 * Seconds that the job can still lose: time left beyond the work left and, of a running on-demand instance or one to be started,
 * the changeover left.
 */
export function spareSeconds(job: DeadlineJob, state: DeadlineState): number {
  const changeover = state.mode === 'on-demand' ? state.changeoverSeconds : job.changeoverSeconds;
  return state.remainingSeconds - state.workSeconds - changeover;
}

/**
 * Whether a mode for the coming tick leaves the deadline safe whatever happens to spot capacity, given that it is safe now (on-demand from
 * now on would meet it). Idle is safe when an on-demand start a tick later still meets the deadline. A spot start is safe when an
 * on-demand start after its whole changeover does: losing the instance earlier loses less, and once it works, time and work left fall
 * together. Keeping a spot instance is the same with the changeover that is left. On-demand itself is always safe. So by induction
 * over ticks a policy that takes safe modes only never misses a deadline that was safe at the start.
 */
export function isSafeMode(
  mode: DeadlineMode,
  job: DeadlineJob,
  state: DeadlineState,
  tickSeconds: number,
): boolean {
  if (mode === 'on-demand') return true;
  const afterLeaving = state.remainingSeconds - state.workSeconds - job.changeoverSeconds;
  if (mode === 'idle') return afterLeaving >= tickSeconds;
  const changeover = state.mode === 'spot' ? state.changeoverSeconds : job.changeoverSeconds;
  return state.isSpotAvailable && afterLeaving >= changeover;
}
