import type { Offering } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import { stackLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';
import type { NodeGroup } from '../node-group.ts';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../providers.ts';
import { priceText } from '../quantities.ts';

/** Overlays of plans win over overlays without a weight; *assumed*. */
const WEIGHT = 10;

/**
 * NodeOverlays that tell Karpenter the prices the plan was made with, so that it does not trade planned nodes for
 * others it believes cheaper: one for a node group whose zones cost the same, else one per zone. None where
 * the provider has no Karpenter.
 */
export function nodeOverlays(group: NodeGroup): readonly ObjectFacts[] {
  if (group.traits.nodeClass === undefined) return [];
  const prices = new Set(group.offerings.map((offering) => offering.price));
  if (prices.size <= 1) return group.offerings.slice(0, 1).map((first) => overlay(group, first, ''));
  return [...group.offerings]
    .sort((a, b) => compareText(a.zone, b.zone))
    .map((offering) => overlay(group, offering, group.traits.zoneLabel(offering.zone, group.pool.region)));
}

/** An overlay for one zone, or for all zones of the group when `zone` is empty. */
function overlay(group: NodeGroup, offering: Offering, zone: string): ObjectFacts {
  const name = zone === '' ? group.name : shortenedName(`${group.name}-${zone}`);
  return {
    apiVersion: 'karpenter.sh/v1alpha1',
    kind: 'NodeOverlay',
    metadata: { name, labels: stackLabels(group.stack) },
    spec: {
      weight: WEIGHT,
      price: priceText(offering.price),
      requirements: [
        { key: CAPACITY_TYPE_LABEL, operator: 'In', values: [group.capacityType] },
        { key: 'karpenter.sh/nodepool', operator: 'In', values: [group.name] },
        { key: INSTANCE_TYPE_LABEL, operator: 'In', values: [group.pool.instanceType] },
        ...(zone === '' ? [] : [{ key: ZONE_LABEL, operator: 'In', values: [zone] }]),
      ],
    },
  };
}
