import { errorQuantiles } from '../accuracy/index.ts';
import type { Evidence, LatencyMetric, LoadEvidence } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import type { DeployedPool } from './deployment.ts';
import { inverse } from './figure.ts';
import type { Certainty } from './figure.ts';

/** How well each latency, and the throughput of clients that wait for it, is known. */
export type Certainties = Readonly<Record<LatencyMetric | 'throughput', Certainty>>;

/**
 * How well the latencies of a deployment are known; the worst known of all pools decides.
 * @param ttftShare TTFT over end-to-end latency, 0..1
 */
export function certaintiesOf(
  pools: readonly DeployedPool[],
  { errorBands }: OperatorCoefficients,
  ttftShare: number,
): Certainties {
  const isAssumed = pools.some(({ performance }) => performance.evidence === 'assumed');
  const evidence: Evidence = isAssumed ? 'assumed' : (pools[0]?.performance.evidence ?? 'assumed');
  const quantiles = errorQuantiles(pools[0]?.configuration.engine ?? 'vllm', evidence, errorBands);
  const certainty = ([low, high]: readonly [number, number]): Certainty => ({ low, high, evidence });
  const [ttft, tpot] = [certainty(quantiles.ttft), certainty(quantiles.tpot)];
  const e2e = blend(ttft, tpot, ttftShare);
  // Clients wait for the last token before they ask again.
  return { ttft, tpot, e2e, throughput: inverse(e2e) };
}

/** TTFT over end-to-end latency by their means; all of it when nothing was served. */
export function ttftShareOf({ ttft, e2e }: LoadEvidence['latency']): number {
  return e2e.mean.value > 0 ? Math.min(1, ttft.mean.value / e2e.mean.value) : 1;
}

/** A sum of two latencies, the first a share of it, whose errors go together. */
function blend(first: Certainty, second: Certainty, share: number): Certainty {
  return {
    low: share * first.low + (1 - share) * second.low,
    high: share * first.high + (1 - share) * second.high,
    evidence: second.evidence,
  };
}
