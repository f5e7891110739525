import { microUsd, sumUsd } from '../units/index.ts';
import type { MicroUsd, Money } from '../units/index.ts';

/**
 * Splits an amount into whole micro-dollars (of another currency: micro-units) in proportion to non-negative weights so that the parts sum to it exactly:
 * every part gets its share rounded down, and the micro-dollars left over go to the largest remainders, earlier
 * entries first on ties (Hamilton's method). All weights zero: everything goes to the first entry. An empty list of
 * weights is allowed for a zero amount only and throws otherwise. Negative amounts are split like positive ones.
 */
export function apportion<M extends Money>(amount: M, weights: readonly number[]): readonly M[] {
  if (weights.length === 0) {
    if (amount === 0) return [];
    throw new Error('an amount cannot be split among nobody');
  }
  if (amount < 0) return apportion((0 - amount) as M, weights).map((part) => (0 - part) as M);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map((_, index) => (index === 0 ? amount : 0) as M);
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
  return parts as unknown as readonly M[];
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
export function unitCost<M extends Money>(amount: M, units: number, per: number): M {
  return microUsd(units > 0 ? (amount / units) * per : 0) as unknown as M;
}

/** The sum of one money field over records, exact. */
export function sumOf<T>(items: readonly T[], field: (item: T) => MicroUsd): MicroUsd {
  return sumUsd(items.map(field));
}
