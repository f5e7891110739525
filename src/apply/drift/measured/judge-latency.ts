import type { LatencyMetric, Percentile } from '../../../model/index.ts';
import { formatDuration, formatPercent } from '../../../units/index.ts';
import type {
  Assumption,
  MeasuredFigure,
  MissedLatency,
  MovedAssumption,
  Tolerance,
  WorkloadDrift,
} from './findings.ts';
import { meanOf, observations, quantile } from './histogram.ts';
import type { Bounded, Histogram } from './histogram.ts';
import { ENOUGH_BEYOND } from './figures.ts';
import type { HourlyHistogram, MeasuredWorkload } from './measured-workload.ts';
import type { PlannedWorkload } from './planned-workload.ts';
import { histogramOver } from './read-series.ts';

const METRICS: readonly LatencyMetric[] = ['ttft', 'tpot', 'e2e'];
const SHARES: Readonly<Record<Percentile, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };
/** Moves of the load that make requests slower: what is more than planned, and what is less. */
const SLOWER_WHEN_MORE: readonly Assumption[] = [
  'traffic-rate',
  'traffic-hours',
  'input-length',
  'output-length',
];
const SLOWER_WHEN_LESS: readonly Assumption[] = ['prefix-hit-rate', 'replicas'];

/**
 * Latencies in the hours of the busiest window against the prediction for it, and over all hours against the SLO. Only slower is drift: the
 * prediction is for the peak of the window. What is slower although the load has not grown says that requests take longer than modelled.
 * @param moved assumptions about the load that were seen to move
 */
export function judgeLatency(
  planned: PlannedWorkload,
  measured: MeasuredWorkload,
  { moved, tolerance }: { readonly moved: readonly MovedAssumption[]; readonly tolerance: Tolerance },
): WorkloadDrift {
  const follows = moved
    .filter(({ assumption, change }) =>
      change > 0 ? SLOWER_WHEN_MORE.includes(assumption) : SLOWER_WHEN_LESS.includes(assumption),
    )
    .map(({ assumption }) => assumption);
  const judged = METRICS.flatMap((metric) => {
    const series = measured[metric];
    return series === undefined ? [] : judgeMetric({ planned, metric, series, tolerance });
  });
  const slower = judged.filter(({ miss, factor }) => miss?.missed === 'prediction' && factor > 1);
  const worst = slower.reduce<Judged | undefined>(
    (a, b) => (a === undefined || b.factor > a.factor ? b : a),
    undefined,
  );
  const serviceTime =
    worst === undefined || follows.length > 0 ? [] : [serviceTimeMoved(planned, measured, worst)];
  const reasons = serviceTime.length > 0 ? (['service-time'] as const) : follows;
  return {
    figures: judged.map(({ figure }) => figure),
    moved: serviceTime,
    missed: judged.flatMap(({ miss }) => (miss === undefined ? [] : [{ ...miss, follows: reasons }])),
  };
}

interface Judged {
  readonly figure: MeasuredFigure;
  readonly miss?: MissedLatency;
  /** Measured over the most that was predicted, by the lower end of the measurement. */
  readonly factor: number;
}

interface MetricFacts {
  readonly planned: PlannedWorkload;
  readonly metric: LatencyMetric;
  readonly series: HourlyHistogram;
  readonly tolerance: Tolerance;
}

function judgeMetric(facts: MetricFacts): readonly Judged[] {
  const { planned, series } = facts;
  const busy = histogramOver(series, planned.busyHours);
  const all = histogramOver(series);
  const limits = planned.limits.filter((limit) => limit.metric === facts.metric);
  const wanted = new Set<Percentile>([...limits.map(({ percentile }) => percentile), 'p50', 'p99']);
  const predicted = busy === undefined ? [] : [meanAgainstPrediction(facts, busy)];
  const percentiles = [...wanted].sort().flatMap((percentile) => {
    const limit = limits.find((item) => item.percentile === percentile)?.limit;
    return [
      ...(busy === undefined ? [] : againstPrediction(facts, busy, percentile)),
      ...(all === undefined || limit === undefined ? [] : againstLimit(facts, { all, percentile, limit })),
    ];
  });
  return [...predicted.flat(), ...percentiles];
}

function meanAgainstPrediction(facts: MetricFacts, busy: Histogram): readonly Judged[] {
  const mean = meanOf(busy);
  const expected = facts.planned.latency?.[facts.metric].mean;
  if (mean === undefined || !Number.isFinite(mean)) return [];
  return [
    judged(facts, {
      name: `${facts.metric} mean, busiest window`,
      expected,
      value: { value: mean, low: mean, high: mean },
    }),
  ];
}

