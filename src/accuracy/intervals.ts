import type { EngineName, Evidence } from '../model/index.ts';
import type { ErrorBands } from '../perf/index.ts';
import fitted from './coefficients/intervals.json' with { type: 'json' };
import type { LatencyInterval } from './measurement.ts';

/** Measured over predicted at 10 % and at 90 % of the rows whose group the fit did not see. */
export interface ErrorQuantiles {
  readonly ttft: readonly [low: number, high: number];
  readonly tpot: readonly [low: number, high: number];
}

/**
 * The quantiles of an engine; engines that were not measured get those of vLLM. On an accelerator that was not measured
 * (`assumed`) they are wider, in the logarithm, by the ratio of the model's error bands.
 */
export function errorQuantiles(engine: EngineName, evidence: Evidence, bands: ErrorBands): ErrorQuantiles {
  const table: Readonly<Partial<Record<EngineName, { ttft: number[]; tpot: number[] }>>> = fitted.engines;
  const { ttft, tpot } = table[engine] ?? fitted.engines.vllm;
  const exponent = widening(evidence, bands);
  const widened = (values: readonly number[]): readonly [number, number] => [
    Math.min(1, values[0] ?? 1) ** exponent,
    Math.max(1, values[1] ?? 1) ** exponent,
  ];
  return { ttft: widened(ttft), tpot: widened(tpot) };
}

/** The power that error quantiles are raised to: above one on accelerators that were not measured. */
export function widening(evidence: Evidence, bands: ErrorBands): number {
  return evidence === 'assumed' ? Math.max(1, Math.log1p(bands.assumed) / Math.log1p(bands.fitted)) : 1;
}

/** Intervals around predicted latencies by the errors of held-out measurements. */
export function latencyIntervals(
  quantiles: ErrorQuantiles,
  predicted: { readonly ttftMs: number; readonly tpotMs: number },
): { readonly ttftInterval: LatencyInterval; readonly tpotInterval: LatencyInterval } {
  const around = (value: number, [low, high]: readonly [number, number]): LatencyInterval => ({
    low: value * low,
    high: value * high,
  });
  return {
    ttftInterval: around(predicted.ttftMs, quantiles.ttft),
    tpotInterval: around(predicted.tpotMs, quantiles.tpot),
  };
}
