import { HOURS_PER_MONTH } from '../../../units/index.ts';
import type { Assumption, MeasuredFigure, MovedAssumption, Tolerance } from './findings.ts';
import { exactFigure, movedBy } from './figures.ts';
import type { MeasuredCost, OpenCostReport } from './opencost.ts';
import type { PlannedWorkload } from './planned-workload.ts';

const METRIC = 'OpenCost allocation';

/** What costs say of a plan. */
export interface CostDrift {
  readonly figures: readonly MeasuredFigure[];
  readonly moved: readonly MovedAssumption[];
  /** Workloads that the export has nothing of. */
  readonly missing: readonly string[];
}

/**
 * Cost per month of each workload against the plan, taken apart into price (money for an hour of the same hardware) and usage (hours of it),
 * so that it is said which of them moved. A month has 730 hours.
 */
export function judgeCost(
  planned: readonly PlannedWorkload[],
  report: OpenCostReport,
  tolerance: Tolerance,
): CostDrift {
  const judged = planned.flatMap((workload) => {
    const cost = report.workloads.get(workload.workload);
    return cost === undefined ? [] : [judgeOne(workload, { cost, hours: report.hours, tolerance })];
  });
  return {
    figures: judged.flatMap(({ figures }) => figures),
    moved: judged.flatMap(({ moved }) => moved),
    missing: planned
      .filter(({ workload }) => !report.workloads.has(workload))
      .map(({ workload }) => workload),
  };
}

/** Cost of the whole plan, idle nodes included, where the export has them. */
export function totalCostFigure(
  plannedPerMonth: number,
  { hours, workloads, idle }: OpenCostReport,
): MeasuredFigure | undefined {
  if (idle === undefined) return undefined;
  const cost = [...workloads.values(), idle].reduce((sum, item) => sum + item.cost, 0);
  const value = (cost / hours) * HOURS_PER_MONTH;
  return {
    workload: '',
    name: 'cost with idle nodes',
    unit: 'USD/month',
    planned: { value: plannedPerMonth, low: plannedPerMonth, high: plannedPerMonth },
    measured: { value, low: value, high: value },
    verdict: 'shown',
    note: 'idle nodes of the whole cluster, other workloads’ included',
    metric: METRIC,
  };
}

interface CostFacts {
  readonly cost: MeasuredCost;
  readonly hours: number;
  readonly tolerance: Tolerance;
}

function judgeOne(
  planned: PlannedWorkload,
  { cost, hours, tolerance }: CostFacts,
): Omit<CostDrift, 'missing'> {
  const hasAccelerators = planned.kind === 'llm' && cost.acceleratorHours > 0;
  const unitHours = hasAccelerators ? cost.acceleratorHours : planned.kind === 'service' ? cost.coreHours : 0;
  const what = hasAccelerators ? 'accelerator' : 'core';
  const figure = (
    name: string,
    unit: MeasuredFigure['unit'],
    [expected, measured]: readonly [number, number],
  ): MeasuredFigure =>
    exactFigure(planned, { name, unit, planned: expected, measured, metric: METRIC, tolerance });
  const total = figure('cost', 'USD/month', [planned.costPerMonth, (cost.cost / hours) * HOURS_PER_MONTH]);
  if (unitHours <= 0 || planned.meanUnits <= 0) {
    const moved =
      total.verdict === 'beyond'
        ? [movedBy(planned, 'usage', total, 'Cost (price and hours cannot be told apart)')]
        : [];
    return { figures: [total], moved };
  }
  const price = figure(`price of one ${what} an hour`, 'USD/hour', [
    planned.costPerMonth / (planned.meanUnits * HOURS_PER_MONTH),
    cost.cost / unitHours,
  ]);
  const usage = figure(`${what}s in use, mean`, hasAccelerators ? 'accelerators' : 'cores', [
    planned.meanUnits,
    unitHours / hours,
  ]);
  return { figures: [total, price, usage], moved: movesOf(planned, { total, price, usage, what }) };
}

interface CostParts {
  readonly total: MeasuredFigure;
  readonly price: MeasuredFigure;
  readonly usage: MeasuredFigure;
  readonly what: string;
}

/** Parts that moved on their own; where only their product did, the one that moved more. */
function movesOf(
  planned: PlannedWorkload,
  { total, price, usage, what }: CostParts,
): readonly MovedAssumption[] {
  const of = (assumption: Assumption, figure: MeasuredFigure, title: string): MovedAssumption =>
    movedBy(planned, assumption, figure, title);
  const priceMoved = of('price', price, `Price of one ${what}`);
  const usageMoved = of('usage', usage, `${what[0]!.toUpperCase()}${what.slice(1)}s in use`);
  const parts = [
    ...(price.verdict === 'beyond' ? [priceMoved] : []),
    ...(usage.verdict === 'beyond' ? [usageMoved] : []),
  ];
  if (parts.length > 0 || total.verdict !== 'beyond') return parts;
  return [Math.abs(priceMoved.change) >= Math.abs(usageMoved.change) ? priceMoved : usageMoved];
}
