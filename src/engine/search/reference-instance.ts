import { findAccelerator } from '../../catalog/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Accelerator, InstanceType } from '../../model/index.ts';

/**
 * The instance type that nodes of `perNode` accelerators are, or are a share of: of those with at least as many the
 * cheapest on demand per accelerator, then the smallest, then the first by provider and name. Where none has as many, the
 * largest ones count. Undefined where the catalogue has no instance type with the accelerator.
 */
export function referenceInstance(
  catalog: Catalog,
  accelerator: Accelerator,
  { perNode, region }: { readonly perNode: number; readonly region: string | undefined },
): InstanceType | undefined {
  const holders = catalog.instanceTypes.flatMap((instance) => {
    const held = instance.accelerator;
    const found = held === undefined ? undefined : findAccelerator(catalog, held.name);
    return held !== undefined && found?.ok === true && found.value.name === accelerator.name
      ? [{ instance, count: held.count }]
      : [];
  });
  const most = Math.max(0, ...holders.map(({ count }) => count));
  const ranked = holders
    .filter(({ count }) => count >= Math.min(perNode, most))
    .map(({ instance, count }) => ({
      instance,
      count,
      price: lowestPrice(catalog, instance, region) / count,
    }))
    .sort(
      (a, b) =>
        Number(a.price > b.price) - Number(a.price < b.price) ||
        a.count - b.count ||
        (`${a.instance.provider}/${a.instance.name}` < `${b.instance.provider}/${b.instance.name}` ? -1 : 1),
    );
  return ranked[0]?.instance;
}

/** The lowest on-demand price of a node in micro-dollars per hour; Infinity without any. */
function lowestPrice(catalog: Catalog, instance: InstanceType, region: string | undefined): number {
  return catalog.prices.reduce(
    (least, record) =>
      record.capacityType === 'on-demand' &&
      record.provider === instance.provider &&
      record.instanceType.toLowerCase() === instance.name.toLowerCase() &&
      (region === undefined || record.region === region)
        ? Math.min(least, record.price)
        : least,
    Infinity,
  );
}
