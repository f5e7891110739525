import type { FleetAction, FleetPolicy, FleetView } from '../fleet-policy.ts';
import { ReplicaTarget } from '../replica-target.ts';
import type { ReplicaTargetOptions } from '../replica-target.ts';

/** As many replicas as the request rate asks for, all on the cheapest on-demand offering. */
export function onDemandOnly(options: ReplicaTargetOptions): FleetPolicy {
  const target = new ReplicaTarget(options);
  return {
    name: 'on-demand',
    decide: (view) => onDemandActions(view, target.update(view)),
  };
}

/** What brings the replicas on demand, all offerings together, to `wanted`: launches where it is cheapest. */
export function onDemandActions({ offerings }: FleetView, wanted: number): readonly FleetAction[] {
  let held = 0;
  let cheapest = -1;
  for (const [index, offering] of offerings.entries()) {
    if (offering.capacityType !== 'on-demand') continue;
    held += offering.ready + offering.starting;
    if (cheapest < 0 || offering.price < offerings[cheapest]!.price) cheapest = index;
  }
  if (cheapest < 0 || wanted === held) return [];
  if (wanted > held) return [{ offering: cheapest, change: wanted - held }];
  return endings(
    offerings.flatMap((offering, index) =>
      offering.capacityType === 'on-demand'
        ? [{ offering: index, price: offering.price, held: offering.ready + offering.starting }]
        : [],
    ),
    held - wanted,
  );
}

/** Ends `count` replicas, on the dearest offerings first. */
export function endings(
  held: readonly { readonly offering: number; readonly price: number; readonly held: number }[],
  count: number,
): readonly FleetAction[] {
  const actions: FleetAction[] = [];
  let left = count;
  for (const item of [...held].sort((a, b) => b.price - a.price || a.offering - b.offering)) {
    const ended = Math.min(left, item.held);
    if (ended > 0) actions.push({ offering: item.offering, change: -ended });
    left -= ended;
  }
  return actions;
}
