import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { CatalogAdditions, InstanceType, PriceRecord } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import type { Catalog } from './catalog.ts';
import { instanceKey, interruptionKey, priceKey } from './keys.ts';
import { findByName } from './names.ts';
import { checkRecords } from './validate.ts';

/**
 * The catalogue with records added. An added record replaces the record of the same name (price: of the same place and
 * capacity type); its names and aliases also win over aliases of older records. Instance types may name their accelerator
 * by an alias; the result holds the full name.
 * Error: `catalog-invalid-record`, every problem of the additions at once.
 */
export function mergeCatalog(base: Catalog, additions: CatalogAdditions): Outcome<Catalog> {
  if (Object.values(additions).every((list: readonly unknown[]) => list.length === 0)) return success(base);
  const accelerators = mergeNamed(base.accelerators, additions.accelerators);
  const added = {
    ...additions,
    instanceTypes: additions.instanceTypes.map(lowerProvider),
    prices: additions.prices.map(lowerProvider),
  };
  const whole: Catalog = {
    accelerators,
    instanceTypes: mergeBy(base.instanceTypes, added.instanceTypes, (item) =>
      instanceKey(item.provider, item.name),
    ),
    prices: mergeBy(base.prices, added.prices, priceKey),
    interruptions: mergeBy(base.interruptions, additions.interruptions, interruptionKey),
    models: mergeNamed(base.models, additions.models),
  };
  const problems = checkRecords(added, whole);
  if (hasErrors(problems)) return failure(...problems);
  return success(
    { ...whole, instanceTypes: whole.instanceTypes.map((item) => withFullName(item, accelerators)) },
    problems,
  );
}

function lowerProvider<T extends InstanceType | PriceRecord>(record: T): T {
  return { ...record, provider: record.provider.toLowerCase() };
}

function withFullName(item: InstanceType, accelerators: Catalog['accelerators']): InstanceType {
  if (item.accelerator === undefined) return item;
  const name = findByName(accelerators, item.accelerator.name)?.name ?? item.accelerator.name;
  return name === item.accelerator.name ? item : { ...item, accelerator: { ...item.accelerator, name } };
}

function mergeBy<T>(base: readonly T[], added: readonly T[], key: (item: T) => string): readonly T[] {
  if (added.length === 0) return base;
  const records = new Map([...base, ...added].map((item) => [key(item), item]));
  return sortedBy(records.values(), key);
}

/** Merges by name; the names of added records are taken from the aliases of older ones, so that they find the new record. */
function mergeNamed<T extends { readonly name: string; readonly aliases: readonly string[] }>(
  base: readonly T[],
  added: readonly T[],
): readonly T[] {
  if (added.length === 0) return base;
  const taken = new Set(
    added.flatMap((item) => [item.name, ...item.aliases]).map((name) => name.toLowerCase()),
  );
  const older = base.map((item) => ({
    ...item,
    aliases: item.aliases.filter((alias) => !taken.has(alias.toLowerCase())),
  }));
  return mergeBy(older, added, (item) => item.name.toLowerCase());
}
