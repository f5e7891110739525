import type { Candidate, LlmWorkload, LoadEvidence, RequestColumns, TimeWindow } from '../model/index.ts';
import { firstRequests, thinTrace } from '../traffic/index.ts';
import { simulateEngine } from '../sim/index.ts';
import type { WorkloadEvaluation } from './evaluate-workload.ts';

/** Requests replayed at most: the first ones of a longer trace. */
const MOST_REPLAYED = 200_000;

/** Replicas placed, as far as the load of one of them depends on them. */
export interface PlacedLoad {
  readonly replicas: readonly {
    readonly workload: string;
    readonly window: string;
    readonly count: number;
    /** `rate`: what one replica is planned to carry, requests per second. */
    readonly option: { readonly candidate: Candidate; readonly rate: number };
  }[];
}

/** How a workload's busiest window is carried: the candidate with the largest part, and the share one replica of it carries. */
export interface Share {
  readonly candidate: string;
  /** Requests per second of one replica. */
  readonly rate: number;
  /** Part of the whole demand, 0..1. */
  readonly part: number;
}

/** The share of one replica when demand is spread over replicas in proportion to their planned rates. */
export function shareOf(workload: string, solution: PlacedLoad, busiest: TimeWindow): Share | undefined {
  const placed = solution.replicas.filter((item) => item.workload === workload && item.window === busiest.id);
  const total = placed.reduce((sum, item) => sum + item.count * item.option.rate, 0);
  const byCandidate = Map.groupBy(placed, (item) => item.option.candidate.id);
  const [main] = [...byCandidate]
    .map(([id, items]) => ({
      id,
      served: items.reduce((sum, item) => sum + item.count * item.option.rate, 0),
      each: items[0]?.option.rate ?? 0,
    }))
    .sort((a, b) => b.served - a.served || (a.id < b.id ? -1 : 1));
  if (main === undefined || total <= 0) return undefined;
  const part = main.each / total;
  return { candidate: main.id, part, rate: part * (busiest.peakRate[workload] ?? 0) };
}

/** Evidence of one replica at its share of the busiest window. */
export function operatingPoint(evaluation: WorkloadEvaluation, share: Share): LoadEvidence | undefined {
  const finalist = evaluation.finalists.find((item) => item.evaluated.candidate.id === share.candidate);
  if (finalist === undefined || share.rate <= 0) return undefined;
  const { batch } = finalist.evaluated.candidate;
  return evaluation.bench.simulateAt(finalist.shape, batch, share.rate).evidence;
}

/** Replays the declared trace against one replica: see `replayedRequests`. */
export function replayTrace(
  evaluation: WorkloadEvaluation,
  share: Share,
  busiest: TimeWindow,
): LoadEvidence | undefined {
  const { trace, workload } = evaluation.workload;
  const finalist = evaluation.finalists.find((item) => item.evaluated.candidate.id === share.candidate);
  if (trace === undefined || finalist === undefined || share.part <= 0) return undefined;
  const { requests } = replayedRequests(trace, workload, { share, busiest });
  if (requests.arrival.length === 0) return undefined;
  return simulateEngine({
    steps: evaluation.bench.performanceOf(finalist.shape).steps,
    requests,
    limits: finalist.evaluated.candidate.batch,
    prefixCache: true,
    limitsOfSlo: workload.slo.limits,
    maxModelLength: finalist.evaluated.candidate.maxModelLength,
  }).evidence;
}

/** What one replica gets of a trace. */
export interface ReplayedRequests {
  readonly requests: RequestColumns;
  /** The replica takes one of so many requests. */
  readonly everyNth: number;
  /** By so much the trace's time is compressed; 1: its own time. */
  readonly speed: number;
}

/**
 * The share of a trace's requests that falls to one replica in the busiest window, every n-th in order of arrival as under
 * round robin, in the trace's own time. Where the declaration scales the traffic, time is compressed or stretched so that the
 * busiest hour of the trace has the planned rate. The first 200,000 at most.
 */
export function replayedRequests(
  trace: RequestColumns,
  workload: Pick<LlmWorkload, 'id' | 'traffic'>,
  { share, busiest }: { readonly share: Pick<Share, 'part'>; readonly busiest: TimeWindow },
): ReplayedRequests {
  const { scaling } = workload.traffic;
  const isScaled = scaling.meanRate !== undefined || scaling.peakToMean !== undefined;
  const factor = isScaled ? (busiest.peakRate[workload.id] ?? 0) / Math.max(1e-9, busiestRate(trace)) : 1;
  const speed = Math.max(1e-9, factor);
  const everyNth = Math.max(1, Math.round(1 / share.part));
  const thinned = firstRequests(thinTrace(trace, everyNth), MOST_REPLAYED);
  const requests = { ...thinned, arrival: thinned.arrival.map((time) => time / speed) };
  return { requests, everyNth, speed };
}

/** Requests per second in the busiest hour of a trace; of the whole trace when it is shorter than one. */
export function busiestRate(trace: RequestColumns): number {
  const { arrival } = trace;
  const first = arrival[0] ?? 0;
  const span = (arrival.at(-1) ?? 0) - first;
  if (span <= 3600) return span > 0 ? arrival.length / span : 0;
  const hours = new Map<number, number>();
  for (const time of arrival) {
    const hour = Math.floor((time - first) / 3600);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return [...hours.values()].reduce((most, count) => Math.max(most, count), 0) / 3600;
}
