import type { LatencyLimit, ResolvedWorkload } from '../../model/index.ts';

/**
 * The workload with its limit on p99 latency among the limits of its SLO, so that every replica is measured against it;
 * the stricter of both where the SLO limits the same. The same workload where there is no such limit.
 */
export function withLatencyLimit(resolved: ResolvedWorkload): ResolvedWorkload {
  const { workload } = resolved;
  const { latency } = workload.limits;
  if (latency === undefined) return resolved;
  const isSame = ({ metric, percentile }: LatencyLimit): boolean => metric === 'e2e' && percentile === 'p99';
  const own = workload.slo.limits.find(isSame);
  if (own !== undefined && own.limit <= latency) return resolved;
  const limit: LatencyLimit = { metric: 'e2e', percentile: 'p99', limit: latency };
  // Limits are sorted by metric, then percentile: e2e comes first and p99 last of it.
  const e2e = workload.slo.limits.filter((item) => item.metric === 'e2e' && !isSame(item));
  const others = workload.slo.limits.filter((item) => item.metric !== 'e2e');
  return {
    ...resolved,
    workload: { ...workload, slo: { ...workload.slo, limits: [...e2e, limit, ...others] } },
  };
}
