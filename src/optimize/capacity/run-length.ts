import type { BatchLimits } from '../../model/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/** What the length of a run depends on: the replicas that decode, and what they are asked for. */
export interface DecodingReplicas {
  readonly steps: StepTimeModel;
  readonly batch: BatchLimits;
  readonly replicas: number;
  /** Requests per second of all of them. */
  readonly rate: number;
  /** Means over the requests, tokens. */
  readonly isl: number;
  readonly osl: number;
}

/** A run fills the replicas so many times over; the first two fillings warm it up (*assumed*). */
const FILLINGS = 6;
const WARMUP_FILLINGS = 2;
/** Share that warms a run up at least, as in the simulation itself. */
const LEAST_WARMUP = 0.1;
/** Rounds of the fixed point; it moves little after the first few. */
const ROUNDS = 12;

/**
 * Requests being decoded at once, over all replicas: the least B with B = rate × (osl − 1) × step time at B, at most what
 * limits and KV cache hold. Little's law; queueing left out.
 */
export function decodingAtOnce({ steps, batch, replicas, rate, isl, osl }: DecodingReplicas): number {
  const context = isl + osl / 2;
  const ranks = replicas * steps.dataParallel;
  const room = Math.floor((steps.kvBlocks * steps.blockTokens) / Math.max(1, context));
  const most = Math.max(1, Math.min(batch.maxSequences, room));
  let each = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sequences = Math.max(1, each);
    const step = steps.stepTime(0, 0, sequences, sequences * context) * steps.pipelineDepth;
    each = Math.min(most, (rate / ranks) * Math.max(0, osl - 1) * step);
  }
  return each * ranks;
}

/** Requests of a run of at least `count`, at most `longest`, and the share of them that warms up, for so many in flight. */
export function runLength(
  inFlight: number,
  count: number,
  longest: number,
): { readonly count: number; readonly warmupShare: number } {
  const length = Math.min(longest, Math.max(count, Math.ceil(FILLINGS * inFlight)));
  const warmupShare = Math.min(0.5, Math.max(LEAST_WARMUP, (WARMUP_FILLINGS * inFlight) / length));
  return { count: length, warmupShare };
}
