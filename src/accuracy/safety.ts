import type { EngineName, Evidence, LatencyFactors, LatencyMetric, LatencySafety } from '../model/index.ts';
import type { ErrorBands } from '../perf/index.ts';
import fitted from './coefficients/intervals.json' with { type: 'json' };
import { widening } from './intervals.ts';

/** What must hold together, and how surely. */
export interface SafetyRequest {
  /** Probability that every limit holds given the error of the model, above 0.5 and below 1. */
  readonly level: number;
  /** Engines that may be chosen; others get the factors of `*`, those of vLLM. */
  readonly engines: readonly EngineName[];
  readonly bands: ErrorBands;
  /** Latencies that are limited; default all. Fewer of them need less safety each. */
  readonly metrics?: readonly LatencyMetric[];
  /** TTFT over end-to-end latency, 0..1; absent: whichever makes end-to-end latency worst known. */
  readonly ttftShare?: number;
}

const EVIDENCE: readonly Evidence[] = ['measured', 'fitted', 'published', 'assumed'];

/**
 * By how much latencies may exceed their predictions so that all limits hold together at the level: quantiles of measured
 * over predicted latency of rows whose group the fit did not see. TTFT and TPOT err apart, so where both are limited each
 * keeps half of the risk (Bonferroni's inequality), and a blend of both then holds as well. The limits of one
 * metric share its error: a second percentile adds no risk. Factors never fall below one.
 */
export function latencySafety(request: SafetyRequest): LatencySafety {
  const engines = ['*', ...new Set(request.engines)];
  return {
    level: request.level,
    factors: Object.fromEntries(
      engines.flatMap((engine) =>
        EVIDENCE.map((evidence): [string, LatencyFactors] => [
          `${engine}/${evidence}`,
          factorsOf(engine, evidence, request),
        ]),
      ),
    ),
  };
}

function factorsOf(engine: string, evidence: Evidence, request: SafetyRequest): LatencyFactors {
  const table: Readonly<Record<string, (typeof fitted.engines)['vllm'] | undefined>> = fitted.engines;
  const { ttftQuantiles, tpotQuantiles } = table[engine] ?? fitted.engines.vllm;
  const exponent = widening(evidence, request.bands);
  const share = shareEach(request);
  const ttft = quantileAt(ttftQuantiles, share) ** exponent;
  const tpot = quantileAt(tpotQuantiles, share) ** exponent;
  const ttftShare = request.ttftShare ?? (ttft > tpot ? 1 : 0);
  return { ttft, tpot, e2e: ttftShare * ttft + (1 - ttftShare) * tpot };
}

/** The probability at which each of the errors that matter must stay below its factor. */
function shareEach({ level, metrics = ['ttft', 'tpot'] }: SafetyRequest): number {
  const errors = new Set(metrics.flatMap((metric) => (metric === 'e2e' ? ['ttft', 'tpot'] : [metric])));
  return 1 - (1 - level) / Math.max(1, errors.size);
}

/**
 * The quantile at a share, at least one. Its logarithm is interpolated over −ln(1 − share), and continued beyond
 * the last share kept: a tail that falls by a power law (*assumed*; beyond 99 % a dozen rows are left of an engine).
 */
function quantileAt(quantiles: readonly number[], share: number): number {
  const at = (index: number): readonly [number, number] => [
    -Math.log1p(-(fitted.shares[index] ?? 0)),
    Math.log(Math.max(1, quantiles[index] ?? 1)),
  ];
  const next = fitted.shares.findIndex((kept) => kept >= share);
  const upper = Math.max(1, next < 0 ? fitted.shares.length - 1 : next);
  const [[x0, y0], [x1, y1]] = [at(upper - 1), at(upper)];
  return Math.exp(Math.max(0, y0 + ((y1 - y0) * (-Math.log1p(-share) - x0)) / (x1 - x0)));
}
