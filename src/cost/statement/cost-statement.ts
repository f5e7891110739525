import type { CostLineItem } from '../../model/index.ts';
import type { Money, MoneyPerHour } from '../../units/index.ts';

/**
 * Version of the statement of costs. Promise: a program reads every statement of the same major version; a minor version only adds
 * optional fields.
 */
export const STATEMENT_FORMAT_VERSION = '1.0';

/** What becomes of capacity that no workload uses: lines of its own, or parts of the workloads that use the pool. */
export type IdlePolicy = 'separate' | 'proportional';

/** By what a statement is summed. */
export const GROUPINGS = ['workload', 'team', 'pool', 'capacity-type', 'zone', 'offering'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** The currency of a statement. Rates are what the user says; none is ever looked up. */
export interface StatementCurrency {
  /** ISO 4217. */
  readonly code: string;
  /** Units of it per US dollar; 1 for dollars. */
  readonly perUsd: number;
  /** ISO date of the rate, as the user says; absent for dollars or where none was said. */
  readonly rateDate?: string;
}

/** One line of a statement: node hours of one offering that one workload uses, or nobody; money in the statement's currency. */
export interface StatementLine extends Pick<
  CostLineItem,
  | 'id'
  | 'workload'
  | 'team'
  | 'pool'
  | 'provider'
  | 'region'
  | 'zone'
  | 'instanceType'
  | 'capacityType'
  | 'nodeHours'
  | 'priceProvenance'
> {
  /** `<pool>/<zone>/<capacity type>`. */
  readonly offering: string;
  /** Used by the workload, used by nobody, or a workload's part of what nobody uses. */
  readonly kind: 'used' | 'idle' | 'idle-share';
  /** On demand, without any discount. */
  readonly listUnitPrice: MoneyPerHour;
  /** Before discounts for commitments: the list price where the capacity is reserved, else what is paid. */
  readonly contractedUnitPrice: MoneyPerHour;
  /** After them, with what is paid for commitments spread over their hours. */
  readonly unitPrice: MoneyPerHour;
  readonly listCost: Money;
  readonly contractedCost: Money;
  readonly effectiveCost: Money;
}

/** Sums of the lines that share one value. */
export interface StatementGroup {
  /** The value; `(idle)` and the like for capacity that no workload or team uses. */
  readonly key: string;
  readonly nodeHours: number;
  readonly listCost: Money;
  readonly contractedCost: Money;
  readonly effectiveCost: Money;
  /** The part of `effectiveCost` that pays for capacity nobody uses. */
  readonly idleCost: Money;
}

/** What one workload costs and what one unit of its work costs, idle capacity as the policy says. */
export interface WorkloadUnitCost {
  readonly workload: string;
  readonly team: string;
  readonly perMonth: Money;
  readonly perThousandRequests: Money;
  /** Zero for services, which have no tokens. */
  readonly perMillionTokens: Money;
  readonly requestsPerMonth: number;
  readonly tokensPerMonth: number;
}

/** What a month may come to. */
export interface CostForecast {
  /** Half of all months stay below, and 19 of 20. */
  readonly p50: Money;
  readonly p95: Money;
  /** The part that is uncertain at all: spot capacity whose prices have a past. */
  readonly uncertain: Money;
  /** Spot capacity without one, counted at the prices of the plan. */
  readonly withoutHistory: Money;
  /** How P95 came about: from the histories themselves, or from P50 and P90 of the plan by a law of probability. */
  readonly method: 'history' | 'log-normal';
  /** Files or feeds of the histories, sorted; empty where nothing is uncertain. */
  readonly sources: readonly string[];
}

/** What a plan costs, for people who pay. Lines are sorted by id, groups by falling cost. */
export interface CostStatement {
  readonly formatVersion: string;
  readonly stack: string;
  readonly currency: StatementCurrency;
  /** Hours of the month that all figures are for. */
  readonly hoursPerMonth: number;
  readonly idle: IdlePolicy;
  readonly lineItems: readonly StatementLine[];
  readonly listPerMonth: Money;
  readonly contractedPerMonth: Money;
  readonly totalPerMonth: Money;
  readonly groupedBy: Grouping;
  readonly groups: readonly StatementGroup[];
  readonly workloads: readonly WorkloadUnitCost[];
  readonly forecast: CostForecast;
}
