import type { MicroUsd, MicroUsdPerHour } from '../units/index.ts';
import type { CapacityType } from './pool.ts';
import type { Provenance } from './provenance.ts';

/** One line of a bill: so many hours of something at a unit price. Terms follow FOCUS. */
export interface CostLineItem {
  /** `<offering>/<workload>`; idle capacity has workload `(idle)`. */
  readonly id: string;
  readonly workload: string;
  readonly team: string;
  readonly pool: string;
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  /** Node hours per month (730 h), fractional when nodes are shared or used in some windows only. */
  readonly nodeHours: number;
  readonly listUnitPrice: MicroUsdPerHour;
  readonly unitPrice: MicroUsdPerHour;
  readonly listCost: MicroUsd;
  readonly effectiveCost: MicroUsd;
  readonly priceProvenance: Provenance;
}

/** Cost of a plan per month. */
export interface CostReport {
  readonly lineItems: readonly CostLineItem[];
  readonly totalPerMonth: MicroUsd;
  readonly listPerMonth: MicroUsd;
  /** Per workload: total and unit costs; micro-dollars. */
  readonly workloads: readonly WorkloadCost[];
  /** What the spot part of the total may come to, from the past of its prices; absent where no history tells of it. */
  readonly spotForecast?: SpotCostForecast;
}

/** Forecast of the spot part of a plan's cost per month. */
export interface SpotCostForecast {
  /** The part whose prices have a history, at the prices of the plan. */
  readonly planned: MicroUsd;
  /** The same at the quantiles of its prices; all prices are taken to be high or low together, so that the range is at least as wide as needed. */
  readonly p10: MicroUsd;
  readonly p50: MicroUsd;
  readonly p90: MicroUsd;
  /** Spot cost without a history, at the prices of the plan; not in the figures above. */
  readonly withoutHistory: MicroUsd;
  /** Files or feeds of the histories, sorted. */
  readonly sources: readonly string[];
  /** ISO dates of the oldest and newest of their last changes. */
  readonly dates: { readonly oldest: string; readonly newest: string };
}

/** What one workload costs and what one unit of its work costs. */
export interface WorkloadCost {
  readonly workload: string;
  readonly team: string;
  readonly perMonth: MicroUsd;
  readonly perThousandRequests: MicroUsd;
  readonly perMillionTokens: MicroUsd;
  /** Requests and tokens (input and output) per month at the declared mean traffic. */
  readonly requestsPerMonth: number;
  readonly tokensPerMonth: number;
}
