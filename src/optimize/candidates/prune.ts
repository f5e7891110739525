import type { LatencyLimit, Rejection } from '../../model/index.ts';
import { checkConfiguration, minimumStepTime } from '../../perf/index.ts';
import { formatDuration } from '../../units/index.ts';
import { LoneLatency } from '../bounds/latency-bound.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import { WIDEST_BATCH } from './batch-limits.ts';
import type { Shape } from './shape.ts';

/** Shapes that may meet the SLO, and the others with the figure that decided. */
export interface Pruned {
  readonly survivors: readonly Shape[];
  /** Those and the ones that run but are too slow to serve whole requests. */
  readonly runnable: readonly Shape[];
  readonly rejected: readonly Rejection[];
  /** Of the limits that removed shapes which run, the least that any of them could keep, safety included, seconds; by `metric.percentile`. */
  readonly leastPossible: Readonly<Record<string, number>>;
}

/**
 * Removes shapes that cannot run (cut, precision, memory), whose fastest possible decode step is above a TPOT limit, or that
 * break a TTFT or E2E limit with every request served alone. All are sound: no simulation could accept what is removed here.
 * Latency under load is never predicted, only simulated.
 */
export function pruneShapes(shapes: readonly Shape[], bench: MeasuringBench): Pruned {
  const survivors: Shape[] = [];
  const runnable: Shape[] = [];
  const rejected: Rejection[] = [];
  const leastPossible: Record<string, number> = {};
  const lone = new LoneLatency(bench.sample(bench.subject.longest));
  for (const shape of shapes) {
    const facts = { candidate: shape.id, workload: shape.workload, pool: shape.pool };
    const check = checkConfiguration(shape.configuration);
    if (!check.ok) {
      rejected.push({ ...facts, reason: check.reason, detail: check.detail });
      continue;
    }
    runnable.push(shape);
    const broken = tooSlowToDecode(shape, bench) ?? tooSlowToStart(shape, bench, lone);
    if (broken === undefined) {
      survivors.push(shape);
      continue;
    }
    const name = `${broken.limit.metric}.${broken.limit.percentile}`;
    const declared = bench.subject.limits.find(
      (item) => item.metric === broken.limit.metric && item.percentile === broken.limit.percentile,
    );
    const safety = (declared?.limit ?? broken.limit.limit) / broken.limit.limit;
    leastPossible[name] = Math.min(broken.least * safety, leastPossible[name] ?? Infinity);
    rejected.push({ ...facts, reason: broken.reason, detail: broken.detail });
  }
  // Where some shapes may keep the limits, what others cannot do is no reason for anything.
  return { survivors, runnable, rejected, leastPossible: survivors.length === 0 ? leastPossible : {} };
}

interface TooSlow {
  readonly limit: LatencyLimit;
  readonly least: number;
  readonly reason: 'step-exceeds-tpot' | 'prefill-exceeds-ttft';
  readonly detail: string;
}

function tooSlowToDecode(shape: Shape, bench: MeasuringBench): TooSlow | undefined {
  const [limit] = bench
    .limitsFor(shape)
    .filter((item) => item.metric === 'tpot')
    .sort((a, b) => a.limit - b.limit);
  if (limit === undefined) return undefined;
  const least = minimumStepTime(shape.configuration, bench.subject.coefficients);
  const detail = `a decode step takes at least ${formatDuration(least)}, the TPOT limit is ${formatDuration(limit.limit)}`;
  return least > limit.limit ? { limit, least, reason: 'step-exceeds-tpot', detail } : undefined;
}

function tooSlowToStart(shape: Shape, bench: MeasuringBench, lone: LoneLatency): TooSlow | undefined {
  const limits = bench.limitsFor(shape);
  const broken = lone.brokenLimit(bench.performanceOf(shape).steps, limits, WIDEST_BATCH);
  if (broken === undefined) return undefined;
  const { limit, least } = broken;
  const name = `${limit.metric}.${limit.percentile}`;
  const detail = `${name} is at least ${formatDuration(least)} with every request alone, the limit is ${formatDuration(limit.limit)}`;
  return { limit, least, reason: 'prefill-exceeds-ttft', detail };
}
