import { INDEPENDENT_NODES } from '../../model/index.ts';
import type { Offering } from '../../model/index.ts';

/**
 * Pairs of neighbouring offerings (in id order) that differ in nothing but their zone: same pool, capacity type,
 * price, interruption and start-up, and no correlation group shared with a third offering. Swapping their zones
 * turns any plan into an equally good one, so the solver need only see one of the two.
 */
export function interchangeable(offerings: readonly Offering[]): readonly (readonly [Offering, Offering])[] {
  const membersOf = new Map<string, number>();
  for (const { correlationGroup } of offerings) {
    membersOf.set(correlationGroup, (membersOf.get(correlationGroup) ?? 0) + 1);
  }
  const isAlone = (offering: Offering): boolean =>
    offering.correlationGroup === INDEPENDENT_NODES || membersOf.get(offering.correlationGroup) === 1;
  const classes = Map.groupBy(offerings.filter(isAlone), (offering) =>
    JSON.stringify([
      offering.pool,
      offering.capacityType,
      offering.price,
      offering.nodeStartup,
      offering.interruption.monthlyLow,
      offering.interruption.monthlyHigh,
      offering.interruption.notice,
      offering.correlationGroup === INDEPENDENT_NODES,
    ]),
  );
  return [...classes.values()].flatMap((members) =>
    members
      .slice(1)
      .map((second, index): readonly [Offering, Offering] => [members[index] ?? second, second]),
  );
}
