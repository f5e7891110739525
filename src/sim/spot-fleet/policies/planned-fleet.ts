import type { FleetAction, FleetPolicy, FleetView } from '../fleet-policy.ts';

/** Replicas that are the same to a plan: one allocation, with the offerings of its zones. */
export interface PlannedGroup {
  /** Indices of offerings. */
  readonly offerings: readonly number[];
  /** Replicas on each of them at a moment, in the same order. */
  readonly desired: (seconds: number) => readonly number[];
}

/** After a refusal an offering is left alone for so long: Karpenter keeps what had no capacity for 3 minutes (AWS provider, 2024). */
const BACK_OFF = 180;

/**
 * Holds what a plan says, as a node autoscaler does: lost replicas are asked for again in their own zone, and where that is
 * refused in another zone of the same allocation. There is no other fallback: a spot allocation stays spot.
 */
export function plannedFleet(groups: readonly PlannedGroup[], name = 'plan'): FleetPolicy {
  const notBefore = new Map<number, number>();
  return {
    name,
    decide(view) {
      for (const [index, { refused }] of view.offerings.entries())
        if (refused > 0) notBefore.set(index, view.now - view.sinceLast + BACK_OFF);
      const isOpen = (offering: number): boolean => (notBefore.get(offering) ?? 0) <= view.now;
      return groups.flatMap((group) => groupActions(group, view, isOpen));
    },
  };
}

function groupActions(
  { offerings, desired }: PlannedGroup,
  view: FleetView,
  isOpen: (offering: number) => boolean,
): readonly FleetAction[] {
  const wanted = desired(view.now);
  const held = offerings.map((index) => view.offerings[index]!.ready + view.offerings[index]!.starting);
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  let missing = total(wanted) - total(held);
  const change = offerings.map(() => 0);
  for (const [at, count] of wanted.entries()) {
    // First each zone to its own number, down or up; what a zone holds for another one goes when that one has it.
    const own = count - held[at]!;
    if (own > 0 && missing > 0 && isOpen(offerings[at]!)) {
      change[at] = Math.min(own, missing);
      missing -= change[at];
    }
  }
  const open = offerings.flatMap((offering, at) => (isOpen(offering) ? [at] : []));
  for (let turn = 0; missing > 0 && open.length > 0; turn++, missing--) change[open[turn % open.length]!]!++;
  for (const [at, count] of wanted.entries()) {
    const over = Math.min(-missing, held[at]! - count);
    if (missing < 0 && over > 0) {
      change[at]! -= over;
      missing += over;
    }
  }
  return offerings.flatMap((offering, at) => (change[at] === 0 ? [] : [{ offering, change: change[at]! }]));
}
