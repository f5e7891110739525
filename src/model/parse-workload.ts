import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import { LATENCY_METRICS } from './check-slo.ts';
import type { NormalizedLlmService } from './normalize-document.ts';
import type { PlanningAims } from './objective.ts';
import { parseAims } from './parse-aims.ts';
import { read } from './parse-quantities.ts';
import type { FixedLengths, GenerativeTrafficDocument, TrafficDocument } from './problem-document.ts';
import { PERCENTILES } from './problem-schema-workload.ts';
import type { LatencyLimit, Slo } from './slo.ts';
import type { ArrivalProfile, LengthModel } from './traffic.ts';
import type { LlmWorkload, TrafficReference, TrafficScaling } from './workload.ts';

/** The workload of a validated and normalised document; `path` is where the user declared it, `aims` are the problem's. */
export function parseLlmWorkload(
  document: NormalizedLlmService,
  path: string,
  aims: PlanningAims,
): LlmWorkload {
  return {
    kind: 'llm',
    id: document.id,
    path,
    team: document.team ?? '',
    namespace: document.namespace,
    pools: document.pools ?? [],
    maxSpotShare: read('percent', document.maxSpotShare),
    routing: document.routing,
    model: document.model,
    checkpoints: document.checkpoints ?? {},
    precisions: document.precisions,
    ...(document.kvPrecisions === undefined ? {} : { kvPrecisions: document.kvPrecisions }),
    engines: document.engines,
    traffic: parseTraffic(document.traffic, document.id),
    slo: parseSlo(document.slo),
    maxModelLength: document.maxModelLength ?? 0,
    serving: document.serving ?? 'aggregated',
    ...parseAims(document, aims),
  };
}

function parseSlo(document: NormalizedLlmService['slo']): Slo {
  const limits = LATENCY_METRICS.flatMap((metric) =>
    PERCENTILES.flatMap((percentile): LatencyLimit[] => {
      const limit = document[metric]?.[percentile];
      return limit === undefined ? [] : [{ metric, percentile, limit: read('duration', limit) }];
    }),
  );
  return { limits, availability: read('percent', document.availability), tolerates: document.tolerates };
}

function parseTraffic(document: TrafficDocument, workload: string): TrafficReference {
  const scaling = parseScaling(document);
  if (document.trace !== undefined) {
    const { file, format = 'auto', columns } = document.trace;
    return { source: 'trace', file, format, scaling, ...(columns === undefined ? {} : { columns }) };
  }
  if (document.generate !== undefined) {
    return { source: 'inline', profile: generatedProfile(document.generate, scaling, workload), scaling };
  }
  return { source: 'profile', profile: document.profile ?? '', scaling };
}

function parseScaling(document: TrafficDocument): TrafficScaling {
  const { meanRate, peakToMean, peakHour, burstiness, prefixHitRate } = document;
  return {
    ...(meanRate === undefined ? {} : { meanRate: read('rate', meanRate) }),
    ...(peakToMean === undefined ? {} : { peakToMean }),
    ...(peakHour === undefined ? {} : { peakHour }),
    ...(burstiness === undefined ? {} : { burstiness }),
    ...(prefixHitRate === undefined ? {} : { prefixHitRate: read('percent', prefixHitRate) }),
  };
}

/**
 * The arrival profile of generated traffic. Without hourly rates every hour has the mean rate; without burstiness
 * arrivals are a Poisson process (CV 1); without a prefix hit rate no prompt shares a prefix (all *assumed*).
 */
function generatedProfile(
  document: GenerativeTrafficDocument,
  scaling: TrafficScaling,
  workload: string,
): ArrivalProfile {
  const flat = Array.from({ length: HOURS_PER_WEEK }, () => scaling.meanRate ?? 0);
  return {
    name: workload,
    hourlyRate: (document.hourlyRate ?? flat).map(requestsPerSecond),
    arrivals: { family: document.family ?? 'gamma', cv: scaling.burstiness ?? 1 },
    lengths: parseLengths(document.lengths),
    prefix: { hitRate: scaling.prefixHitRate ?? 0 },
    provenance: { evidence: 'assumed', source: `traffic declared for ${workload}` },
  };
}

/** Fixed lengths are quantiles that are all alike. */
function parseLengths(lengths: LengthModel | FixedLengths): LengthModel {
  if ('inputQuantiles' in lengths) {
    return { inputQuantiles: lengths.inputQuantiles, outputQuantiles: lengths.outputQuantiles };
  }
  return { inputQuantiles: [lengths.isl, lengths.isl], outputQuantiles: [[lengths.osl, lengths.osl]] };
}
