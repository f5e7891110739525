/**
 * A fixed share on demand and the rest on spot, spread evenly over the zones and asked for again where it is lost: the on-demand
 * base with spot surge of an AWS Auto Scaling group (`OnDemandBaseCapacity`, mixed instances policy) or of SkyServe's
 * `base_ondemand_fallback_replicas` without dynamic fallback (SkyPilot's documentation, 2025). Nothing else falls back.
 */
import { ReplicaTarget, endings, onDemandActions } from '../../src/sim/spot-fleet/index.ts';
import type { FleetAction, FleetPolicy, ReplicaTargetOptions } from '../../src/sim/spot-fleet/index.ts';

/** @param share of the wanted replicas that are on demand, 0..1, rounded up */
export function fixedFallback(options: ReplicaTargetOptions, share: number): FleetPolicy {
  const target = new ReplicaTarget(options);
  return {
    name: 'fixed-fallback',
    decide(view) {
      const wanted = target.update(view);
      const base = Math.ceil(wanted * share);
      const spot = view.offerings.flatMap(({ capacityType }, index) =>
        capacityType === 'spot' ? [index] : [],
      );
      const placed = spot.map((index) => view.offerings[index]!.ready + view.offerings[index]!.starting);
      const missing = wanted - base - placed.reduce((sum, count) => sum + count, 0);
      const actions: FleetAction[] = [...onDemandActions(view, base)];
      // Zones that refused at the last look are passed over, unless all of them did.
      const giving = spot.filter((index) => view.offerings[index]!.refused === 0);
      const open = giving.length > 0 ? giving : spot;
      for (let i = 0; i < missing; i++) {
        const counts = open.map((index) => placed[spot.indexOf(index)]!);
        const next = spot.indexOf(open[counts.indexOf(Math.min(...counts))]!);
        placed[next]!++;
        actions.push({ offering: spot[next]!, change: 1 });
      }
      if (missing < 0) {
        const held = spot.map((offering, at) => ({
          offering,
          price: view.offerings[offering]!.price,
          held: placed[at]!,
        }));
        actions.push(...endings(held, -missing));
      }
      return actions;
    },
  };
}
