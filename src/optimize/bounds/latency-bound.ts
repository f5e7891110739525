import type { BatchLimits, LatencyLimit, RequestColumns } from '../../model/index.ts';
import { loneStepTime, passTime } from '../../perf/index.ts';
import type { StepBatch } from '../../perf/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/** A limit that not even requests served alone keep, and the least value they can have. */
export interface BrokenLimit {
  readonly limit: LatencyLimit;
  /** Seconds. */
  readonly least: number;
}

/** Room below a percentile for the sample's first part, which is not measured (*assumed*: percentiles of 90 % of it differ by less). */
const RANK_ROOM = 0.01;

/**
 * What requests of a sample take at least when each is served alone: its own prompt in the fewest steps without cached context,
 * then one step per token. No load is lighter, so limits that break so break in every simulation.
 */
export class LoneLatency {
  readonly #fresh: Float64Array;
  readonly #later: Float64Array;

  /** Cost: n log n. */
  constructor(sample: Pick<RequestColumns, 'isl' | 'osl' | 'cachedTokens'>) {
    this.#fresh = Float64Array.from(sample.isl, (isl, i) =>
      Math.max(1, isl - (sample.cachedTokens[i] ?? 0)),
    ).sort();
    this.#later = Float64Array.from(sample.osl, (osl) => osl - 1).sort();
  }

  /**
   * The first limit on TTFT or E2E that a replica breaks; TPOT limits are judged by `minimumStepTime`.
   * @param batch the widest limits of the replica's candidates
   */
  brokenLimit(
    steps: StepTimeModel,
    limits: readonly LatencyLimit[],
    batch: BatchLimits,
  ): BrokenLimit | undefined {
    const token = passTime(steps, ONE_SEQUENCE);
    const fixed = steps.ingest.base + steps.outputLatency;
    for (const limit of limits) {
      if (limit.metric === 'tpot') continue;
      const share = PERCENTILE_SHARE[limit.percentile] - RANK_ROOM;
      const least =
        limit.metric === 'ttft'
          ? fixed + lonePrefill(steps, quantile(this.#fresh, share), batch)
          : fixed + lonePrefill(steps, this.#fresh[0] ?? 1, batch) + quantile(this.#later, share) * token;
      if (least > limit.limit) return { limit, least };
    }
    return undefined;
  }
}

const ONE_SEQUENCE: StepBatch = {
  prefillTokens: 0,
  prefillAttended: 0,
  decodeSequences: 1,
  decodeKvTokens: 1,
};

/**
 * Seconds of a prompt of `tokens` that is computed alone, without any cached context: through all pipeline stages in one step; in
 * several, which follow each other, as long as the stage that has most to do.
 */
function lonePrefill(steps: StepTimeModel, tokens: number, batch: BatchLimits): number {
  if (tokens <= batch.maxBatchedTokens) return passTime(steps, chunkOf(0, tokens));
  const times = new Float64Array(steps.pipelineDepth);
  const busy = new Float64Array(steps.pipelineDepth);
  for (let done = 0; done < tokens; done += batch.maxBatchedTokens) {
    const chunk = chunkOf(done, Math.min(batch.maxBatchedTokens, tokens - done));
    if (steps.stageTimes === undefined) times.fill(loneStepTime(steps, chunk));
    else steps.stageTimes(chunk, times);
    for (let stage = 0; stage < busy.length; stage++) busy[stage]! += times[stage]!;
  }
  return Math.max(...busy);
}

function chunkOf(done: number, tokens: number): StepBatch {
  return {
    prefillTokens: tokens,
    prefillAttended: tokens * (done + tokens / 2),
    decodeSequences: 0,
    decodeKvTokens: 0,
  };
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
