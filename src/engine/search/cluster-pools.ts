import { findAccelerator, findInstanceType } from '../../catalog/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { Accelerator, InstanceType } from '../../model/index.ts';
import { acceleratorPrice } from '../estimate-price.ts';
import type { AcceleratorPrice } from '../estimate-price.ts';
import { referenceInstance } from './reference-instance.ts';
import type { ClusterPart } from './cluster-text.ts';
import type { ClusterOptions } from './search-options.ts';

/** Accelerators of one kind with the nodes that hold them. */
export interface ClusterPool {
  /** Id of the pool: the accelerator's name. */
  readonly id: string;
  readonly accelerator: Accelerator;
  readonly accelerators: number;
  /** Accelerators of one node. */
  readonly perNode: number;
  /** Instance type that is such a node, or of which a node is the share by accelerators; absent where the catalogue has none. */
  readonly instance?: InstanceType;
  /** Absent without a price. */
  readonly price?: AcceleratorPrice;
}

/** Accelerators of a node where the catalogue has no instance type with them (*assumed*: a usual server). */
const SERVER_SIZE = 8;

/**
 * The pools of a cluster, sorted by id: names looked up, nodes and prices chosen. All problems are told at once.
 * Errors: `catalog-unknown-accelerator`, `catalog-unknown-instance-type`, `catalog-no-price` for a region without one,
 * `engine-usage` for an instance type without accelerators.
 */
export function clusterPools(options: ClusterOptions, catalog: Catalog): Outcome<readonly ClusterPool[]> {
  const outcomes =
    options.instanceType === undefined
      ? (options.cluster ?? []).map((part) => poolOfPart(part, options, catalog))
      : [poolOfInstance(options.instanceType, options, catalog)];
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  return success(merged(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []))), diagnostics);
}

function poolOfPart(part: ClusterPart, options: ClusterOptions, catalog: Catalog): Outcome<ClusterPool> {
  const accelerator = acceleratorNamed(catalog, part.name);
  if (!accelerator.ok) return accelerator;
  const perNode = part.perNode ?? Math.min(part.accelerators, usualNode(catalog, accelerator.value));
  const instance = referenceInstance(catalog, accelerator.value, { perNode, region: options.region });
  return priced({ accelerator: accelerator.value, accelerators: part.accelerators, perNode }, instance, {
    options,
    catalog,
  });
}

function poolOfInstance(name: string, options: ClusterOptions, catalog: Catalog): Outcome<ClusterPool> {
  const instance = findInstanceType(catalog, name, { path: '--instance-type' });
  if (!instance.ok) return instance;
  const held = instance.value.accelerator;
  if (held === undefined) {
    return failure(
      diagnostic('engine-usage', {
        summary: `${instance.value.name} holds no accelerator.`,
        path: '--instance-type',
        fix: 'Name another instance type; `plimsoll catalog list --kind instance` shows the known ones.',
      }),
    );
  }
  const accelerator = findAccelerator(catalog, held.name, '--instance-type');
  if (!accelerator.ok) return accelerator;
  const accelerators = held.count * (options.nodes ?? 1);
  return priced({ accelerator: accelerator.value, accelerators, perNode: held.count }, instance.value, {
    options,
    catalog,
  });
}

function priced(
  pool: Pick<ClusterPool, 'accelerator' | 'accelerators' | 'perNode'>,
  instance: InstanceType | undefined,
  { options, catalog }: { readonly options: ClusterOptions; readonly catalog: Catalog },
): Outcome<ClusterPool> {
  const price = acceleratorPrice(options, instance, catalog);
  if (!price.ok) return price;
  return success({
    ...pool,
    id: poolId(pool.accelerator.name),
    ...(instance === undefined ? {} : { instance }),
    ...(price.value === undefined ? {} : { price: price.value }),
  });
}

/** An id that Kubernetes objects can bear. */
function poolId(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** The accelerator of a name in which underscores and dashes are the same. */
function acceleratorNamed(catalog: Catalog, name: string): Outcome<Accelerator> {
  const exact = findAccelerator(catalog, name, '--cluster');
  if (exact.ok) return exact;
  const dashed = findAccelerator(catalog, name.replaceAll('_', '-'), '--cluster');
  return dashed.ok ? dashed : exact;
}

/** Accelerators of the usual node: eight where the catalogue has such an instance type, else the most of any. */
function usualNode(catalog: Catalog, accelerator: Accelerator): number {
  const counts = catalog.instanceTypes.flatMap(({ accelerator: held }) =>
    held !== undefined && holds(catalog, held.name, accelerator) ? [held.count] : [],
  );
  return counts.length === 0 || counts.includes(SERVER_SIZE) ? SERVER_SIZE : Math.max(...counts);
}

function holds(catalog: Catalog, name: string, accelerator: Accelerator): boolean {
  const found = findAccelerator(catalog, name);
  return found.ok && found.value.name === accelerator.name;
}

/** Parts of the same accelerator in equal nodes are one pool; of unequal nodes the later ones are numbered. */
function merged(pools: readonly ClusterPool[]): readonly ClusterPool[] {
  const kinds = [...Map.groupBy(pools, (pool) => `${pool.id}:${pool.perNode}`).values()];
  const seen = new Map<string, number>();
  return kinds
    .flatMap((same): ClusterPool[] => {
      const [first] = same;
      if (first === undefined) return [];
      const before = seen.get(first.id) ?? 0;
      seen.set(first.id, before + 1);
      const accelerators = same.reduce((sum, pool) => sum + pool.accelerators, 0);
      return [{ ...first, accelerators, id: before === 0 ? first.id : `${first.id}-${before + 1}` }];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
