import {
  findValue,
  numberOf,
  objectOf,
  requestsInFlight,
  textOf,
  valueAt,
  wholeTokens,
} from './json-values.ts';
import type { JsonObject } from './json-values.ts';
import { rawRow } from './raw-row.ts';
import type { RawRow } from './raw-row.ts';

/** Whether a JSON value is the summary of an aiperf or genai-perf profile. */
export function isAiperfSummary(value: unknown): boolean {
  return 'avg' in objectOf(metricsOf(value)['time_to_first_token']);
}

/**
 * The summary of one profile, `profile_export_aiperf.json` or `profile_export_genai_perf.json` (exporters of
 * ai-dynamo/aiperf, read 2026-11): each metric is an object with its unit and average. Where the configuration does not
 * say the concurrency, the requests in flight follow from Little's law.
 */
export function readAiperfSummary(value: unknown, line: number): RawRow {
  const metrics = metricsOf(value);
  const configuration = [objectOf(value)['input_config'], objectOf(value)['perf_analyzer']];
  const inConfiguration = <T>(key: string, accept: (item: unknown) => T | undefined): T | undefined =>
    configuration.map((part) => findValue(part, key, accept)).find((found) => found !== undefined);
  return rawRow(line, {
    model:
      inConfiguration('model_names', firstText) ??
      inConfiguration('models', firstListed) ??
      inConfiguration('model', firstText),
    backend: undefined,
    source: 'aiperf',
    measured: textOf(objectOf(value)['start_time'])?.slice(0, 10),
    isl: wholeTokens(numberOf(valueAt(metrics, 'input_sequence_length', 'avg'))),
    osl: wholeTokens(numberOf(valueAt(metrics, 'output_sequence_length', 'avg'))),
    concurrency:
      inConfiguration('concurrency', positive) ??
      requestsInFlight(
        numberOf(valueAt(metrics, 'request_throughput', 'avg')),
        milliseconds(metrics, 'request_latency'),
      ),
    ttft_ms: milliseconds(metrics, 'time_to_first_token'),
    tpot_ms: milliseconds(metrics, 'inter_token_latency'),
  });
}

/** The metrics by tag, which some versions keep under `records`. */
function metricsOf(value: unknown): JsonObject {
  const root = objectOf(value);
  return 'time_to_first_token' in root ? root : objectOf(root['records']);
}

/** Milliseconds in one unit of a duration. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1e3,
  sec: 1e3,
  seconds: 1e3,
};

function milliseconds(metrics: JsonObject, tag: string): number | undefined {
  const average = numberOf(valueAt(metrics, tag, 'avg'));
  const unit = UNIT_MS[(textOf(valueAt(metrics, tag, 'unit')) ?? 'ms').toLowerCase()];
  return average === undefined || unit === undefined ? undefined : average * unit;
}

function firstText(value: unknown): string | undefined {
  return Array.isArray(value) ? value.map(textOf).find((text) => text !== undefined) : textOf(value);
}

/** The name of the first model of aiperf's newer configuration, `{ items: [{ name }] }`. */
function firstListed(value: unknown): string | undefined {
  const items = objectOf(value)['items'];
  return Array.isArray(items) ? textOf(objectOf(items[0])['name']) : undefined;
}

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 1 ? number : undefined;
}
