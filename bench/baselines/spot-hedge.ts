/**
 * SpotHedge, the policy of SkyServe ("SkyServe: Serving AI Models across Regions and Clouds with Spot Instances", Mao et al.,
 * EuroSys 2025, arXiv 2411.01438), after the paper's rule and the SkyPilot repository (`sky/serve/spot_placer.py`,
 * `sky/serve/autoscalers.py`, 2025):
 * - it wants the replicas that the request rate asks for and `extra` more, all on spot;
 * - each missing spot replica goes to a zone of the active list that holds none yet, the cheapest first, else to the cheapest
 *   active one, ties in order of their use; a zone where a replica is taken or refused goes to the preempting list, and back
 *   when a replica becomes ready in it; when fewer than two zones are active, all are again;
 * - on demand it holds what is missing of the wanted number in ready spot replicas, at most the number without `extra`.
 * Left out: the probing of replicas (it sees notices at once, which favours it) and latencies between regions.
 * A replica asked for in a zone that refuses is asked for again at the next decision, 20 s later.
 * The authors report costs 43 % below all on demand on average.
 */
import { ReplicaTarget, endings, onDemandActions } from '../../src/sim/spot-fleet/index.ts';
import type {
  FleetAction,
  FleetPolicy,
  FleetView,
  ReplicaTargetOptions,
} from '../../src/sim/spot-fleet/index.ts';

/** SpotHedge with `extra` spot replicas beyond the target (SkyPilot's documentation shows 1). */
export function spotHedge(options: ReplicaTargetOptions, extra: number, name = 'spot-hedge'): FleetPolicy {
  const target = new ReplicaTarget(options);
  const preempting = new Set<number>();
  return {
    name,
    decide(view) {
      const wanted = target.update(view);
      learn(view, preempting);
      const spot = spotOfferings(view);
      const ready = spot.reduce((sum, index) => sum + view.offerings[index]!.ready, 0);
      const held = spot.reduce((sum, index) => sum + heldIn(view, index), 0);
      const missing = wanted + extra - held;
      return [
        ...(missing > 0 ? launches(view, spot, preempting, missing) : []),
        ...(missing < 0 ? spotEndings(view, spot, -missing) : []),
        ...onDemandActions(view, Math.min(wanted, Math.max(0, wanted + extra - ready))),
      ];
    },
  };
}

function spotOfferings({ offerings }: FleetView): readonly number[] {
  return offerings.flatMap(({ capacityType }, index) => (capacityType === 'spot' ? [index] : []));
}

function heldIn({ offerings }: FleetView, index: number): number {
  return offerings[index]!.ready + offerings[index]!.starting;
}

/** Moves zones between the lists; a zone that both gave and took since the last look counts as taking. */
function learn(view: FleetView, preempting: Set<number>): void {
  const spot = spotOfferings(view);
  for (const index of spot) {
    const { becameReady, refused, reclaimed } = view.offerings[index]!;
    if (becameReady > 0) preempting.delete(index);
    if (refused > 0 || reclaimed > 0) preempting.add(index);
    if (spot.length - preempting.size < 2) preempting.clear();
  }
}

function launches(
  view: FleetView,
  spot: readonly number[],
  preempting: ReadonlySet<number>,
  missing: number,
): readonly FleetAction[] {
  const active = spot.filter((index) => !preempting.has(index));
  const placed = new Map(spot.map((index) => [index, heldIn(view, index)]));
  const actions: FleetAction[] = [];
  for (let i = 0; i < missing && active.length > 0; i++) {
    const unused = active.filter((index) => placed.get(index) === 0);
    const from = unused.length > 0 ? unused : active;
    const next = from.reduce((best, index) =>
      view.offerings[index]!.price < view.offerings[best]!.price ||
      (view.offerings[index]!.price === view.offerings[best]!.price &&
        (placed.get(index) ?? 0) < (placed.get(best) ?? 0))
        ? index
        : best,
    );
    placed.set(next, (placed.get(next) ?? 0) + 1);
    actions.push({ offering: next, change: 1 });
  }
  return actions;
}

function spotEndings(view: FleetView, spot: readonly number[], count: number): readonly FleetAction[] {
  return endings(
    spot.map((offering) => ({
      offering,
      price: view.offerings[offering]!.price,
      held: heldIn(view, offering),
    })),
    count,
  );
}
