import { HOURS_PER_WEEK, formatNumber } from '../../../units/index.ts';
import { NOTHING, bounded, exactFigure, movedBy } from './figures.ts';
import type { LoadDrift } from './figures.ts';
import type { MeasuredFigure, Tolerance } from './findings.ts';
import { lengthDrift, prefixDrift } from './judge-lengths.ts';
import { highestOf, hoursOf, totalOf } from './measured-workload.ts';
import type { HourlyMean, MeasuredWorkload } from './measured-workload.ts';
import { HOUR, hourName } from './metric-source.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** Hours of the week that must be seen before a mean over the week is judged; *assumed*: all but one day's gaps. */
const ENOUGH_HOURS = 160;
/** Standard deviations of a count that pass for chance (two hold about 95 %). */
const DEVIATIONS = 2;

/** What arrives: rates by hour, lengths, shared prefixes; and the pods there are for it. */
export function judgeLoad(
  planned: PlannedWorkload,
  measured: MeasuredWorkload,
  tolerance: Tolerance,
): LoadDrift {
  const parts = [
    ...rateDrift(planned, measured, tolerance),
    lengthDrift(planned, measured.isl, { kind: 'isl', tolerance }),
    lengthDrift(planned, measured.osl, { kind: 'osl', tolerance }),
    prefixDrift(planned, measured),
    podDrift(planned, measured, tolerance),
  ];
  return { figures: parts.flatMap(({ figures }) => figures), moved: parts.flatMap(({ moved }) => moved) };
}

function rateDrift(
  planned: PlannedWorkload,
  { requestRate }: MeasuredWorkload,
  tolerance: Tolerance,
): readonly LoadDrift[] {
  if (requestRate === undefined) return [];
  if (planned.meanRate === 0) {
    const note = 'the plan counts no requests of it';
    return [shown(planned, 'request rate', requestRate, note)];
  }
  const mean = meanRateDrift(planned, requestRate, tolerance);
  const hasRisen = mean.moved.some(({ change }) => change > 0);
  return [mean, hourDrift(planned, requestRate, { tolerance, hasRisen })];
}

function shown(planned: PlannedWorkload, name: string, rate: HourlyMean, note: string): LoadDrift {
  const value = totalOf(rate) / hoursOf(rate);
  const figure: MeasuredFigure = {
    workload: planned.workload,
    name,
    unit: 'requests/s',
    measured: { value, low: value, high: value },
    verdict: 'shown',
    note,
    metric: rate.metric,
  };
  return { figures: [figure], moved: [] };
}

/** Mean over the hours of the week, each counted once however often it was seen. */
function meanRateDrift(planned: PlannedWorkload, rate: HourlyMean, { relative }: Tolerance): LoadDrift {
  const value = [...rate.hours.values()].reduce((sum, { mean }) => sum + mean, 0) / rate.hours.size;
  const requests = totalOf(rate) * HOUR;
  const noise = requests > 0 ? (DEVIATIONS * planned.burstiness) / Math.sqrt(requests) : 1;
  const measured = { value, low: value * Math.max(0, 1 - noise), high: value * (1 + noise) };
  const isEnough = rate.hours.size >= ENOUGH_HOURS;
  const expected = planned.meanRate;
  const isBeyond = measured.low > expected * (1 + relative) || measured.high < expected / (1 + relative);
  const figure: MeasuredFigure = {
    workload: planned.workload,
    name: 'request rate, mean',
    unit: 'requests/s',
    planned: { value: expected, low: expected, high: expected },
    measured,
    verdict: !isEnough ? 'shown' : isBeyond ? 'beyond' : 'within',
    ...(isEnough
      ? {}
      : {
          note: `${String(rate.hours.size)} of ${String(HOURS_PER_WEEK)} hours of the week seen; too few to judge`,
        }),
    metric: rate.metric,
  };
  const moved = isEnough && isBeyond ? [movedBy(planned, 'traffic-rate', figure, 'Request rate')] : [];
  return { figures: [figure], moved };
}

/** Hours with more requests than the peak of their window, beyond tolerance and chance. Said once, by the worst hour. */
function hourDrift(
  planned: PlannedWorkload,
  rate: HourlyMean,
  { tolerance, hasRisen }: { readonly tolerance: Tolerance; readonly hasRisen: boolean },
): LoadDrift {
  const hours = [...rate.hours].map(([hour, { mean, samples }]) => {
    const requests = mean * samples * HOUR;
    const low =
      requests > 0 ? mean * Math.max(0, 1 - (DEVIATIONS * planned.burstiness) / Math.sqrt(requests)) : 0;
    return { hour, mean, low, excess: low / Math.max(planned.hourlyPeak[hour] ?? 0, Number.MIN_VALUE) };
  });
  const over = hours.filter(({ excess }) => excess > 1 + tolerance.relative);
  const worst = hours.reduce((a, b) => (b.excess > a.excess ? b : a));
  const limit = planned.hourlyPeak[worst.hour] ?? 0;
  const figure: MeasuredFigure = {
    workload: planned.workload,
    name: 'request rate, hour furthest above its window',
    unit: 'requests/s',
    planned: { value: limit, low: 0, high: limit },
    measured: { value: worst.mean, low: worst.low, high: worst.mean * 2 - worst.low },
    verdict: over.length > 0 ? 'beyond' : 'within',
    note: hourName(worst.hour),
    metric: rate.metric,
  };
  if (over.length === 0 || hasRisen) return { figures: [figure], moved: [] };
  const many = `${String(over.length)} of ${String(rate.hours.size)} hours seen`;
  const statement = `${many} have more requests than planned for: ${hourName(worst.hour)} ${formatNumber(worst.mean, 3)}/s, planned at most ${formatNumber(limit, 3)}/s.`;
  return { figures: [figure], moved: [{ ...movedBy(planned, 'traffic-hours', figure, ''), statement }] };
}

/** Pods over the hours seen, against those planned for the same hours. */
function podDrift(planned: PlannedWorkload, { pods }: MeasuredWorkload, tolerance: Tolerance): LoadDrift {
  if (pods === undefined) return NOTHING;
  const seen = hoursOf(pods);
  const wanted = [...pods.hours].reduce(
    (sum, [hour, { samples }]) => sum + (planned.hourlyPods[hour] ?? 0) * samples,
    0,
  );
  const figure = exactFigure(planned, {
    name: 'pods ready, mean',
    unit: 'pods',
    planned: wanted / seen,
    measured: totalOf(pods) / seen,
    metric: pods.metric,
    tolerance,
  });
  const peak: MeasuredFigure = {
    workload: planned.workload,
    name: 'pods ready, most in an hour',
    unit: 'pods',
    planned: bounded(Math.max(...planned.hourlyPods)),
    measured: bounded(highestOf(pods)),
    verdict: 'shown',
    metric: pods.metric,
  };
  const isBeyond = figure.verdict === 'beyond';
  return {
    figures: [figure, peak],
    moved: isBeyond ? [movedBy(planned, 'replicas', figure, 'Ready pods')] : [],
  };
}
