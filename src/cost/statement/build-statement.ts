import type { CostReport, Offering } from '../../model/index.ts';
import { BASE_CURRENCY, HOURS_PER_MONTH, sumMoney } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';
import { unitCost } from '../apportion.ts';
import { STATEMENT_FORMAT_VERSION } from './cost-statement.ts';
import type {
  CostStatement,
  Grouping,
  IdlePolicy,
  StatementCurrency,
  StatementLine,
  WorkloadUnitCost,
} from './cost-statement.ts';
import { forecastCost } from './forecast.ts';
import { groupLines } from './group-lines.ts';
import { shareIdle } from './share-idle.ts';
import { statementLine } from './statement-lines.ts';

/** The parts of a plan that a statement is made from. */
export interface PricedPlan {
  readonly stack: string;
  readonly cost: CostReport;
  readonly offerings: readonly Offering[];
}

/** How a statement is made. */
export interface StatementOptions {
  /** Default workload. */
  readonly groupBy?: Grouping;
  /** Default separate. */
  readonly idle?: IdlePolicy;
  /** Default dollars. */
  readonly currency?: StatementCurrency;
  /** 95th percentiles of spot prices by offering, where their histories are at hand. */
  readonly p95Prices?: ReadonlyMap<string, MicroUsdPerHour>;
}

/** The currency of plans. */
export const DOLLARS: StatementCurrency = { code: BASE_CURRENCY, perUsd: 1 };

/**
 * The statement of what a plan costs per month of 730 h. Each line is converted and rounded once; everything else is a sum of lines, so that no two figures of a
 * statement disagree.
 */
export function buildStatement(plan: PricedPlan, options: StatementOptions = {}): CostStatement {
  const { groupBy = 'workload', idle = 'separate', currency = DOLLARS, p95Prices } = options;
  const own = plan.cost.lineItems.map((item) => statementLine(item, currency.perUsd));
  const lineItems = idle === 'proportional' ? shareIdle(own) : own;
  return {
    formatVersion: STATEMENT_FORMAT_VERSION,
    stack: plan.stack,
    currency,
    hoursPerMonth: HOURS_PER_MONTH,
    idle,
    lineItems,
    listPerMonth: sumMoney(lineItems.map((line) => line.listCost)),
    contractedPerMonth: sumMoney(lineItems.map((line) => line.contractedCost)),
    totalPerMonth: sumMoney(lineItems.map((line) => line.effectiveCost)),
    groupedBy: groupBy,
    groups: groupLines(lineItems, groupBy),
    workloads: unitCosts(plan.cost, lineItems),
    forecast: forecastCost(
      plan.cost.lineItems,
      { offerings: plan.offerings, ...(p95Prices === undefined ? {} : { p95Prices }) },
      currency.perUsd,
    ),
  };
}

function unitCosts({ workloads }: CostReport, lines: readonly StatementLine[]): readonly WorkloadUnitCost[] {
  const own = Map.groupBy(lines, ({ workload }) => workload);
  return workloads.map(({ workload, team, requestsPerMonth, tokensPerMonth }) => {
    const perMonth = sumMoney((own.get(workload) ?? []).map((line) => line.effectiveCost));
    return {
      ...{ workload, team, perMonth, requestsPerMonth, tokensPerMonth },
      perThousandRequests: unitCost(perMonth, requestsPerMonth, 1e3),
      perMillionTokens: unitCost(perMonth, tokensPerMonth, 1e6),
    };
  });
}
