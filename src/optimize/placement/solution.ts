import type { Offering } from '../../model/index.ts';
import { microUsd, priceOfHours, sumUsd } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import { hoursPaid } from './paid-hours.ts';
import type { PaidTime } from './paid-hours.ts';
import type { PlacementOption } from './placement-problem.ts';

/** Replicas of one option on one offering in one window; only positive counts are kept. */
export interface PlacedReplicas {
  readonly workload: string;
  readonly option: PlacementOption;
  readonly offering: Offering;
  readonly window: string;
  readonly count: number;
}

/** Nodes of one offering in one window; only positive counts are kept. */
export interface PlacedNodes {
  readonly offering: Offering;
  readonly window: string;
  readonly count: number;
}

/** Replicas and nodes that meet every constraint, and how good they are known to be. */
export interface PlacementSolution {
  /** Whether the objective is proven minimal within the solver's gap. */
  readonly isOptimal: boolean;
  readonly solver: string;
  readonly objective: MicroUsd;
  /** Proven lower bound; 0 when nothing better is known. */
  readonly bound: MicroUsd;
  /** Proven lower bound per window id; empty where windows were only solved together. */
  readonly windowBounds: Readonly<Record<string, MicroUsd>>;
  readonly replicas: readonly PlacedReplicas[];
  readonly nodes: readonly PlacedNodes[];
}

/**
 * Cost per month of nodes over their windows, rounded once per offering as a bill does. Their coming and going costs what it does when
 * busier windows have at least as many of each offering, else more.
 */
export function costOfNodes(nodes: readonly PlacedNodes[], time: PaidTime): MicroUsd {
  const hours = new Map<string, { readonly offering: Offering; hours: number }>();
  const paid = hoursPaid(time);
  for (const { offering, window, count } of nodes) {
    const entry = hours.get(offering.id) ?? { offering, hours: 0 };
    entry.hours += count * paid(offering, window);
    hours.set(offering.id, entry);
  }
  return sumUsd([...hours.values()].map((entry) => priceOfHours(entry.offering.price, entry.hours)));
}

/** Converts dollars of a solver to micro-dollars; unknown bounds count as zero. */
export function boundToMicroUsd(dollars: number): MicroUsd {
  return Number.isFinite(dollars) && dollars > 0 ? microUsd(dollars * 1e6) : microUsd(0);
}
