import type { FleetChoice, ZoneOutlook } from './fleet-choice.ts';

/**
 * The fleet that operators commonly hold: one spot replica more than the autoscaler asks for, spread evenly over the zones
 * that have room, and on demand what is missing of that, at most what the autoscaler asks for (the rule of SkyServe, 2024).
 * @param target replicas that the autoscaler asks for, ≥ 1
 */
export function referenceFleet(zones: readonly ZoneOutlook[], target: number): FleetChoice {
  const spot = zones.map(() => 0);
  let missing = target + 1;
  while (missing > 0) {
    let emptiest = -1;
    for (let at = 0; at < zones.length; at++)
      if (spot[at]! < zones[at]!.most && (emptiest < 0 || spot[at]! < spot[emptiest]!)) emptiest = at;
    if (emptiest < 0) break;
    spot[emptiest]!++;
    missing--;
  }
  return { spot, onDemand: Math.min(target, missing) };
}
