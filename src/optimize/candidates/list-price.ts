import type { Offering, PodGroup } from '../../model/index.ts';
import type { Shape } from './shape.ts';

/**
 * Price of a replica's accelerators per hour on demand, micro-dollars: its share of the pool's cheapest node; one dollar
 * per accelerator where the pool has no price, so that candidates of it are compared by accelerators. Pipelines over several
 * pools cost the sum of their parts.
 */
export function listCostPerHour(shape: Shape, offerings: readonly Offering[]): number {
  const parts = shape.stagePods ?? [shape];
  return parts.reduce((sum, part) => sum + partCost(part, offerings), 0);
}

function partCost(
  { podGroup, offering }: { readonly podGroup: PodGroup; readonly offering: Offering },
  offerings: readonly Offering[],
): number {
  const prices = offerings.filter((item) => item.pool === offering.pool).map((item) => item.listPrice);
  const perNode = offering.instanceType.accelerator?.count ?? 1;
  const accelerators = podGroup.nodes * podGroup.acceleratorsPerNode;
  const price = Math.min(...prices);
  return price > 0 ? Math.round((price * accelerators) / perNode) : accelerators * 1e6;
}
