import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import type { ReplayedTrace } from '../../report/index.ts';

/** A plan without spot capacity: nothing could be reclaimed. */
export function noSpot(plan: PlanDocument): Diagnostic {
  return diagnostic('spot-plan-none', {
    summary: `The plan of ${plan.stack} holds no spot capacity for the workloads simulated.`,
    path: plan.stack,
    fix: 'Allow spot capacity in a pool (capacityTypes) and for the workload (a share of spot), and plan again; or simulate without --spot-trace.',
  });
}

/** Prefill and decode replicas are not replayed: losing one role stops the other, which the slots of a replica do not tell. */
export function rolesApart(workload: string): Diagnostic {
  return diagnostic('spot-plan-role', {
    summary: `${workload} runs prefill and decode replicas apart; such fleets are not replayed against traces.`,
    path: workload,
    fix: 'Plan it with serving: aggregated, or name another workload with --workload.',
  });
}

/** Traces that cannot show as many nodes as the plan holds at once. */
export function narrowTraces(traces: readonly ReplayedTrace[]): readonly Diagnostic[] {
  return traces
    .filter(({ mostNodes, plannedNodes }) => plannedNodes > mostNodes)
    .map(({ offering, trace, mostNodes, plannedNodes }) =>
      diagnostic('spot-trace-narrow', {
        summary: `The plan holds ${plannedNodes} nodes on ${offering}; ${trace} was observed with ${mostNodes} at most, so that the rest is refused throughout.`,
        path: offering,
        fix: 'Replay a trace that was observed with as many nodes (--map), or read the result as the worst case.',
      }),
    );
}
