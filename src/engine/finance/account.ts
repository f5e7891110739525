import path from 'node:path';
import { buildStatement, chargePeriods, chargesOf, hourProfiles } from '../../cost/index.ts';
import type {
  Charge,
  CostStatement,
  Granularity,
  Grouping,
  IdlePolicy,
  MonthBasis,
} from '../../cost/index.ts';
import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import { loadSpotRecords } from '../spot-records/load-spot-records.ts';
import { p95Prices } from '../spot-records/recorded-prices.ts';
import { statementCurrency } from './money-options.ts';
import type { CurrencyChoice } from './money-options.ts';

/** How the costs of a plan are told. */
export interface AccountOptions {
  readonly groupBy: Grouping;
  readonly idle: IdlePolicy;
  readonly currency: CurrencyChoice;
  /** Charges by the periods of a calendar month, for a FOCUS file; left out where none is wanted. */
  readonly charges?: ChargesChoice;
}

/** Which charges are wanted. */
export interface ChargesChoice {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly granularity: Granularity;
  readonly basis: MonthBasis;
}

/** What a plan costs. */
export interface CostAccount {
  readonly statement: CostStatement;
  /** Empty where none were asked for. */
  readonly charges: readonly Charge[];
}

/**
 * Tells what a plan costs, computed from the plan alone but for the histories of spot prices that it names, which are read again for P95 where they are still there.
 * Errors: those of `readPlan`, `cost-currency`.
 */
export async function accountOfPlan(
  target: string,
  options: AccountOptions,
  host: EngineHost,
): Promise<Outcome<CostAccount>> {
  const currency = statementCurrency(options.currency);
  if (!currency.ok) return currency;
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan } = stored.value;
  const prices = await readP95Prices(plan, host);
  const statement = buildStatement(plan, {
    groupBy: options.groupBy,
    idle: options.idle,
    currency: currency.value,
    ...(prices === undefined ? {} : { p95Prices: prices }),
  });
  return success(
    {
      statement,
      charges: options.charges === undefined ? [] : chargesOfMonth(plan, statement, options.charges),
    },
    stored.diagnostics,
  );
}

function chargesOfMonth(
  plan: PlanDocument,
  statement: CostStatement,
  { month, granularity, basis }: ChargesChoice,
): readonly Charge[] {
  return chargesOf(statement.lineItems, {
    periods: chargePeriods(month, granularity),
    basis,
    profiles: hourProfiles(plan),
  });
}

/** 95th percentiles from the histories a plan names; undefined where it names none or they cannot be read any more. */
async function readP95Prices(
  plan: PlanDocument,
  host: EngineHost,
): Promise<ReadonlyMap<string, MicroUsdPerHour> | undefined> {
  const spot = plan.offerings.filter((offering) => offering.priceForecast !== undefined);
  if (spot.length === 0) return undefined;
  const folder = path.dirname(path.resolve(host.workingDirectory, plan.inputs.stackFile));
  const records = await loadSpotRecords(plan.problem, { folder, host });
  if (!records.ok || records.value === undefined || records.value.histories.length === 0) return undefined;
  return p95Prices(spot, records.value.histories);
}
