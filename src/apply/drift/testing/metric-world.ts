import type { PlannedWorkload } from '../measured/planned-workload.ts';
import type { MetricSource, RangeSeries, TimeRange } from '../measured/metric-source.ts';

/** A Monday 00:00 UTC (2026-11-16), in seconds since 1970. */
export const MONDAY = Date.UTC(2026, 10, 16) / 1000;

/** What a world answers queries with: the first entry whose text is part of the query. */
export type World = Readonly<Record<string, (times: TimeRange) => readonly RangeSeries[]>>;

/** A source of metrics that holds what a test says and nothing else; `asked` collects the queries. */
export function worldSource(world: World, asked: string[] = []): MetricSource {
  return {
    range: (query, times) => {
      asked.push(query);
      const found = Object.entries(world).find(([text]) => query.includes(text));
      return Promise.resolve(found?.[1](times) ?? []);
    },
  };
}

/** One series with the same value at all times, or a value by the end of the hour. */
export function steady(value: number | ((time: number) => number)): World[string] {
  return (times) => [series({}, times, typeof value === 'number' ? () => value : value)];
}

/** Buckets of which every hour gets the same new observations: pairs of upper bound and observations up to it. */
export function buckets(pairs: readonly (readonly [number, number])[]): World[string] {
  return (times) =>
    pairs.map(([le, count]) => series({ le: le === Infinity ? '+Inf' : String(le) }, times, () => count));
}

function series(
  labels: Readonly<Record<string, string>>,
  { start, end, step }: TimeRange,
  value: (time: number) => number,
): RangeSeries {
  const points: (readonly [number, number])[] = [];
  for (let time = start; time <= end; time += step) points.push([time, value(time)]);
  return { labels, points };
}

const SUMMARY = Object.fromEntries(
  ['mean', 'p50', 'p90', 'p95', 'p99'].map((name) => [name, { value: 0.2, low: 0.19, high: 0.21 }]),
);

/** A language model planned for 10 requests per second all week on two pods, unless told otherwise. */
export function plannedChat(changes: Partial<PlannedWorkload> = {}): PlannedWorkload {
  return {
    workload: 'chat',
    kind: 'llm',
    podSets: [
      {
        namespace: 'llm',
        name: 'chat-a',
        pods: 'chat-a-[a-z0-9]+-[a-z0-9]+',
        engine: 'vllm',
        role: 'aggregated',
        podsPerReplica: 1,
      },
    ],
    hourlyPeak: new Array<number>(168).fill(10),
    meanRate: 10,
    burstiness: 1,
    busyHours: [...new Array(168).keys()],
    hourlyPods: new Array<number>(168).fill(2),
    lengths: {
      isl: { mean: 1000, p50: 900, p99: 4000 },
      osl: { mean: 200, p50: 150, p99: 600 },
      prefixHitRate: 0.3,
    },
    latency: { ttft: SUMMARY, tpot: SUMMARY, e2e: SUMMARY } as PlannedWorkload['latency'] & object,
    modelError: 0.1,
    limits: [{ metric: 'ttft', percentile: 'p99', limit: 0.5 }] as PlannedWorkload['limits'] & object,
    costPerMonth: 7300,
    meanUnits: 4,
    ...changes,
  };
}
