import type { LatencyLimit, Rejection } from '../../model/index.ts';
import { checkConfiguration, minimumStepTime } from '../../perf/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import { formatDuration } from '../../units/index.ts';
import type { Shape } from './shape.ts';

/** Shapes that may meet the SLO, and the others with the figure that decided. */
export interface Pruned {
  readonly survivors: readonly Shape[];
  readonly rejected: readonly Rejection[];
  /** Least possible decode step in seconds among shapes removed for it; absent when none was. */
  readonly fastestRemovedStep?: number;
}

/**
 * Removes shapes that cannot run (cut, precision, memory) or whose fastest possible decode step is above a TPOT limit.
 * Both are sound: no simulation could accept what is removed here. TTFT is never predicted, only simulated.
 */
export function pruneShapes(
  shapes: readonly Shape[],
  limits: readonly LatencyLimit[],
  coefficients: OperatorCoefficients,
): Pruned {
  const survivors: Shape[] = [];
  const rejected: Rejection[] = [];
  const tightest = limits
    .filter((limit) => limit.metric === 'tpot')
    .reduce((least, limit) => Math.min(least, limit.limit), Infinity);
  let fastestRemovedStep = Infinity;
  for (const shape of shapes) {
    const facts = { candidate: shape.id, workload: shape.workload, pool: shape.pool };
    const check = checkConfiguration(shape.configuration);
    if (!check.ok) {
      rejected.push({ ...facts, reason: check.reason, detail: check.detail });
      continue;
    }
    const step = Number.isFinite(tightest) ? minimumStepTime(shape.configuration, coefficients) : 0;
    if (step > tightest) {
      fastestRemovedStep = Math.min(fastestRemovedStep, step);
      const detail = `a decode step takes at least ${formatDuration(step)}, the TPOT limit is ${formatDuration(tightest)}`;
      rejected.push({ ...facts, reason: 'step-exceeds-tpot', detail });
      continue;
    }
    survivors.push(shape);
  }
  return { survivors, rejected, ...(Number.isFinite(fastestRemovedStep) ? { fastestRemovedStep } : {}) };
}
