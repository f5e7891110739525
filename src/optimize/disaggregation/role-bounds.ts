import type { BatchLimits } from '../../model/index.ts';
import { passTime } from '../../perf/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/** One replica of a role and the mean request it serves, tokens. */
export interface BoundedRole {
  readonly steps: StepTimeModel;
  readonly batch: BatchLimits;
  readonly isl: number;
  readonly osl: number;
  /** Prompt tokens that are not found cached. */
  readonly fresh: number;
}

/**
 * About the most prompts that a replica computes, requests per second: all steps full. Longer prompts than the mean attend to
 * more, so that no load of this mean length does better by more than what whole steps round off.
 */
export function prefillRate({ steps, batch, isl, fresh }: BoundedRole): number {
  const tokens = batch.maxBatchedTokens;
  const attended = tokens * (isl - fresh / 2);
  const time = steps.stepTime(tokens, attended, 0, 0);
  return (steps.dataParallel * tokens) / (fresh * Math.max(1e-9, time));
}

/** What decoding at the largest batch within a TPOT limit comes to. */
export interface DecodeBound {
  /** Requests per second of one replica. */
  readonly rate: number;
  /** Sequences of one rank. */
  readonly sequences: number;
}

/**
 * About the most that a replica decodes: B* sequences at once, B* the largest batch whose tokens come within the TPOT limit and
 * whose KV fits; rate = B* / ((osl − 1) × time of its step). With pipeline stages a token passes all of them, while as many
 * batches are in flight.
 * @param tpotLimit seconds per token; Infinity: none
 */
export function decodeRate({ steps, batch, isl, osl }: BoundedRole, tpotLimit: number): DecodeBound {
  const context = isl + osl / 2;
  const depth = steps.pipelineDepth;
  const room = Math.floor((steps.kvBlocks * steps.blockTokens) / Math.max(1, context));
  const most = Math.max(1, Math.floor(Math.min(batch.maxSequences, room) / depth));
  const time = (sequences: number): number => steps.stepTime(0, 0, sequences, sequences * context);
  const perToken = (sequences: number): number =>
    passTime(steps, {
      prefillTokens: 0,
      prefillAttended: 0,
      decodeSequences: sequences,
      decodeKvTokens: sequences * context,
    });
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (perToken(middle) <= tpotLimit) low = middle;
    else high = middle - 1;
  }
  const rate = (steps.dataParallel * low) / (Math.max(1, osl - 1) * Math.max(1e-9, time(low)));
  return { rate, sequences: low * depth };
}
