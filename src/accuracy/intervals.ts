import type { EngineName } from '../model/index.ts';
import fitted from './coefficients/intervals.json' with { type: 'json' };
import type { LatencyInterval, Measurement } from './measurement.ts';

/** Measured over predicted at 10 % and at 90 % of the rows whose group the fit did not see. */
export interface ErrorQuantiles {
  readonly ttft: readonly [low: number, high: number];
  readonly tpot: readonly [low: number, high: number];
}

/** The quantiles of an engine; engines that were not measured get those of vLLM. */
export function errorQuantiles(engine: EngineName): ErrorQuantiles {
  const table: Readonly<Partial<Record<EngineName, { ttft: number[]; tpot: number[] }>>> = fitted.engines;
  const { ttft, tpot } = table[engine] ?? fitted.engines.vllm;
  return { ttft: pair(ttft), tpot: pair(tpot) };
}

/** 80 % intervals around predicted latencies, from the errors of held-out measurements of the same engine. */
export function latencyIntervals(
  m: Pick<Measurement, 'engine'>,
  predicted: { readonly ttftMs: number; readonly tpotMs: number },
): { readonly ttftInterval: LatencyInterval; readonly tpotInterval: LatencyInterval } {
  const quantiles = errorQuantiles(m.engine);
  const around = (value: number, [low, high]: readonly [number, number]): LatencyInterval => ({
    low: value * low,
    high: value * high,
  });
  return {
    ttftInterval: around(predicted.ttftMs, quantiles.ttft),
    tpotInterval: around(predicted.tpotMs, quantiles.tpot),
  };
}

function pair(values: readonly number[]): readonly [number, number] {
  return [values[0] ?? 1, values[1] ?? 1];
}
