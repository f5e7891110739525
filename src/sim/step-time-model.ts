import type { Seconds } from '../units/index.ts';
import type { RankStepping } from './schedulers/scheduler.ts';

/** What a step computes, as the arguments of `StepTimeModel.stepTime`. */
export interface TimedBatch {
  readonly prefillTokens: number;
  readonly prefillAttended: number;
  readonly decodeSequences: number;
  readonly decodeKvTokens: number;
}

/**
 * What the engine simulation needs to know about the speed of one replica. `sim` owns the interface;
 * a performance model (level `perf`) matches it structurally. All times are seconds.
 *
 * A step runs `prefillTokens` new prompt tokens and one token for each of `decodeSequences` sequences.
 * Implementations are pure, cheap (called millions of times) and allocate nothing.
 * With pipeline stages a time is that of the slowest stage, which the others match unless `stageTimes` tells otherwise.
 * With data-parallel ranks the arguments describe the step of one rank, the others being assumed alike; `lockstep` tells
 * what a step takes where they are not.
 */
export interface StepTimeModel {
  /**
   * Time of one engine step.
   * @param prefillTokens new prompt tokens in the step, ≥ 0
   * @param prefillAttended Σ over prompt chunks of tokens × (tokens cached before the chunk + tokens / 2):
   *   query-key pairs of the causal attention, ≥ 0
   * @param decodeSequences sequences that generate one token in the step, ≥ 0
   * @param decodeKvTokens Σ over those sequences of the KV tokens they read (the one being computed included), ≥ 0
   */
  stepTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;

  /**
   * Total time of `steps` consecutive pure-decode steps with an unchanged batch, in closed form. Step i
   * (from 0) reads `decodeKvTokens + i × decodeSequences` KV tokens. Equals the sum of `stepTime` calls
   * to within rounding.
   */
  decodeRun(decodeSequences: number, decodeKvTokens: number, steps: number): Seconds;

  /** KV blocks of one data-parallel rank; a pipeline stage holds its layers of every block. */
  readonly kvBlocks: number;
  /** Tokens per KV block. */
  readonly blockTokens: number;
  /**
   * The part of `stepTime` that the CPU needs for a batch of `sequences` sequences (scheduling, sampling, launch): with
   * asynchronous scheduling it overlaps the accelerator's part. At most the step time. Absent: zero.
   */
  readonly stepOverhead?: (sequences: number) => Seconds;
  /** Whether the data-parallel ranks meet in every step (experts shared over ranks); absent: `independent`. */
  readonly rankStepping?: RankStepping;
  /** What ranks that step together compute together; absent: nothing, a step takes as long as `stepTime` of the slowest. */
  readonly lockstep?: LockstepTimes;
  /** Requests of one replica are spread over this many attention data-parallel ranks; limits are per rank. */
  readonly dataParallel: number;
  /** Steps in flight at once: pipeline stages. */
  readonly pipelineDepth: number;
  /**
   * Puts the seconds of a step on each pipeline stage into `into`, one entry per stage in pipeline order; the largest is
   * `stepTime`. Absent: stages are alike.
   */
  readonly stageTimes?: (batch: TimedBatch, into: Float64Array) => void;
  /** Latency added before a request may be scheduled (HTTP, tokenisation, queue hand-over), plus a share per input token. */
  readonly ingest: { readonly base: Seconds; readonly perInputToken: Seconds };
  /** Latency added to every token on its way out (detokenise, stream), not occupying the accelerator. */
  readonly outputLatency: Seconds;
}

/**
 * A step of ranks that meet in it, in two parts: it takes the largest own time of the ranks that have work, and the shared
 * time. Both never fall as an argument grows; of equal batches they add up to `stepTime`.
 */
export interface LockstepTimes {
  /** Seconds of what a rank computes for its own batch, which is not empty; arguments as those of `stepTime`. */
  ownTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;
  /**
   * Seconds of what all ranks compute together for the tokens of all of them, by the mean over all ranks (those without
   * work included) of prompt tokens and of sequences that generate; fractions.
   */
  sharedTime(meanPrefillTokens: number, meanDecodeSequences: number): Seconds;
}
