import { seconds } from '../../units/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/** A step takes so little that nothing is seen of it, but time still passes. */
const NO_TIME = seconds(1e-9);
/** Blocks that no sample of requests fills: below 2³¹, as the simulation counts them in 32 bits. */
const AMPLE_BLOCKS = 2 ** 30;

/** Batch limits that no load reaches. */
export const AMPLE_BATCH = { maxBatchedTokens: 2 ** 30, maxSequences: 2 ** 30 } as const;

/**
 * The other side of a role under test: it computes at once and has room for everything. Latencies measured against it are
 * lower bounds of those against any real side.
 * @param like gives the tokens per block, so that cached prefixes are cut alike
 */
export function ampleSteps(like: StepTimeModel): StepTimeModel {
  return {
    stepTime: () => NO_TIME,
    decodeRun: (_sequences, _tokens, steps) => seconds(NO_TIME * steps),
    kvBlocks: AMPLE_BLOCKS,
    blockTokens: like.blockTokens,
    dataParallel: 1,
    pipelineDepth: 1,
    ingest: { base: seconds(0), perInputToken: seconds(0) },
    outputLatency: seconds(0),
  };
}
