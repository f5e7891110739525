import { microUsd, sumUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';

/**
 * Splits an amount into whole micro-dollars in proportion to non-negative weights so that the parts sum to it exactly:
 * every part gets its share rounded down, and the micro-dollars left over go to the largest remainders, earlier
 * entries first on ties (Hamilton's method). All weights zero: everything goes to the first entry. An empty list of
 * weights is allowed for a zero amount only and throws otherwise. Negative amounts are split like positive ones.
 */
export function apportion(amount: MicroUsd, weights: readonly number[]): readonly MicroUsd[] {
  if (weights.length === 0) {
    if (amount === 0) return [];
    throw new Error('an amount cannot be split among nobody');
  }
  if (amount < 0) return apportion(microUsd(0 - amount), weights).map((part) => microUsd(0 - part));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map((_, index) => microUsd(index === 0 ? amount : 0));
  const exact = weights.map((weight) => amount * (weight / total));
  const parts = exact.map((share) => Math.floor(share));
  const order = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  settle(
    parts,
    amount - parts.reduce((sum, part) => sum + part, 0),
    order.map(({ index }) => index),
  );
  return parts.map((part) => microUsd(part));
}

/** Hands out `missing` micro-dollars one by one in `order`; rounding of huge amounts may leave it negative or above the count. */
function settle(parts: number[], missing: number, order: readonly number[]): void {
  const step = Math.sign(missing);
  for (let left = Math.abs(missing), turn = 0; left > 0; turn++) {
    const index = order[turn % order.length] ?? 0;
    const part = parts[index] ?? 0;
    if (step < 0 && part === 0) continue;
    parts[index] = part + step;
    left -= 1;
  }
}

/** The price of one of `units` things that cost `amount` together, per `per` of them; 0 when there are none. */
export function unitCost(amount: MicroUsd, units: number, per: number): MicroUsd {
  return units > 0 ? microUsd((amount / units) * per) : microUsd(0);
}

/** The sum of one money field over records, exact. */
export function sumOf<T>(items: readonly T[], field: (item: T) => MicroUsd): MicroUsd {
  return sumUsd(items.map(field));
}
