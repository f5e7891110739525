import { compareText } from '../../units/index.ts';
import type { CellOffer } from './resilience.ts';

/** Groups with measured outages up to which every choice of them is tried (assumed: 16 spreads are still quick). */
const MOST_CHOSEN = 4;

/**
 * Offers to spread over: all of them, and where traces tell of outages, choices that leave out groups of spot cells. Up to four such groups every choice is
 * tried; of more, those that leave out the groups longest out, half of the rest at a time, down to none.
 */
export function offersToTry(offers: readonly CellOffer[]): readonly (readonly CellOffer[])[] {
  const outages = new Map<string, number>();
  for (const { kind, isMeasured, group, outage } of offers) {
    if (kind === 'spot' && isMeasured) outages.set(group, Math.max(outages.get(group) ?? 0, outage));
  }
  const groups = [...outages].sort(([a, x], [b, y]) => y - x || compareText(a, b)).map(([group]) => group);
  const without = (left: readonly string[]): readonly CellOffer[] =>
    offers.filter((offer) => offer.kind !== 'spot' || !left.includes(offer.group));
  if (groups.length === 0) return [offers];
  if (groups.length <= MOST_CHOSEN) {
    return Array.from({ length: 2 ** groups.length }, (_, choice) =>
      without(groups.filter((_group, bit) => (choice >> bit) % 2 === 1)),
    );
  }
  const tried = [offers];
  for (let left = 0; left < groups.length;) {
    left += Math.ceil((groups.length - left) / 2);
    tried.push(without(groups.slice(0, left)));
  }
  return tried;
}
