import type { EngineName, Evidence, LatencyFactors, LatencyLimit, LatencySafety } from '../../model/index.ts';

export type { LatencyFactors, LatencySafety } from '../../model/index.ts';

const TRUSTED: LatencyFactors = { ttft: 1, tpot: 1, e2e: 1 };

/** The factors that apply to an engine on hardware known by `evidence`; all one without safety. */
export function factorsFor(
  safety: LatencySafety | undefined,
  engine: EngineName,
  evidence: Evidence,
): LatencyFactors {
  return safety?.factors[`${engine}/${evidence}`] ?? safety?.factors[`*/${evidence}`] ?? TRUSTED;
}

/** Limits that predictions must keep so that measured latencies keep the declared ones. */
export function tightened(limits: readonly LatencyLimit[], factors: LatencyFactors): readonly LatencyLimit[] {
  return limits.map((item) => ({ ...item, limit: (item.limit / factors[item.metric]) as typeof item.limit }));
}
