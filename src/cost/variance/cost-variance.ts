import type { Money } from '../../units/index.ts';
import type { Grouping, StatementCurrency } from '../statement/cost-statement.ts';

/** Version of the comparison of costs. Promise: as that of the statement. */
export const VARIANCE_FORMAT_VERSION = '1.0';

/** Capacity of one kind that one workload, or nobody, used on one side of a comparison. */
export interface UsedCapacity {
  /** Id of the workload; `(idle)` and the like for nobody; empty where the side does not say. */
  readonly workload: string;
  readonly team: string;
  readonly pool: string;
  readonly zone: string;
  readonly instanceType: string;
  /** Capacity type; empty where the side does not say. */
  readonly capacityType: string;
  /** Hours in the unit that both sides count (node hours, or those of accelerators or cores); 0 where unknown. */
  readonly hours: number;
  readonly cost: Money;
}

/** Where a difference of costs comes from; the four sum to it exactly. */
export interface VarianceEffects {
  /** More or less work, at the old hours per unit of work and old prices. */
  readonly volume: Money;
  /** More or fewer hours for the same work, at old prices. */
  readonly efficiency: Money;
  /** The same hours on dearer or cheaper capacity, at old prices. */
  readonly mix: Money;
  /** The same capacity at other prices. */
  readonly price: Money;
}

/** Costs of one group before and after. */
export interface VarianceRow extends VarianceEffects {
  readonly key: string;
  readonly before: Money;
  readonly after: Money;
}

/** Charges of actuals that belong to nothing of the plan, by why and what. */
export interface UnmatchedCharges {
  readonly why: string;
  /** Service, category or tag that tells them apart. */
  readonly what: string;
  readonly rows: number;
  /** First row as spreadsheets count; absent for sources without rows. */
  readonly firstRow?: number;
  readonly cost: Money;
}

/** What a side of a comparison is. */
export interface ComparedSide {
  /** As people see it. */
  readonly name: string;
  readonly kind: 'plan' | 'focus' | 'opencost';
}

/** Two sides of costs held against each other: rows by falling size of their difference. */
export interface CostVariance {
  readonly formatVersion: string;
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly currency: StatementCurrency;
  /** Hours that both sides are for: 730 for two plans, else what the actuals cover. */
  readonly hours: number;
  /** First and last moment of the actuals, where they say. */
  readonly period?: { readonly start: string; readonly end: string };
  readonly groupedBy: Grouping;
  readonly rows: readonly VarianceRow[];
  /** Sums of `rows`. */
  readonly total: VarianceRow;
  /** Not in `rows`. */
  readonly unmatched: readonly UnmatchedCharges[];
  /** What a reader has to know about the figures. */
  readonly notes: readonly string[];
}
