import { findInstanceType, shippedCatalog } from '../../catalog/index.ts';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { CapacityType, CatalogDocument, InstanceTypeDocument, PoolDocument } from '../../model/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import type { HourlyUsdText, SizeText } from '../../units/index.ts';
import type { NodeFacts } from './node-facts.ts';

/** Price written where none is known: *assumed*, to be replaced; it makes the stack valid and is said in a warning. */
const PLACEHOLDER_PRICE: HourlyUsdText = '1 USD/hour';
/** Longest id of a pool. */
const LONGEST_ID = 40;

/** Pools made of nodes. */
export interface ImportedPools {
  readonly pools: readonly PoolDocument[];
  /** Instance types that the catalogue lacks. */
  readonly catalog?: CatalogDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is written into every pool beside its nodes. */
export interface PoolFacts {
  readonly daemonsets?: PoolDocument['daemonsets'];
  /** Labels that services ask of their nodes; only these are written. */
  readonly selectors: readonly Readonly<Record<string, string>>[];
  /** Ids that are taken. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Nodes as pools: one for each instance type, region, set of taints and set of labels that services ask for. Clouds can give more nodes;
 * own hardware has as many as there are. Nodes of the control plane are left out.
 */
export function importPools(nodes: readonly NodeFacts[], facts: PoolFacts): ImportedPools {
  const workers = nodes.filter((node) => !node.isControlPlane);
  const left = nodes.length - workers.length;
  const groups = Map.groupBy(workers, (node) => groupKey(node, facts));
  const taken = new Set(facts.taken);
  const pools = sortedBy(groups, ([key]) => key).map(([, group]) => {
    const id = freeId(poolName(group[0]!), taken);
    taken.add(id);
    return poolOf(group, { ...facts, id });
  });
  const unknown = [
    ...new Map(workers.filter(isUnknownType).map((node) => [node.instanceType, node])).values(),
  ];
  return {
    pools: pools.map(({ pool }) => pool),
    ...(unknown.length === 0
      ? {}
      : { catalog: { instanceTypes: sortedBy(unknown, (node) => node.instanceType).map(typeDocument) } }),
    diagnostics: [
      ...pools.flatMap(({ diagnostics }) => diagnostics),
      ...unknown.map(unknownType),
      ...(left === 0
        ? []
        : [
            diagnostic('import-node-left-out', {
              summary: `${String(left)} nodes of the control plane were left out.`,
            }),
          ]),
    ],
  };
}

function groupKey(node: NodeFacts, facts: PoolFacts): string {
  const { provider, region, instanceType, taints } = node;
  return JSON.stringify([
    provider,
    region,
    instanceType,
    sortedBy(taints, JSON.stringify),
    Object.entries(askedLabels(node, facts)),
  ]);
}

/** Labels of a node that some service asks for. */
function askedLabels({ labels }: NodeFacts, { selectors }: PoolFacts): Readonly<Record<string, string>> {
  const asked = new Set(selectors.flatMap((selector) => Object.keys(selector)));
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([key]) => asked.has(key))
      .sort(([a], [b]) => compareText(a, b)),
  );
}

function poolOf(
  group: readonly NodeFacts[],
  facts: PoolFacts & { readonly id: string },
): { readonly pool: PoolDocument; readonly diagnostics: readonly Diagnostic[] } {
  const [node] = group;
  const { provider, region, instanceType, taints } = node!;
  const capacityTypes = [...new Set(group.map((item) => item.capacityType))].sort(compareText);
  const zones = [...new Set(group.map(({ zone }) => zone))].sort(compareText);
  const unpriced = capacityTypes.filter((type) => !hasPrice(node!, zones, type));
  const labels = askedLabels(node!, facts);
  const pool: PoolDocument = {
    id: facts.id,
    provider,
    region,
    zones,
    instanceType,
    capacityTypes,
    ...(provider === 'own' ? { maxNodes: group.length } : {}),
    ...(unpriced.length === 0
      ? {}
      : { prices: Object.fromEntries(unpriced.map((type) => [type, PLACEHOLDER_PRICE])) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(taints.length === 0 ? {} : { taints }),
    ...(facts.daemonsets === undefined ? {} : { daemonsets: facts.daemonsets }),
  };
  return { pool, diagnostics: unpriced.length === 0 ? [] : [unpricedPool(pool, unpriced)] };
}

/** Whether the shipped catalogue has a price for each zone. */
function hasPrice(
  { provider, region, instanceType }: NodeFacts,
  zones: readonly string[],
  type: CapacityType,
): boolean {
  const records = shippedCatalog().prices.filter(
    (record) =>
      record.provider === provider &&
      record.region === region &&
      record.capacityType === type &&
      record.instanceType.toLowerCase() === instanceType.toLowerCase(),
  );
  return zones.every((zone) => records.some((record) => record.zone === '' || record.zone === zone));
}

function isUnknownType({ provider, instanceType }: NodeFacts): boolean {
  return !findInstanceType(shippedCatalog(), instanceType, { provider }).ok;
}

/** A node as an instance type of its own: what it has, and what Kubernetes leaves of it. */
function typeDocument(node: NodeFacts): InstanceTypeDocument {
  const { accelerator, allocatable, capacity } = node;
  return {
    name: node.instanceType,
    provider: node.provider,
    cpuArchitecture: node.cpuArchitecture,
    vcpus: capacity.vcpus,
    memory: mebibytes(capacity.memory),
    ...(accelerator?.isKnown === true
      ? { accelerator: { name: accelerator.name, count: accelerator.count } }
      : {}),
    allocatable: {
      cpuMillicores: allocatable.cpuMillicores,
      memory: mebibytes(allocatable.memory),
      pods: allocatable.pods,
    },
  };
}

function mebibytes(amount: number): SizeText {
  return `${Math.floor(amount / 2 ** 20)}MiB`;
}

function unknownType(node: NodeFacts): Diagnostic {
  const { accelerator } = node;
  const lost =
    accelerator === undefined || accelerator.isKnown
      ? ''
      : ` Its accelerators (${String(accelerator.count)} × ${accelerator.name}) are not in the catalogue and were left out.`;
  return diagnostic('import-unknown-hardware', {
    summary: `The catalogue lacks the instance type ${node.instanceType} of ${node.provider}; it was described as node ${node.name} is.${lost}`,
    path: node.instanceType,
    fix:
      lost === ''
        ? 'Add its network bandwidth where replicas over several nodes are planned.'
        : 'Add the accelerator under `catalog` and name it in the instance type.',
  });
}

function unpricedPool({ id, instanceType }: PoolDocument, types: readonly CapacityType[]): Diagnostic {
  return diagnostic('import-unknown-hardware', {
    summary: `No price of ${instanceType} (${types.join(', ')}) is known; pool ${id} says ${PLACEHOLDER_PRICE}, which is assumed.`,
    path: id,
    fix: 'Write what a node costs you per hour; the plan’s money rests on it.',
  });
}

/** `p5-48xlarge`, `own-64cpu-512gi`; spot and on-demand nodes of a type are one pool. */
function poolName({ instanceType }: NodeFacts): string {
  const name = instanceType
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_ID)
    .replace(/-+$/, '');
  return name === '' ? 'nodes' : name;
}

function freeId(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) {
    const id = `${name.slice(0, LONGEST_ID - 4)}-${String(n)}`;
    if (!taken.has(id)) return id;
  }
}
