import type { LatencyLimit, Offering, PlanDocument } from '../../model/index.ts';
import { SPOT_SIMULATION_FORMAT_VERSION } from '../../report/index.ts';
import type { ReplayedTrace, SpotSimulationReport } from '../../report/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';
import type { SpotFleetReport } from '../../sim/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { formatNumber } from '../../units/index.ts';
import type { SimulationSubject } from '../simulate.ts';

/** What a report of a replay is made of. */
export interface SpotReportParts {
  readonly plan: PlanDocument;
  readonly subject: SimulationSubject;
  readonly bought: readonly Offering[];
  readonly matched: ReadonlyMap<string, AvailabilityTrace>;
  readonly run: SpotFleetReport;
  readonly onDemand: SpotFleetReport;
  readonly limits: readonly LatencyLimit[];
  readonly seed: number;
}

/** The report of a finished replay. */
export function spotReport(parts: SpotReportParts): SpotSimulationReport {
  const { plan, subject, bought, matched, run, onDemand, limits, seed } = parts;
  const wanted = Math.max(0, ...limits.map(({ percentile }) => PERCENTILE_SHARE[percentile]));
  return {
    formatVersion: SPOT_SIMULATION_FORMAT_VERSION,
    subject: subject.subject,
    traffic: `profile ${subject.traffic?.profile.name ?? ''}, a week's hours, mean ${formatNumber(run.requests.arrived / run.seconds, 3)}/s`,
    traces: bought.map((offering) => traceFacts(plan, offering, matched.get(offering.id)!, run.seconds)),
    limits,
    wantedAttainment: wanted,
    meetsSlo: run.attainment >= wanted,
    seed,
    fleet: run,
    onDemand: { cost: onDemand.cost, attainment: onDemand.attainment, ttftP99: onDemand.ttft.p99 },
    costShare: onDemand.cost > 0 ? run.cost / onDemand.cost : 0,
    assumptions: ASSUMPTIONS,
  };
}

const ASSUMPTIONS = [
  'Traces begin on Monday at 0:00 of the plan’s week, and nodes that no trace tells of could not be had.',
  'A replica is a queue with slots whose speed follows its simulation at capacity; mixing of prefill and decode is in it on the mean.',
  'Each workload is replayed alone: nodes that several workloads share are paid in proportion and lost together.',
  'A node is paid from its launch on; requests whose replica goes are begun again from the start.',
];

function traceFacts(
  { decision }: PlanDocument,
  offering: Offering,
  trace: AvailabilityTrace,
  seconds: number,
): ReplayedTrace {
  const nodes = decision.nodes.find((item) => item.offering === offering.id)?.nodes ?? {};
  return {
    offering: offering.id,
    trace: trace.id,
    availableShare: availableShare(trace, seconds),
    mostNodes: trace.mostNodes,
    plannedNodes: Math.max(0, ...Object.values(nodes)),
  };
}

function availableShare(
  { runStart, runNodes, ticks, tickSeconds }: AvailabilityTrace,
  seconds: number,
): number {
  const end = Math.min(ticks, seconds / tickSeconds);
  let available = 0;
  for (let run = 0; run < runStart.length; run++) {
    const from = runStart[run]!;
    const to = Math.min(end, runStart[run + 1] ?? ticks);
    if (runNodes[run]! > 0 && to > from) available += to - from;
  }
  return end > 0 ? available / end : 0;
}
