import type { Allocation, PlanDocument } from '../../model/index.ts';
import { parallelismName } from '../../model/index.ts';
import { nodeFill, responseHeadroom, serviceSummaries, sloHeadroom } from '../../plan/index.ts';
import type { ModelRun, ReplicaRange, ServiceRun, VariantPlan } from '../../report/index.ts';
import { compareText, microUsd, sortedBy } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';

/** A plan in the figures that variants are compared by. */
export function summarizePlan(plan: PlanDocument): VariantPlan {
  const costs = new Map(plan.cost.workloads.map((item) => [item.workload, item.perMonth]));
  const headroom = tightestLimit(plan);
  return {
    perMonth: plan.cost.totalPerMonth,
    violations: plan.policy.verdicts.filter(
      (item) => item.outcome === 'violation' && item.level === 'mandatory',
    ).length,
    models: modelRuns(plan, costs),
    services: serviceRuns(plan),
    nodes: nodeFill(plan)?.nodes ?? 0,
    ...(headroom === undefined ? {} : { headroom }),
  };
}

function modelRuns(plan: PlanDocument, costs: ReadonlyMap<string, MicroUsd>): readonly ModelRun[] {
  const windows = plan.decision.windows.map((window) => window.id);
  const byWorkload = Map.groupBy(plan.decision.allocations, (item) => item.workload);
  return sortedBy(byWorkload, ([workload]) => workload).map(([workload, own]): ModelRun => {
    const totals = windows.map((window) => replicasIn(own, window));
    const most = Math.max(0, ...totals);
    const busiest = windows[totals.indexOf(most)] ?? '';
    const spot = replicasIn(
      own.filter((item) => item.capacityType === 'spot'),
      busiest,
    );
    return {
      workload,
      accelerators: distinct(own.map((item) => item.candidate.accelerator)),
      pools: distinct(own.map((item) => item.pool)),
      runs: distinct(own.map(runOf)),
      replicas: { min: Math.min(...totals), max: most },
      spotShare: most === 0 ? 0 : spot / most,
      perMonth: costs.get(workload) ?? microUsd(0),
    };
  });
}

/** `fp8 tp2`, `prefill fp8/kv-bf16 tp4`. */
function runOf({ candidate }: Allocation): string {
  const { role, weightPrecision, kvPrecision, parallelism } = candidate;
  const kv = kvPrecision === weightPrecision ? '' : `/kv-${kvPrecision}`;
  return `${role === 'aggregated' ? '' : `${role} `}${weightPrecision}${kv} ${parallelismName(parallelism)}`;
}

function replicasIn(allocations: readonly Allocation[], window: string): number {
  return allocations
    .flatMap((item) => Object.values(item.replicas[window] ?? {}))
    .reduce((sum, count) => sum + count, 0);
}

function serviceRuns(plan: PlanDocument): readonly ServiceRun[] {
  return serviceSummaries(plan).map(
    ({ workload, shape, planned, fewest, spot, base, perMonth }): ServiceRun => {
      const replicas: ReplicaRange = { min: fewest, max: planned };
      return {
        workload,
        size: shape.id,
        replicas,
        spotShare: spot + base === 0 ? 0 : spot / (spot + base),
        perMonth,
      };
    },
  );
}

function tightestLimit(plan: PlanDocument): VariantPlan['headroom'] {
  const limits = [
    ...sloHeadroom(plan).map(({ workload, limit, headroom }) => ({
      where: `${workload} ${limit.metric} ${limit.percentile}`,
      share: headroom,
    })),
    ...responseHeadroom(plan).map(({ workload, percentile, headroom }) => ({
      where: `${workload} response ${percentile}`,
      share: headroom,
    })),
  ];
  return limits.toSorted((a, b) => a.share - b.share || compareText(a.where, b.where))[0];
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(compareText);
}
