import { formatPercent } from '../../../units/index.ts';
import { ENOUGH_BEYOND, NOTHING, exactFigure, movedBy } from './figures.ts';
import type { LoadDrift } from './figures.ts';
import { SHARE_TOLERANCE } from './findings.ts';
import type { MeasuredFigure, MovedAssumption, Tolerance } from './findings.ts';
import { observations, quantile } from './histogram.ts';
import type { MeasuredLength, MeasuredWorkload } from './measured-workload.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** Mean tokens of a request against the traffic of the plan; the longest ones are shown. */
export function lengthDrift(
  planned: PlannedWorkload,
  measured: MeasuredLength | undefined,
  { kind, tolerance }: { readonly kind: 'isl' | 'osl'; readonly tolerance: Tolerance },
): LoadDrift {
  const expected = planned.lengths?.[kind];
  if (measured === undefined || expected === undefined) return NOTHING;
  const what = kind === 'isl' ? 'input length' : 'output length';
  const mean = exactFigure(planned, {
    name: `${what}, mean`,
    unit: 'tokens',
    planned: expected.mean,
    measured: measured.mean,
    metric: measured.metric,
    tolerance,
  });
  const assumption = kind === 'isl' ? 'input-length' : 'output-length';
  const title = kind === 'isl' ? 'Mean input length' : 'Mean output length';
  return {
    figures: [mean, ...longest(planned, measured, { name: `${what}, p99`, planned: expected.p99 })],
    moved: mean.verdict === 'beyond' ? [movedBy(planned, assumption, mean, title)] : [],
  };
}

/** The 99th percentile where there is a histogram; never judged. */
function longest(
  { workload }: PlannedWorkload,
  { histogram, metric }: MeasuredLength,
  { name, planned }: { readonly name: string; readonly planned: number },
): readonly MeasuredFigure[] {
  const measured = histogram === undefined ? undefined : quantile(histogram, 0.99);
  if (histogram === undefined || measured === undefined) return [];
  return [
    {
      workload,
      name,
      unit: 'tokens',
      planned: { value: planned, low: planned, high: planned },
      measured,
      verdict: 'shown',
      note: observations(histogram) * 0.01 >= ENOUGH_BEYOND ? 'means decide' : 'too few requests',
      metric,
    },
  ];
}

/** Shares of prompts found in the cache. The plan's is that of a cache without end, so less may also mean that it evicts. */
export function prefixDrift(planned: PlannedWorkload, { prefixHitRate }: MeasuredWorkload): LoadDrift {
  const expected = planned.lengths?.prefixHitRate;
  if (prefixHitRate === undefined || expected === undefined) return NOTHING;
  const { value, metric } = prefixHitRate;
  const change = value - expected;
  const isBeyond = Math.abs(change) > SHARE_TOLERANCE;
  const figure: MeasuredFigure = {
    workload: planned.workload,
    name: 'prefix hit rate',
    unit: 'share',
    planned: { value: expected, low: expected, high: expected },
    measured: { value, low: value, high: value },
    verdict: isBeyond ? 'beyond' : 'within',
    metric,
  };
  const moved: MovedAssumption = {
    assumption: 'prefix-hit-rate',
    workload: planned.workload,
    planned: expected,
    measured: value,
    unit: 'share',
    change,
    statement: `${formatPercent(value, 2)} of prompt tokens are found in the prefix cache, planned ${formatPercent(expected, 2)}.`,
  };
  return { figures: [figure], moved: isBeyond ? [moved] : [] };
}
