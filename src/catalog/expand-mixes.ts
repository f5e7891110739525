import { diagnostic, failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { HardwarePool, InstanceMix, InstanceType, Problem } from '../model/index.ts';
import { compareText, sortedBy } from '../units/index.ts';
import type { Catalog } from './catalog.ts';
import { matchingTypes, noMatch, unmatchedNames } from './instance-selector.ts';
import { findPrice } from './price-lookup.ts';

/**
 * The problem with a pool of one instance type for every type that a mix chooses and that has a price in its region:
 * pools have the id `<mix>-<type>` (see `mixPoolId`), the path of the mix and its id in `mix`, and whoever named the mix
 * in `pools` names them. A pool offers those capacity types of the mix that are priced in all its zones; types without
 * any are left out. The mixes stay in the problem: their `maxNodes` is shared by their pools.
 * Errors, all at once with the path of the mix: `catalog-empty-mix` when no type meets the selector, `catalog-no-price` when
 * none has a price, `model-duplicate-id` when a pool is called like one of its own. One `catalog-mix` note per mix tells
 * how many types were taken; names that stand for nothing are a warning.
 * Cost: instance types of the provider × zones × capacity types, per mix.
 */
export function expandMixes(problem: Problem, catalog: Catalog): Outcome<Problem> {
  if (problem.mixes.length === 0) return success(problem);
  const expanded = problem.mixes.map((mix) => expandMix(mix, catalog));
  const made = expanded.flatMap((outcome) => (outcome.ok ? outcome.value : []));
  const pools = sortedBy([...problem.pools, ...made], (pool) => pool.id);
  const diagnostics = [
    ...expanded.flatMap((outcome) => outcome.diagnostics),
    ...repeatedPools(pools, problem.mixes),
  ];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const members = Map.groupBy(made, (pool) => pool.mix ?? '');
  const named = <T extends { readonly pools: readonly string[] }>(item: T): T => ({
    ...item,
    pools: item.pools.flatMap((id) => members.get(id)?.map((pool) => pool.id) ?? [id]).sort(compareText),
  });
  return success(
    { ...problem, pools, workloads: problem.workloads.map(named), services: problem.services.map(named) },
    diagnostics,
  );
}

/** The id of the pool that a mix makes of an instance type: `general-m7i-large`; lower case, as Kubernetes names are. */
export function mixPoolId(mix: string, instanceType: string): string {
  return `${mix}-${instanceType}`.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
}

function expandMix(mix: InstanceMix, catalog: Catalog): Outcome<readonly HardwarePool[]> {
  const matching = matchingTypes(mix, catalog);
  if (matching.length === 0) return failure(noMatch(mix, catalog));
  const pools = matching.map((type) => poolOf(mix, type, catalog));
  const priced = pools.filter((pool) => pool.capacityTypes.length > 0);
  const remarks = unmatchedNames(mix, catalog);
  if (priced.length === 0) return failure(...remarks, nothingPriced(mix, matching));
  return success(priced, [...remarks, taken(mix, pools, priced)]);
}

/** The pool of one type with the capacity types that have a price in every zone. */
function poolOf(mix: InstanceMix, type: InstanceType, catalog: Catalog): HardwarePool {
  const { instanceTypes: _selector, ...place } = mix;
  const pool: HardwarePool = {
    ...place,
    id: mixPoolId(mix.id, type.name),
    instanceType: type.name,
    prices: {},
    mix: mix.id,
  };
  const isPriced = (capacityType: HardwarePool['capacityTypes'][number]): boolean =>
    mix.zones.every((zone) => findPrice(catalog, pool, zone, capacityType) !== undefined);
  return { ...pool, capacityTypes: mix.capacityTypes.filter(isPriced) };
}

function nothingPriced(mix: InstanceMix, matching: readonly InstanceType[]): Diagnostic {
  return diagnostic('catalog-no-price', {
    summary: `Pool "${mix.id}": none of its ${matching.length} instance types has a price in ${mix.region} (${mix.capacityTypes.join(', ')}).`,
    path: mix.path,
    detail: `Such as ${matching[0]?.name ?? ''}.`,
    fix: 'Choose a region with prices, import a price file with `plimsoll catalog import`, or add catalog.prices.',
  });
}

/** How many types a mix takes, how many have no price, and how many are not offered in every way asked for. */
function taken(
  mix: InstanceMix,
  pools: readonly HardwarePool[],
  priced: readonly HardwarePool[],
): Diagnostic {
  const missing = pools.filter((pool) => pool.capacityTypes.length === 0);
  const partly = mix.capacityTypes.flatMap((type) => {
    const count = priced.filter((pool) => !pool.capacityTypes.includes(type)).length;
    return count === 0 ? [] : [`${count} of them have no ${type} price and are offered without.`];
  });
  const left =
    missing.length === 0
      ? []
      : [
          `${missing.length} have no price in ${mix.region} and are left out, such as ${missing[0]?.instanceType ?? ''}.`,
        ];
  return diagnostic('catalog-mix', {
    summary: `Pool "${mix.id}" offers ${priced.length} of the ${pools.length} instance types that it chooses.`,
    detail: [...left, ...partly].join(' '),
    path: mix.path,
  });
}

/** Pools of a mix that are called like another pool or mix; `pools` are sorted by id. */
function repeatedPools(pools: readonly HardwarePool[], mixes: readonly InstanceMix[]): Diagnostic[] {
  const ids = new Set(mixes.map((mix) => mix.id));
  return pools.flatMap((pool, index): Diagnostic[] => {
    const before = pools[index - 1];
    const isMade = pool.mix !== undefined && ids.has(pool.id);
    if (before?.id !== pool.id && !isMade) return [];
    const made = pool.mix === undefined ? (before ?? pool) : pool;
    return [
      diagnostic('model-duplicate-id', {
        summary: `Pool "${made.mix ?? ''}" makes a pool "${pool.id}" of ${made.instanceType}, and another pool has that id.`,
        path: made.path,
        fix: 'Rename one of the two.',
      }),
    ];
  });
}
