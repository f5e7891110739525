import type { Catalog } from './catalog.ts';
import { shippedAccelerators } from './shipped-accelerators.ts';
import { shippedInstanceTypes } from './shipped-instances.ts';
import { shippedModels } from './shipped-models.ts';
import { shippedInterruptions, shippedPrices } from './shipped-prices.ts';

let catalog: Catalog | undefined;

/** The catalogue this program ships with; built from the data files on first use, then the same value. */
export function shippedCatalog(): Catalog {
  catalog ??= {
    accelerators: shippedAccelerators(),
    instanceTypes: shippedInstanceTypes(),
    prices: shippedPrices(),
    interruptions: shippedInterruptions(),
    models: shippedModels(),
  };
  return catalog;
}
