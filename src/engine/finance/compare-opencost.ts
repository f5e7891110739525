import { plannedWorkloads } from '../../apply/index.ts';
import type { OpenCostReport } from '../../apply/index.ts';
import {
  explainVariance,
  isOfWorkloads,
  plannedCapacity,
  VARIANCE_FORMAT_VERSION,
} from '../../cost/index.ts';
import type { CostVariance, StatementLine, UnmatchedCharges, UsedCapacity } from '../../cost/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { Offering } from '../../model/index.ts';
import { HOURS_PER_MONTH, money } from '../../units/index.ts';
import { readCosts } from '../cluster/measured-opencost.ts';
import type { EngineHost } from '../messages.ts';
import type { ComparedPlan } from './compare-costs.ts';

/** Hours asked of an OpenCost: a week, so that every hour of it is seen. */
const HOURS_ASKED = 168;

/**
 * Holds a plan against allocations of OpenCost over the hours that they cover. They tell no hardware, so that mix is within price, and are in dollars (OpenCost's default). Hours are those of accelerators,
 * or of cores where a workload has no accelerator. Errors: those of `readCosts`, `cost-currency`, `cost-actuals-foreign`.
 */
export async function compareWithOpenCost(
  { stored, statement, options }: ComparedPlan,
  host: EngineHost,
): Promise<Outcome<CostVariance>> {
  if (!isOfWorkloads(options.groupBy)) {
    return failure(
      diagnostic('cost-actuals-foreign', {
        summary: `OpenCost tells costs by pod, not by ${options.groupBy}.`,
        fix: 'Compare with --group-by workload or team.',
      }),
    );
  }
  if (statement.currency.code !== 'USD') {
    return failure(
      diagnostic('cost-currency', {
        summary: `Allocations of OpenCost are taken to be in USD, not ${statement.currency.code}.`,
        fix: 'Leave --currency and --rate out.',
      }),
    );
  }
  const planned = plannedWorkloads(stored.plan, [...stored.manifests.values()]);
  const read = await readCosts({ from: options.other, hours: HOURS_ASKED }, planned, host);
  if (!read.ok) return read;
  const { report, shown } = read.value;
  const sizes = unitSizes(stored.plan.offerings, report);
  const share = report.hours / HOURS_PER_MONTH;
  const after = measuredCapacity(report, statement.lineItems);
  if (after.every(({ workload }) => workload === '(idle)')) {
    return failure(
      ...read.diagnostics,
      diagnostic('cost-actuals-foreign', {
        summary: `No allocation of ${shown} belongs to a workload of the plan.`,
        fix: 'Export with aggregate=pod from the cluster that runs the plan.',
      }),
    );
  }
  return success(
    {
      formatVersion: VARIANCE_FORMAT_VERSION,
      before: { name: stored.shown, kind: 'plan' },
      after: { name: shown, kind: 'opencost' },
      currency: statement.currency,
      hours: report.hours,
      groupedBy: options.groupBy,
      ...explainVariance({
        before: plannedCapacity(statement, () => share, sizes),
        after,
        groupBy: options.groupBy,
      }),
      unmatched: othersOf(report),
      notes: [
        'OpenCost tells no hardware: mix is within price. Hours of accelerators, or of cores, stand for work.',
      ],
    },
    read.diagnostics,
  );
}

/** Hours that one node hour of a line counts as: accelerators for workloads measured in them, else cores. */
function unitSizes(offerings: readonly Offering[], report: OpenCostReport): (line: StatementLine) => number {
  const byId = new Map(offerings.map((offering) => [offering.id, offering.instanceType]));
  return ({ offering, workload }) => {
    const type = byId.get(offering);
    const inAccelerators = (report.workloads.get(workload)?.acceleratorHours ?? 0) > 0;
    return inAccelerators ? (type?.accelerator?.count ?? 0) : (type?.vcpus ?? 0);
  };
}

function measuredCapacity(
  { workloads, idle }: OpenCostReport,
  lines: readonly StatementLine[],
): readonly UsedCapacity[] {
  const teams = new Map(lines.map(({ workload, team }) => [workload, team]));
  const measured = [...workloads, ...(idle === undefined ? [] : [['(idle)', idle] as const])];
  return measured.map(([workload, { cost, acceleratorHours, coreHours }]) => ({
    workload,
    team: teams.get(workload) ?? '',
    ...{ pool: '', zone: '', instanceType: '', capacityType: '' },
    hours: acceleratorHours > 0 ? acceleratorHours : coreHours,
    cost: money(cost * 1e6),
  }));
}

function othersOf({ others }: OpenCostReport): readonly UnmatchedCharges[] {
  const cost = money(others.cost * 1e6);
  return cost === 0
    ? []
    : [{ why: 'of pods that are not of the plan', what: 'other allocations', rows: 0, cost }];
}
