import { formatDuration } from '../units/index.ts';
import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { SloDocument } from './problem-document.ts';
import { PERCENTILES } from './problem-schema-workload.ts';
import type { LatencyMetric, Percentile } from './slo.ts';

/** Metrics on which limits may be set, in the order of names. */
export const LATENCY_METRICS: readonly LatencyMetric[] = ['e2e', 'tpot', 'ttft'];

/**
 * What is wrong with an SLO beyond its shape: no limit at all, limits of zero, limits that contradict each other,
 * or an availability that no finite fleet has.
 */
export function checkSlo(slo: Salvaged<SloDocument> | undefined, at: DocumentSegments): Finding[] {
  if (slo === undefined) return [];
  return [
    ...missingLimits(slo, at),
    ...LATENCY_METRICS.flatMap((metric) => checkPercentiles(slo[metric] ?? {}, metric, [...at, metric])),
    ...PERCENTILES.flatMap((percentile) => endBeforeStart(slo, percentile, at)),
    ...checkAvailability(slo.availability, at),
  ];
}

function missingLimits(slo: Salvaged<SloDocument>, at: DocumentSegments): Finding[] {
  // A metric that is present may have lost broken limits to the schema check; those are reported there.
  if (LATENCY_METRICS.some((metric) => slo[metric] !== undefined && !isEmpty(slo[metric]))) return [];
  if (LATENCY_METRICS.some((metric) => Object.hasOwn(slo, metric) && slo[metric] === undefined)) return [];
  return [
    {
      code: 'model-missing-field',
      at,
      summary: 'The SLO states no latency limit.',
      detail: 'Without a limit any capacity would do, and nothing could be planned.',
      fix: 'State at least one limit, such as ttft: { p99: "1.5s" }.',
    },
  ];
}

function isEmpty(limits: object): boolean {
  return Object.keys(limits).length === 0;
}

/** Limits, or measurements, of zero, and percentiles that descend; `what` names the latency. */
export function checkPercentiles(
  limits: Salvaged<Readonly<Partial<Record<Percentile, string>>>>,
  what: string,
  at: DocumentSegments,
): Finding[] {
  const findings: Finding[] = [];
  let lower: { readonly percentile: Percentile; readonly limit: number } | undefined;
  for (const percentile of PERCENTILES) {
    const limit = tryRead('duration', limits[percentile]);
    if (limit === undefined) continue;
    const place = [...at, percentile];
    if (limit === 0) {
      findings.push({
        code: 'model-slo-impossible',
        at: place,
        summary: `No request has a ${what} of zero.`,
        fix: 'State a limit above zero.',
      });
    } else if (lower !== undefined && limit < lower.limit) {
      findings.push({
        code: 'model-slo-impossible',
        at: place,
        summary: `The ${percentile} limit of ${formatDuration(limit)} is below the ${lower.percentile} limit of ${formatDuration(lower.limit)}.`,
        detail: `${percentile} of a latency is never below its ${lower.percentile}: the ${lower.percentile} limit would mean nothing.`,
        fix: `Raise the ${percentile} limit, or remove the ${lower.percentile} limit.`,
      });
    }
    lower = { percentile, limit };
  }
  return findings;
}

function endBeforeStart(slo: Salvaged<SloDocument>, percentile: Percentile, at: DocumentSegments): Finding[] {
  const first = tryRead('duration', slo.ttft?.[percentile]);
  const last = tryRead('duration', slo.e2e?.[percentile]);
  if (first === undefined || last === undefined || last >= first) return [];
  return [
    {
      code: 'model-slo-impossible',
      at: [...at, 'e2e', percentile],
      summary: `The e2e limit of ${formatDuration(last)} is below the ttft limit of ${formatDuration(first)}.`,
      detail: 'The last token never comes before the first: the ttft limit would mean nothing.',
      fix: 'Raise the e2e limit, or lower the ttft limit.',
    },
  ];
}

/** An availability of nothing, or one that no finite fleet has; `at` is the place of the SLO. */
export function checkAvailability(text: string | undefined, at: DocumentSegments): Finding[] {
  const availability = tryRead('percent', text);
  if (availability === undefined || (availability > 0 && availability < 1)) return [];
  return [
    {
      code: 'model-slo-impossible',
      at: [...at, 'availability'],
      summary:
        availability === 0
          ? 'An availability of 0% promises nothing.'
          : 'No finite fleet is available 100% of the time.',
      fix: 'State a share below 100%, such as "99.9%".',
    },
  ];
}
