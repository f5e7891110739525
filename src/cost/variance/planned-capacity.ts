import { money } from '../../units/index.ts';
import type { ChargePeriod } from '../periods/charge-periods.ts';
import { sumOverPeriod } from '../periods/charge-periods.ts';
import type { HourProfile } from '../periods/hour-profiles.ts';
import type { CostStatement, StatementLine, WorkloadUnitCost } from '../statement/cost-statement.ts';
import type { UsedCapacity } from './cost-variance.ts';

/** The share of a line's month that falls on the time compared. */
export type MonthShare = (line: StatementLine) => number;

/** The whole month of the plan. */
export const WHOLE_MONTH: MonthShare = () => 1;

/** The real hours of a span of time, each by its hour of the week. */
export function sharesOfPeriod(
  profiles: ReadonlyMap<string, HourProfile>,
  period: Pick<ChargePeriod, 'startHour' | 'endHour'>,
): MonthShare {
  return (line) => {
    const profile = profiles.get(line.id.split('→')[0] ?? line.id);
    return profile === undefined || line.nodeHours <= 0 ? 0 : sumOverPeriod(profile, period) / line.nodeHours;
  };
}

/** Lines of a statement as a side of a comparison; amounts are rounded once per line. `unitsPerNode` turns node hours into the hours that the other side counts. */
export function plannedCapacity(
  statement: CostStatement,
  shareOf: MonthShare = WHOLE_MONTH,
  unitsPerNode: (line: StatementLine) => number = () => 1,
): readonly UsedCapacity[] {
  return statement.lineItems.map((line) => {
    const share = shareOf(line);
    const { workload, team, pool, zone, instanceType, capacityType } = line;
    return {
      ...{ workload, team, pool, zone, instanceType, capacityType },
      hours: line.nodeHours * share * unitsPerNode(line),
      cost: money(line.effectiveCost * share),
    };
  });
}

/** Units of work of each workload per month: tokens where both sides have tokens, else requests. */
export function workOfBoth(
  before: readonly WorkloadUnitCost[],
  after: readonly WorkloadUnitCost[],
): { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> } {
  const others = new Map(after.map((item) => [item.workload, item]));
  const pairs = before.flatMap((item) => {
    const other = others.get(item.workload);
    if (other === undefined) return [];
    const isTokens = item.tokensPerMonth > 0 && other.tokensPerMonth > 0;
    const amounts = [item, other].map((one) => (isTokens ? one.tokensPerMonth : one.requestsPerMonth));
    return [{ workload: item.workload, before: amounts[0] ?? 0, after: amounts[1] ?? 0 }];
  });
  return {
    before: new Map(pairs.map((pair) => [pair.workload, pair.before])),
    after: new Map(pairs.map((pair) => [pair.workload, pair.after])),
  };
}
