import type { BindingConstraint, LatencyLimit } from '../model/index.ts';
import { formatDuration, formatNumber, formatPercent, seconds } from '../units/index.ts';
import type { Measured } from './capacity/measure.ts';
import type { WorkloadEvaluation } from './evaluate-workload.ts';

/** What was learnt of a workload that no configuration serves. */
export type SloFindings = Pick<
  WorkloadEvaluation,
  'workload' | 'bench' | 'failed' | 'rejected' | 'leastPossible'
>;

/** Room above the best latency seen at very low load, so that some load can be carried; *assumed*. */
const ROOM = 1.1;

/**
 * Why no configuration of a workload meets its SLO: for each limit that the nearest configuration breaks, the best
 * value any configuration reaches at very low load and the limit that would allow it. Where nothing could even be
 * simulated, the reasons of the rejections are counted. Values are those that would have to be allowed: with a confidence, the
 * predicted ones times their safety.
 */
export function explainSlo(evaluation: SloFindings): readonly BindingConstraint[] {
  const { id, slo } = evaluation.workload.workload;
  const valueOf = (m: Measured, limit: LatencyLimit): number => neededFor(m, limit, evaluation.bench);
  const nearest = nearestTo(evaluation.failed, slo.limits, valueOf);
  if (nearest === undefined) return tooSlowAlone(evaluation) ?? [noneRuns(evaluation)];
  const broken = slo.limits.filter((limit) => valueOf(nearest, limit) > limit.limit);
  if (broken.length === 0) {
    const description = `The nearest configuration, ${nearest.shape.id}, is limited by ${nearest.reading.limit}`;
    return [{ constraint: `slo/${id}`, description }];
  }
  return broken.map((limit) => {
    const name = `${limit.metric}.${limit.percentile}`;
    const best = Math.min(...evaluation.failed.map((m) => valueOf(m, limit)));
    const reached = Math.max(best, valueOf(nearest, limit));
    const change = `loosen ${name} of ${id} to ${roundedUp(reached * ROOM)}`;
    return {
      constraint: `slo/${id}/${name}`,
      description:
        `${name} must not exceed ${formatDuration(limit.limit)}; the best at very low load is ` +
        `${formatDuration(best)}, and ${formatDuration(reached)} with ${nearest.shape.id}, which comes nearest to all limits` +
        confidenceWords(evaluation),
      relaxation: { change },
    };
  });
}

/** The limits that even one request alone cannot meet, when that is what ruled every configuration out. */
function tooSlowAlone(findings: SloFindings): readonly BindingConstraint[] | undefined {
  const { leastPossible, workload } = findings;
  const { id, slo } = workload.workload;
  const broken = slo.limits.flatMap((limit) => {
    const name = `${limit.metric}.${limit.percentile}`;
    const least = leastPossible[name];
    return least === undefined ? [] : [{ name, limit: limit.limit, least }];
  });
  if (broken.length === 0) return undefined;
  return broken.map(({ name, limit, least }) => ({
    constraint: `slo/${id}/${name}`,
    description:
      `${name} must not exceed ${formatDuration(limit)}; the fastest configuration that fits needs at least ` +
      `${formatDuration(seconds(least))}${name.startsWith('tpot') ? ' per token' : ''} with every request alone` +
      confidenceWords(findings),
    relaxation: { change: `loosen ${name} of ${id} to ${roundedUp(least * ROOM)}` },
  }));
}

/** The limit that a measured configuration would keep: its prediction, times the safety asked for. */
function neededFor({ shape, reading }: Measured, limit: LatencyLimit, bench: SloFindings['bench']): number {
  const tight = bench
    .limitsFor(shape)
    .find((item) => item.metric === limit.metric && item.percentile === limit.percentile);
  const safety = limit.limit / (tight?.limit ?? limit.limit);
  return reading.evidence.latency[limit.metric][limit.percentile].value * safety;
}

function confidenceWords({ bench }: SloFindings): string {
  const { safety } = bench.subject;
  return safety === undefined ? '' : `, with the safety of ${formatPercent(safety.level)} confidence`;
}

/** The configuration whose worst ratio of latency to limit is least. */
function nearestTo(
  failed: readonly Measured[],
  limits: readonly LatencyLimit[],
  valueOf: (m: Measured, limit: LatencyLimit) => number,
): Measured | undefined {
  const worst = (m: Measured): number =>
    Math.max(0, ...limits.map((limit) => valueOf(m, limit) / limit.limit));
  return [...failed].sort((a, b) => worst(a) - worst(b) || (a.shape.id < b.shape.id ? -1 : 1))[0];
}

function noneRuns(evaluation: SloFindings): BindingConstraint {
  const { id } = evaluation.workload.workload;
  const counts = Map.groupBy(evaluation.rejected, (rejection) => rejection.reason);
  const reasons = [...counts]
    .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
    .map(([reason, members]) => `${members.length} × ${reason} (${members[0]?.detail ?? ''})`);
  const why = reasons.length === 0 ? 'its pools have no accelerators' : reasons.join('; ');
  return { constraint: `hardware/${id}`, description: `No configuration of ${id} can run: ${why}` };
}

/** A duration rounded up to two significant digits. */
function roundedUp(seconds: number): string {
  const scale = 10 ** (1 - Math.floor(Math.log10(seconds)));
  const rounded = Math.ceil(seconds * scale - 1e-9) / scale;
  return rounded < 1 ? `${formatNumber(rounded * 1e3, 3)} ms` : `${formatNumber(rounded, 3)} s`;
}
