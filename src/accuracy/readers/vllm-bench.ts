import { engineOf } from './engine-names.ts';
import {
  numberOf,
  objectOf,
  requestLatencyMs,
  requestsInFlight,
  textOf,
  wholeTokens,
} from './json-values.ts';
import type { JsonObject } from './json-values.ts';
import { rawRow } from './raw-row.ts';
import type { RawRow } from './raw-row.ts';

/** Columns that a run may carry by itself, written with `--metadata key=value` of the benchmark. */
const METADATA = [
  'id',
  'system',
  'backend_version',
  'precision',
  'gpus',
  'tp',
  'pp',
  'attn_dp',
  'moe_ep',
  'isl',
  'osl',
] as const;

/** Whether a JSON value is a run of `vllm bench serve` (formerly `benchmark_serving.py`; SGLang's `bench_serving` writes the same names). */
export function isVllmRun(value: unknown): boolean {
  const run = objectOf(value);
  return 'mean_ttft_ms' in run && 'mean_tpot_ms' in run;
}

/**
 * One run of `vllm bench serve --save-result` (vllm/benchmarks/serve.py, read 2026-11): means over the requests that
 * succeeded; lengths are totals over them. Without `max_concurrency` the requests in flight follow from Little's law.
 */
export function readVllmRun(value: unknown, line: number): RawRow {
  const run = objectOf(value);
  const completed = numberOf(run['completed']);
  const perRequest = (total: string): number | undefined => {
    const tokens = numberOf(run[total]);
    return tokens === undefined || completed === undefined || completed === 0
      ? undefined
      : tokens / completed;
  };
  const osl = wholeTokens(perRequest('total_output_tokens'));
  const backend = textOf(run['backend']) ?? textOf(run['endpoint_type']);
  return rawRow(line, {
    model: textOf(run['model_id']),
    // The field names the client's protocol; only where that is an engine's own does it tell the engine.
    backend: backend === undefined ? undefined : engineOf(backend),
    source: 'vllm-bench',
    measured: isoDate(textOf(run['date'])),
    isl: wholeTokens(perRequest('total_input_tokens')),
    osl,
    concurrency: numberOf(run['max_concurrency']) ?? inFlight(run, osl),
    ttft_ms: numberOf(run['mean_ttft_ms']),
    tpot_ms: numberOf(run['mean_tpot_ms']),
    ...Object.fromEntries(
      METADATA.flatMap((column) => {
        const text = metadataText(run[column]);
        return text === undefined ? [] : [[column, text]];
      }),
    ),
  });
}

function metadataText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value);
}

function inFlight(run: JsonObject, osl: number | undefined): number | undefined {
  const ttft = numberOf(run['mean_ttft_ms']);
  const tpot = numberOf(run['mean_tpot_ms']);
  const derived =
    ttft === undefined || tpot === undefined || osl === undefined
      ? undefined
      : requestLatencyMs(ttft, tpot, osl);
  return requestsInFlight(numberOf(run['request_throughput']), numberOf(run['mean_e2el_ms']) ?? derived);
}

/** `20260403-101500` as `2026-04-03`. */
function isoDate(stamp: string | undefined): string | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})/.exec(stamp ?? '');
  return parts === null ? undefined : `${parts[1]}-${parts[2]}-${parts[3]}`;
}
