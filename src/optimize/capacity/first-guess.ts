import type { BatchLimits, ArrivalProfile } from '../../model/index.ts';
import type { ReplicaPerformance } from '../../perf/index.ts';
import { profileStatistics } from '../../traffic/index.ts';

/**
 * A rough rate at which one replica saturates, requests per second: where the time of a request's prefill and its
 * share of full decode batches fill the replica. Only a starting point of the search; nothing is ranked or pruned by it.
 */
export function saturationRate(
  performance: ReplicaPerformance,
  batch: BatchLimits,
  profile: ArrivalProfile,
): number {
  const { steps } = performance;
  const { isl, osl } = profileStatistics(profile);
  const fresh = Math.max(1, isl.mean * (1 - profile.prefix.hitRate));
  const context = isl.mean + osl.mean / 2;
  const capacityTokens = steps.kvBlocks * steps.blockTokens;
  const sequences = Math.max(
    1,
    Math.min(batch.maxSequences, Math.floor(capacityTokens / Math.max(1, context))),
  );
  const decode = steps.stepTime(0, 0, sequences, sequences * context);
  const chunk = Math.min(fresh, batch.maxBatchedTokens);
  const prefill = (steps.stepTime(chunk, chunk * (isl.mean - fresh + chunk / 2), 0, 0) * fresh) / chunk;
  const busyPerRequest = prefill + (decode * Math.max(0, osl.mean - 1)) / sequences;
  return steps.dataParallel / Math.max(1e-9, busyPerRequest);
}
