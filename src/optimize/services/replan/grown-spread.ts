import type { Spread } from '../resilience.ts';
import type { FleetService, ServiceFleet } from '../service-fleet.ts';

/**
 * The spread that a service had with more or fewer replicas on base capacity, one by one where fewest are (from where most are), and as many
 * spares as before. Undefined where that breaks a limit on spot capacity, on zones or on replicas, or where there is no base capacity.
 */
export function grownSpread(
  fleet: ServiceFleet,
  service: FleetService,
  facts: {
    /** Replicas by cell before. */
    readonly before: ReadonlyMap<number, number>;
    readonly neededBefore: number;
    readonly needed: number;
  },
): Spread | undefined {
  const { slo, maxSpotShare, scheduling, replicas } = service.workload;
  const counts = new Map(facts.before);
  const planned = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const spares = planned - facts.neededBefore;
  const total = facts.needed + spares;
  const base = service.cells.filter((cell) => fleet.cells[cell]?.kind === 'base');
  if (base.length === 0 || spares < 0 || total > replicas.max) return undefined;
  if (slo.tolerates !== 'nothing' && spares === 0) return undefined;
  for (let left = total - planned; left !== 0; left -= Math.sign(left)) {
    const order = [...base].sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || a - b);
    const cell = left > 0 ? order[0] : order.at(-1);
    const count = cell === undefined ? 0 : (counts.get(cell) ?? 0) + Math.sign(left);
    if (cell === undefined || count < 0) return undefined;
    counts.set(cell, count);
  }
  const zones = new Map<string, number>();
  let onSpot = 0;
  for (const [cell, count] of counts) {
    const facts = fleet.cells[cell];
    if (facts === undefined) return undefined;
    if (facts.kind === 'spot') onSpot += count;
    if (facts.kind === 'spot' && slo.tolerates === 'correlation-group' && count > spares) return undefined;
    zones.set(facts.zone, (zones.get(facts.zone) ?? 0) + count);
  }
  if (onSpot > maxSpotShare * total + 1e-9) return undefined;
  if (slo.tolerates === 'zone' && Math.max(...zones.values()) > spares) return undefined;
  return {
    replicas: [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b),
    maxPerNode: slo.tolerates === 'nothing' ? scheduling.maxPerNode : Math.min(scheduling.maxPerNode, spares),
    cost: 0,
    rank: 0,
  };
}
