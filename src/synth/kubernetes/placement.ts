import type { Allocation, Offering, PlacementChoice, TimeWindow } from '../../model/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import type { JsonObject } from '../files.ts';
import { labelValue } from './names.ts';
import type { ReplicaRange, ZoneSpread } from './pod-set.ts';
import { HOSTNAME_LABEL } from './providers.ts';
import type { ProviderTraits } from './providers.ts';
import { hourlyReplicas } from './schedule.ts';

/**
 * The wish for the fullest node that fits, for stacks whose pods keep to the plan: the planner fills nodes, while the scheduler by itself spreads pods
 * over them until the larger ones fit nowhere. One point for each pod of the stack, which any wish to keep apart outweighs.
 */
export function packingWish(stack: string): JsonObject {
  const labelSelector = { matchLabels: { 'app.kubernetes.io/part-of': labelValue(stack) } };
  return {
    weight: 1,
    podAffinityTerm: { labelSelector, namespaceSelector: {}, topologyKey: HOSTNAME_LABEL },
  };
}

/** Where the replicas of a pod set lie, whatever kind of workload it belongs to. */
export type PlacedReplicas = Pick<Allocation, 'pool' | 'capacityType' | 'replicas'>;

/** Offerings of its pool and capacity type, sorted by id; those of its own zones alone where any of them is among them. */
export function offeringsOf(offerings: readonly Offering[], placed: PlacedReplicas): readonly Offering[] {
  const all = sortedBy(
    offerings.filter(
      (offering) => offering.pool === placed.pool && offering.capacityType === placed.capacityType,
    ),
    (offering) => offering.id,
  );
  const zones = usedZones(placed);
  const own = all.filter((offering) => zones.includes(offering.zone));
  return own.length > 0 ? own : all;
}

/** Replicas over the week, all zones together. */
export function replicaRange(placed: PlacedReplicas, windows: readonly TimeWindow[]): ReplicaRange {
  const hourly = hourlyReplicas(placed, windows);
  return { min: Math.min(...hourly), max: Math.max(...hourly), hourly };
}

/** How the replicas lie over the zones of a region in any window. */
export function zoneSpread(
  placed: PlacedReplicas,
  windows: readonly TimeWindow[],
  place: { readonly traits: ProviderTraits; readonly region: string },
): ZoneSpread {
  const zones = usedZones(placed);
  const counts = windows.map((window) => zones.map((zone) => placed.replicas[window.id]?.[zone] ?? 0));
  const skews = counts.map((row) => Math.max(...row) - Math.min(...row));
  const total = (row: readonly number[]): number => row.reduce((sum, n) => sum + n, 0);
  const busy = counts.filter((row) => total(row) > 0).sort((a, b) => total(a) - total(b));
  return {
    labels: zones.map((zone) => place.traits.zoneLabel(zone, place.region)),
    skew: Math.max(1, ...skews),
    largest: Math.max(1, ...(busy[0] ?? [])),
  };
}

/** Whether pods keep to the zones where they were planned. */
export function keepsZones(choice: PlacementChoice = 'flexible'): boolean {
  return choice !== 'flexible';
}

/**
 * An allocation by zones. Kubernetes spreads the pods of one set evenly over the nodes that there are and has no word for other numbers: where pods keep
 * to their zones, each zone has a part of its own, also where all zones have the same, or pods would follow the nodes when one goes before another
 * comes. Else, and in one zone, the whole is the only part, without a zone.
 */
export function zonalParts<T extends Pick<Allocation, 'replicas'>>(
  allocation: T,
  choice?: PlacementChoice,
): readonly { readonly allocation: T; readonly zone?: string }[] {
  const zones = usedZones(allocation);
  if (zones.length < 2 || !keepsZones(choice)) return [{ allocation }];
  return zones.map((zone) => ({
    allocation: { ...allocation, replicas: inZone(allocation.replicas, zone) },
    zone,
  }));
}

function inZone(replicas: Allocation['replicas'], zone: string): Allocation['replicas'] {
  return Object.fromEntries(
    Object.entries(replicas).map(([window, byZone]) => {
      const count = byZone[zone] ?? 0;
      return [window, count === 0 ? {} : { [zone]: count }];
    }),
  );
}

/** Zones with replicas in any window, sorted. */
function usedZones(placed: Pick<PlacedReplicas, 'replicas'>): readonly string[] {
  const zones = Object.values(placed.replicas).flatMap((byZone) =>
    Object.entries(byZone).flatMap(([zone, count]) => (count > 0 ? [zone] : [])),
  );
  return [...new Set(zones)].sort(compareText);
}
