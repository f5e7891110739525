import { errorQuantiles } from '../accuracy/index.ts';
import type { EngineName, Evidence, LatencyMetric } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import type { DeployedPool } from './deployment.ts';
import { inverse } from './figure.ts';
import type { Certainty } from './figure.ts';

/** How well each latency, and the throughput of clients that wait for it, is known. */
export type Certainties = Readonly<Record<LatencyMetric | 'throughput', Certainty>>;

/** The worst known of all pools decides. */
export function certaintiesOf(
  pools: readonly DeployedPool[],
  { errorBands }: OperatorCoefficients,
): Certainties {
  const isAssumed = pools.some(({ performance }) => performance.evidence === 'assumed');
  const evidence: Evidence = isAssumed ? 'assumed' : (pools[0]?.performance.evidence ?? 'assumed');
  const widening = isAssumed ? Math.log1p(errorBands.assumed) / Math.log1p(errorBands.fitted) : 1;
  return latencyCertainty(pools[0]?.configuration.engine ?? 'vllm', evidence, Math.max(1, widening));
}

/**
 * How well a latency of an engine is known: the errors of held-out measurements; on an accelerator that was not measured
 * they are wider by the ratio of the model's error bands.
 * @param widening ≥ 1, factor on the width in the logarithm
 */
function latencyCertainty(engine: EngineName, evidence: Evidence, widening: number): Certainties {
  const { ttft, tpot } = errorQuantiles(engine);
  const widened = ([low, high]: readonly [number, number]): Certainty => ({
    low: Math.min(1, low) ** widening,
    high: Math.max(1, high) ** widening,
    evidence,
  });
  // All but the first token of a request come at the pace of TPOT, and clients wait for all of them.
  return { ttft: widened(ttft), tpot: widened(tpot), e2e: widened(tpot), throughput: inverse(widened(tpot)) };
}
