import { findValue, numberOf, objectOf, textOf, valueAt, wholeTokens } from './json-values.ts';
import { rawRow } from './raw-row.ts';
import type { RawRow } from './raw-row.ts';

/** Whether a JSON value is a report of GuideLLM. */
export function isGuidellmReport(value: unknown): boolean {
  return guidellmBenchmarks(value).some(
    (item) => 'time_to_first_token_ms' in objectOf(objectOf(item)['metrics']),
  );
}

/**
 * The benchmarks of a GuideLLM report (src/guidellm/benchmark/schemas, read 2026-11), one row each: means over the
 * successful requests. Inter-token latency leaves the first token out, as TPOT here does; the requests in flight are the
 * mean that was observed.
 */
export function readGuidellmReport(value: unknown): readonly RawRow[] {
  const model = modelOf(objectOf(value)['args']) ?? modelOf(objectOf(value)['config']);
  return guidellmBenchmarks(value).map((benchmark, index) => {
    const mean = (metric: string): number | undefined =>
      numberOf(valueAt(benchmark, 'metrics', metric, 'successful', 'mean'));
    const concurrency = mean('request_concurrency');
    return rawRow(index + 1, {
      model: model ?? modelOf(benchmark),
      source: 'guidellm',
      measured: dateOf(benchmark),
      isl: wholeTokens(mean('prompt_token_count')),
      osl: wholeTokens(mean('output_token_count')),
      concurrency: concurrency === undefined ? undefined : Math.max(1, Math.round(concurrency)),
      ttft_ms: mean('time_to_first_token_ms'),
      tpot_ms: mean('inter_token_latency_ms'),
    });
  });
}

function guidellmBenchmarks(value: unknown): readonly unknown[] {
  const benchmarks = objectOf(value)['benchmarks'];
  return Array.isArray(benchmarks) ? benchmarks : [];
}

/** The model wherever this version of the report says it. */
function modelOf(value: unknown): string | undefined {
  return (
    findValue(value, 'model', textOf) ??
    findValue(value, 'backend_model', textOf) ??
    findValue(value, 'target_model', textOf)
  );
}

function dateOf(benchmark: unknown): string | undefined {
  const seconds = findValue(benchmark, 'start_time', numberOf);
  return seconds === undefined || seconds <= 0 || seconds > 1e11
    ? undefined
    : new Date(seconds * 1e3).toISOString().slice(0, 10);
}
