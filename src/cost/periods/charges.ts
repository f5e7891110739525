import { HOURS_PER_MONTH, HOURS_PER_WEEK, money } from '../../units/index.ts';
import type { Money, MoneyPerHour } from '../../units/index.ts';
import { apportion } from '../apportion.ts';
import type { StatementLine } from '../statement/cost-statement.ts';
import { sumOverPeriod } from './charge-periods.ts';
import type { ChargePeriod } from './charge-periods.ts';
import type { HourProfile } from './hour-profiles.ts';

/**
 * Which hours a calendar month has in charges: `plan` spreads the plan's month of 730 h over its dates, so that every month sums to the plan; `calendar` counts the real hours of
 * each month (672 to 744), as bills do.
 */
export const MONTH_BASES = ['plan', 'calendar'] as const;
export type MonthBasis = (typeof MONTH_BASES)[number];

/** What is charged for one line of a statement in one charge period; money in the statement's currency. */
export interface Charge {
  readonly line: StatementLine;
  readonly period: ChargePeriod;
  /** A purchase pays for a commitment that covers the usage of the same period. */
  readonly category: 'Usage' | 'Purchase';
  readonly nodeHours: number;
  /** Part of the node hours of its offering in the period, 0 to 1; those of all usage of an offering sum to 1. */
  readonly nodeShare: number;
  readonly listUnitPrice: MoneyPerHour;
  readonly contractedUnitPrice: MoneyPerHour;
  readonly listCost: Money;
  readonly contractedCost: Money;
  /** Zero for usage that a commitment covers: the purchase is billed. */
  readonly billedCost: Money;
  /** Zero for the purchase of a commitment: it is spread over the usage. */
  readonly effectiveCost: Money;
}

/** How lines become charges. */
export interface ChargeOptions {
  readonly periods: readonly ChargePeriod[];
  readonly basis: MonthBasis;
  /** By line id; lines of idle shares take that of the idle line they come from. */
  readonly profiles: ReadonlyMap<string, HourProfile>;
}

/**
 * The charges of a month, by charge period, then in the order of `lines`; purchases of reserved capacity behind usage. Amounts are rounded once per line and month
 * and split without losing a micro-unit, so that effective and billed costs of all periods both sum to the lines (`plan`), or to the lines times the hours of the
 * calendar (`calendar`). Periods in which a line has no hours have no charge.
 */
export function chargesOf(lines: readonly StatementLine[], options: ChargeOptions): readonly Charge[] {
  const byPeriod: Charge[][] = options.periods.map(() => []);
  for (const line of lines) {
    chargesOfLine(line, options).forEach((charge, index) => {
      if (charge.nodeHours > 0 || charge.listCost !== 0 || charge.effectiveCost !== 0) {
        byPeriod[index]?.push(charge);
      }
    });
  }
  return byPeriod.flatMap((charges) => [...withShares(charges), ...purchasesOf(charges)]);
}

function withShares(charges: readonly Charge[]): readonly Charge[] {
  const hours = new Map<string, number>();
  for (const { line, nodeHours } of charges) {
    hours.set(line.offering, (hours.get(line.offering) ?? 0) + nodeHours);
  }
  return charges.map((charge) => {
    const all = hours.get(charge.line.offering) ?? 0;
    return { ...charge, nodeShare: all > 0 ? charge.nodeHours / all : 0 };
  });
}

function chargesOfLine(line: StatementLine, { periods, basis, profiles }: ChargeOptions): readonly Charge[] {
  const profile = profiles.get(line.id.split('→')[0] ?? line.id) ?? new Float64Array(HOURS_PER_WEEK).fill(1);
  const weights = periods.map((period) => sumOverPeriod(profile, period));
  const weight = weights.reduce((sum, value) => sum + value, 0);
  const perWeek = profile.reduce((sum, value) => sum + value, 0);
  const factor =
    basis === 'plan' || perWeek <= 0 ? 1 : weight / ((perWeek * HOURS_PER_MONTH) / HOURS_PER_WEEK);
  const split = (amount: Money): readonly Money[] => apportion(money(amount * factor), weights);
  const [list, contracted, effective] = [line.listCost, line.contractedCost, line.effectiveCost].map(split);
  const isCovered = line.capacityType === 'reserved';
  const hours = exactHours(line);
  return periods.map((period, index) => ({
    line,
    period,
    category: 'Usage',
    nodeHours: weight > 0 ? (hours * factor * (weights[index] ?? 0)) / weight : 0,
    nodeShare: 0,
    listUnitPrice: line.listUnitPrice,
    contractedUnitPrice: line.contractedUnitPrice,
    listCost: list?.[index] ?? money(0),
    contractedCost: contracted?.[index] ?? money(0),
    billedCost: isCovered ? money(0) : (effective?.[index] ?? money(0)),
    effectiveCost: effective?.[index] ?? money(0),
  }));
}

/** Plans hold nine digits of node hours but the whole cost: the cost by its price tells the hours more exactly, where it does not say otherwise. */
function exactHours({ nodeHours, listCost, listUnitPrice }: StatementLine): number {
  const hours = listUnitPrice > 0 ? listCost / listUnitPrice : nodeHours;
  return Math.abs(hours - nodeHours) <= 1e-6 * nodeHours ? hours : nodeHours;
}

/** One purchase per reserved offering: what its usage in the same period is worth. */
function purchasesOf(charges: readonly Charge[]): readonly Charge[] {
  const covered = charges.filter(({ line }) => line.capacityType === 'reserved');
  return [...Map.groupBy(covered, ({ line }) => line.offering).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const paid = money(own.reduce((sum, charge) => sum + charge.effectiveCost, 0));
    const { line } = first;
    return [
      {
        ...first,
        line: { ...line, id: `${line.offering}/(commitment)`, workload: '(commitment)', team: '' },
        category: 'Purchase' as const,
        nodeHours: own.reduce((sum, charge) => sum + charge.nodeHours, 0),
        nodeShare: 1,
        listUnitPrice: line.unitPrice,
        contractedUnitPrice: line.unitPrice,
        ...{ listCost: paid, contractedCost: paid, billedCost: paid, effectiveCost: money(0) },
      },
    ];
  });
}
