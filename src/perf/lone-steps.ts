import type { Seconds } from '../units/index.ts';
import type { StepBatch } from './breakdown.ts';
import type { LockstepTimes } from './step-model.ts';

/** What is asked of a replica's steps. */
export interface LoneSteps {
  stepTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;
  readonly lockstep?: LockstepTimes;
  readonly dataParallel: number;
}

/**
 * Seconds of a step in which one data-parallel rank has a batch and the others none. No step in which a rank has this batch
 * is shorter, while `stepTime` takes the others to have as much. With pipeline stages that of the slowest stage.
 */
export function loneStepTime(steps: LoneSteps, batch: StepBatch): Seconds {
  const { prefillTokens, prefillAttended, decodeSequences, decodeKvTokens } = batch;
  const { lockstep, dataParallel } = steps;
  if (lockstep === undefined)
    return steps.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens);
  const own = lockstep.ownTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens);
  return (own + lockstep.sharedTime(prefillTokens / dataParallel, decodeSequences / dataParallel)) as Seconds;
}
