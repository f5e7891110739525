import { money, sumMoney } from '../../units/index.ts';
import { isNobodys } from '../occupancy.ts';
import type { UsedCapacity, VarianceEffects } from './cost-variance.ts';

/** One workload (or group) on both sides. */
export interface BothSides {
  readonly before: readonly UsedCapacity[];
  readonly after: readonly UsedCapacity[];
  /** Units of work on both sides, such as tokens; absent where not both are known. */
  readonly work?: { readonly before: number; readonly after: number };
}

/**
 * Explains a difference of costs. With cost C, hours H, work V, price p and hours h of each kind of capacity, 0 before and 1 after, and P0 = C0 / H0:
 * volume = C0 (V1/V0 - 1); efficiency = (H1 - H0 V1/V0) P0; mix = sum(h1 p0) - H1 P0; price = sum(h1 (p1 - p0)).
 * They sum to C1 - C0 exactly, since they are the steps between five amounts that are each rounded once. Without known work V1/V0 is H1/H0 and efficiency nothing. Capacity of a kind
 * that is new has no old price and thus no price effect. What is new or gone altogether is volume; of unused capacity it is efficiency, as it does no work. Where a side has cost but
 * no hours, all is price. Source: price-volume-mix analysis as in management accounting (Horngren et al., Cost Accounting, ch. 14 on sales variances), applied in this order.
 */
export function decompose({ before, after, work }: BothSides): VarianceEffects {
  const [c0, c1] = [costOf(before), costOf(after)];
  const [h0, h1] = [hoursOf(before), hoursOf(after)];
  const isIdle = [...before, ...after].every(({ workload }) => workload !== '' && isNobodys(workload));
  if (before.length === 0 || after.length === 0) {
    return isIdle ? steps([c0, c0, c1, c1, c1]) : steps([c0, c1, c1, c1, c1]);
  }
  if (h0 <= 0 || h1 <= 0) return steps([c0, c0, c0, c0, c1]);
  const meanPrice = c0 / h0;
  const ratio = isIdle ? 1 : work === undefined ? h1 / h0 : work.after / work.before;
  const atOldMix = h1 * meanPrice;
  return steps([c0, ratio * c0, atOldMix, atOldPrices(before, after) ?? atOldMix, c1]);
}

/** Amounts above this (a billion dollars) are not the effect of anything: they come of hours or work next to nothing. Below it sums stay exact. */
const LARGEST = 2 ** 50;

/** Effects from the amounts between them, each rounded once; all price where the amounts between make no sense. */
function steps(amounts: readonly number[]): VarianceEffects {
  const isSound = amounts.every((amount) => Math.abs(amount) <= LARGEST);
  const first = amounts[0] ?? 0;
  const sound = isSound ? amounts : [first, first, first, first, amounts.at(-1) ?? 0];
  const [start = 0, atVolume = 0, atEfficiency = 0, atMix = 0, end = 0] = sound.map((amount) =>
    money(amount),
  );
  return {
    volume: money(atVolume - start),
    efficiency: money(atEfficiency - atVolume),
    mix: money(atMix - atEfficiency),
    price: money(end - atMix),
  };
}

/** What the hours after would have cost at the prices before; undefined where the kind of capacity is not known. */
function atOldPrices(before: readonly UsedCapacity[], after: readonly UsedCapacity[]): number | undefined {
  if (after.some(({ instanceType, hours }) => instanceType === '' && hours > 0)) return undefined;
  const old = Map.groupBy(before, kindOf);
  return [...Map.groupBy(after, kindOf)].reduce((sum, [kind, own]) => {
    const known = old.get(kind) ?? [];
    const hours = hoursOf(known);
    return sum + (hours > 0 ? (costOf(known) / hours) * hoursOf(own) : costOf(own));
  }, 0);
}

/** What capacity is of one kind: it has one price. */
function kindOf({ zone, instanceType, capacityType }: UsedCapacity): string {
  return JSON.stringify([zone, instanceType, capacityType]);
}

function costOf(items: readonly UsedCapacity[]): number {
  return sumMoney(items.map(({ cost }) => cost));
}

function hoursOf(items: readonly UsedCapacity[]): number {
  return items.reduce((sum, { hours }) => sum + hours, 0);
}