function againstPrediction(facts: MetricFacts, busy: Histogram, percentile: Percentile): readonly Judged[] {
  const { planned, metric, series } = facts;
  const value = quantile(busy, SHARES[percentile]);
  const response = planned.response?.[percentile];
  const expected =
    planned.latency?.[metric][percentile] ??
    (response === undefined ? undefined : { value: response, low: response, high: response });
  if (value === undefined) return [];
  const note = whyNotJudged(series, observations(busy), percentile);
  return [judged(facts, { name: `${metric} ${percentile}, busiest window`, expected, value, note })];
}

/** Why a percentile says too little; undefined when it is judged. */
function whyNotJudged(series: HourlyHistogram, count: number, percentile: Percentile): string | undefined {
  if (series.isPerToken) return 'of single gaps between tokens, not of requests';
  return count * (1 - SHARES[percentile]) < ENOUGH_BEYOND ? 'too few requests' : undefined;
}

interface PredictionFacts {
  readonly name: string;
  readonly expected: Bounded | undefined;
  readonly value: Bounded;
  readonly note?: string | undefined;
}

function judged(
  { planned, series, tolerance }: MetricFacts,
  { name, expected, value, note }: PredictionFacts,
): Judged {
  const base = {
    workload: planned.workload,
    name,
    unit: 's',
    measured: value,
    metric: series.metric,
  } as const;
  if (expected === undefined || note !== undefined) {
    const figure: MeasuredFigure = {
      ...base,
      ...(expected === undefined ? {} : { planned: expected }),
      verdict: 'shown',
      note: note ?? 'the plan predicts none',
    };
    return { figure, factor: 0 };
  }
  const error = 1 + planned.modelError;
  const range = {
    value: expected.value,
    low: expected.low / error,
    high: (expected.high ?? expected.value) * error,
  };
  const factor = value.low / range.high;
  const isBeyond = factor > 1 + tolerance.relative;
  const figure: MeasuredFigure = { ...base, planned: range, verdict: isBeyond ? 'beyond' : 'within' };
  if (!isBeyond) return { figure, factor };
  const statement = `${name}: ${atLeast(value)}, predicted ${formatDuration(range.value)} (at most ${formatDuration(range.high)}).`;
  return {
    figure,
    factor,
    miss: { workload: planned.workload, name, missed: 'prediction', statement, follows: [] },
  };
}

function againstLimit(
  { planned, metric, series }: MetricFacts,
  {
    all,
    percentile,
    limit,
  }: { readonly all: Histogram; readonly percentile: Percentile; readonly limit: number },
): readonly Judged[] {
  const value = quantile(all, SHARES[percentile]);
  if (value === undefined) return [];
  const note = whyNotJudged(series, observations(all), percentile);
  const isBroken = note === undefined && value.low >= limit;
  const isOpen = note === undefined && !isBroken && (value.high === undefined || value.high > limit);
  const name = `${metric} ${percentile}, all hours`;
  const figure: MeasuredFigure = {
    workload: planned.workload,
    name,
    unit: 's',
    planned: { value: limit, low: 0, high: limit },
    measured: value,
    verdict: note !== undefined ? 'shown' : isBroken ? 'beyond' : 'within',
    ...(note !== undefined ? { note } : isOpen ? { note: 'the limit lies inside the bucket' } : {}),
    metric: series.metric,
  };
  if (!isBroken) return [{ figure, factor: 0 }];
  const statement = `${name}: ${atLeast(value)}, the SLO allows ${formatDuration(limit)}.`;
  return [
    { figure, factor: 0, miss: { workload: planned.workload, name, missed: 'slo', statement, follows: [] } },
  ];
}

function serviceTimeMoved(
  planned: PlannedWorkload,
  measured: MeasuredWorkload,
  { figure, factor }: Judged,
): MovedAssumption {
  const most = figure.planned?.high ?? 0;
  const unknown =
    measured.requestRate === undefined
      ? '; the request rate was not measured, so more load may be the reason'
      : '';
  return {
    assumption: 'service-time',
    workload: planned.workload,
    planned: most,
    measured: figure.measured.low,
    unit: 's',
    change: factor - 1,
    statement: `Requests take longer than the model says although the load has not grown: ${figure.name} ${atLeast(figure.measured)}, predicted at most ${formatDuration(most)} (${formatPercent(factor - 1, 2)} more)${unknown}.`,
  };
}

/** A duration with what is known of it. */
function atLeast({ value, low, high }: Bounded): string {
  if (high === undefined) return `more than ${formatDuration(low)}`;
  return low === high ? formatDuration(value) : `${formatDuration(low)} to ${formatDuration(high)}`;
}
