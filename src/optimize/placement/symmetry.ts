import { INDEPENDENT_NODES } from '../../model/index.ts';
import type { Offering } from '../../model/index.ts';
import type { PlacementSolution } from './solution.ts';

/**
 * Sets of offerings that differ in nothing but their zone: same pool, capacity type, price, interruption and start-up,
 * no outages measured, and no correlation group shared with an offering outside. Swapping their zones turns any plan into an equally good
 * one. Members and sets keep the order of the offerings.
 */
export function zoneClasses(offerings: readonly Offering[]): readonly (readonly Offering[])[] {
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
      offering.interruption.outageShare === undefined ? '' : offering.id,
    ]),
  );
  return [...classes.values()].filter((members) => members.length > 1);
}

/** Neighbours within the zone classes: the solver need only see plans with as many nodes in the first as in the second. */
export function interchangeable(offerings: readonly Offering[]): readonly (readonly [Offering, Offering])[] {
  return zoneClasses(offerings).flatMap((members) =>
    members
      .slice(1)
      .map((second, index): readonly [Offering, Offering] => [members[index] ?? second, second]),
  );
}

/**
 * Turns each zone class by its position in the list, in every window alike: the fullest zone of one pool or capacity
 * type then is not the fullest of the next. Costs nothing, and a workload on several of them stands in several zones.
 */
export function turnZones(solution: PlacementSolution, offerings: readonly Offering[]): PlacementSolution {
  const turned = new Map<string, Offering>();
  zoneClasses(offerings).forEach((members, turn) => {
    members.forEach((member, index) => {
      const target = members[(index + turn) % members.length];
      if (target !== undefined) turned.set(member.id, target);
    });
  });
  const move = <T extends { readonly offering: Offering }>(item: T): T => ({
    ...item,
    offering: turned.get(item.offering.id) ?? item.offering,
  });
  return { ...solution, replicas: solution.replicas.map(move), nodes: solution.nodes.map(move) };
}
