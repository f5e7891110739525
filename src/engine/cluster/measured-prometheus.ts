import type { MetricSource, RangeSeries } from '../../apply/index.ts';
import type { WebSource } from './measured-address.ts';
import { MeasurementError, askJson } from './measured-web.ts';

/** A Prometheus, or whatever speaks its HTTP API (Prometheus documentation, HTTP API, 2025). Rejects with `MeasurementError`. */
export function prometheusSource(source: WebSource): MetricSource {
  return {
    range: async (query, { start, end, step }) => {
      const body = await askJson(source, {
        path: '/api/v1/query_range',
        parameters: { query, start: String(start), end: String(end), step: String(step) },
        isPosted: true,
      });
      const series = seriesOf(body);
      if (series === undefined) throw new MeasurementError(source, 'it does not answer as a Prometheus does');
      return series;
    },
  };
}

/** The series of an answer; undefined where it is none. Values that are no numbers (`NaN`, `+Inf`) stay what they are. */
function seriesOf(body: unknown): readonly RangeSeries[] | undefined {
  const data = (
    body as { readonly data?: { readonly resultType?: unknown; readonly result?: unknown } } | null
  )?.data;
  if (data?.resultType !== 'matrix' || !Array.isArray(data.result)) return undefined;
  return (data.result as readonly { readonly metric?: unknown; readonly values?: unknown }[]).map(
    ({ metric, values }) => ({
      labels: typeof metric === 'object' && metric !== null ? (metric as Record<string, string>) : {},
      points: Array.isArray(values)
        ? (values as readonly (readonly [unknown, unknown])[]).map(([time, value]) => [
            Number(time),
            numberOf(value),
          ])
        : [],
    }),
  );
}

/** A sample's value as Prometheus writes it. */
function numberOf(value: unknown): number {
  if (value === '+Inf') return Infinity;
  return value === '-Inf' ? -Infinity : Number(value);
}
