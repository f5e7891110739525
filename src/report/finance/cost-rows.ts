import type { CostLineItem, CostReport, WorkloadCost } from '../../model/index.ts';
import { formatUsd, microUsd, sumUsd } from '../../units/index.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { perMonth } from '../phrases.ts';

/** Lines of a bill before it is cut. */
const SHOWN_ITEMS = 2 * SHOWN_ROWS;

/** Part of a list, and a line that says what was left out; empty when nothing was. */
interface Shown<T> {
  readonly items: readonly T[];
  readonly more: string;
}

/** What workloads cost; cut to the dearest where services are many. */
export function shownWorkloads(cost: CostReport, most: number = SHOWN_ROWS): Shown<WorkloadCost> {
  return dearest(cost, cost.workloads, { most, priceOf: (item) => item.perMonth });
}

/** The lines of a bill; cut to the dearest where services are many. */
export function shownItems(cost: CostReport, most: number = SHOWN_ITEMS): Shown<CostLineItem> {
  return dearest(cost, cost.lineItems, { most, priceOf: (item) => item.effectiveCost });
}

/** What a million tokens cost; a dash for services, which have none. */
export function tokenPrice(item: WorkloadCost): string {
  return item.tokensPerMonth === 0 ? '–' : formatUsd(item.perMillionTokens, 4);
}

/** Bills of language models alone are short and shown whole. */
function dearest<T>(
  cost: CostReport,
  items: readonly T[],
  { most, priceOf }: { readonly most: number; readonly priceOf: (item: T) => number },
): Shown<T> {
  const hasServices = cost.workloads.some((item) => item.tokensPerMonth === 0);
  if (!hasServices || items.length <= most) return { items, more: '' };
  const sorted = items.toSorted((a, b) => priceOf(b) - priceOf(a));
  const rest = sumUsd(sorted.slice(most).map((item) => microUsd(priceOf(item))));
  return {
    items: sorted.slice(0, most),
    more: `… and ${items.length - most} more, ${perMonth(rest)} together (all in plan.json)`,
  };
}
