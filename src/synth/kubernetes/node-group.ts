import type { CapacityType, Offering } from '../../model/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import type { SynthesisSource } from '../files.ts';
import { declaredPool } from './declared.ts';
import type { DeclaredPool } from './declared.ts';
import { shortenedName } from './names.ts';
import { nodeSlots } from './node-slots.ts';
import type { NodeSlots } from './node-slots.ts';
import { providerTraits } from './providers.ts';
import type { ProviderTraits } from './providers.ts';

/** The nodes that a plan buys of one pool under one capacity type. */
export interface NodeGroup {
  /** Name of its Karpenter objects: `<stack>-<pool>-<capacity type>`. */
  readonly name: string;
  readonly stack: string;
  readonly pool: DeclaredPool;
  readonly capacityType: CapacityType;
  readonly traits: ProviderTraits;
  /** Offerings bought in any window, sorted by id; at least one. */
  readonly offerings: readonly Offering[];
  /** Present where its nodes are told apart: the number of the node in each zone that it is for. */
  readonly slot?: number;
}

/**
 * The node groups of a plan, sorted by name, one for each node of a zone where nodes are told apart. Groups of which no node runs in any window are
 * left out.
 */
export function slottedNodeGroups(source: SynthesisSource): readonly NodeGroup[] {
  const slots = nodeSlots(source);
  const groups =
    slots.size === 0 ? nodeGroups(source) : nodeGroups(source).flatMap((group) => slotted(group, slots));
  return sortedBy(groups, ({ name }) => name);
}

function slotted(group: NodeGroup, slots: ReadonlyMap<string, NodeSlots>): readonly NodeGroup[] {
  const countOf = ({ id }: Offering): number => slots.get(id)?.count ?? 0;
  const plain = group.offerings.filter((offering) => countOf(offering) === 0);
  const most = Math.max(0, ...group.offerings.map(countOf));
  const told = Array.from({ length: most }, (_, slot) => ({
    ...group,
    name: shortenedName(`${group.name}-${slot}`),
    offerings: group.offerings.filter((offering) => countOf(offering) > slot),
    slot,
  }));
  return [...(plain.length === 0 ? [] : [{ ...group, offerings: plain }]), ...told];
}

/** The node groups of a plan, sorted by name, nodes of a kind not told apart. Groups of which no node runs in any window are left out. */
export function nodeGroups(source: SynthesisSource): readonly NodeGroup[] {
  const bought = new Set(
    source.decision.nodes
      .filter((nodes) => Object.values(nodes.nodes).some((count) => count > 0))
      .map((nodes) => nodes.offering),
  );
  const offerings = sortedBy(source.offerings, (offering) => offering.id).filter((offering) =>
    bought.has(offering.id),
  );
  const groups = Map.groupBy(offerings, (offering) => `${offering.pool}\n${offering.capacityType}`);
  return [...groups.values()]
    .flatMap((members) => nodeGroup(source, members))
    .sort((a, b) => compareText(a.name, b.name));
}

function nodeGroup(source: SynthesisSource, offerings: readonly Offering[]): readonly NodeGroup[] {
  const first = offerings[0];
  const pool =
    first === undefined
      ? undefined
      : declaredPool(source.problem, { pool: first.pool, instanceType: first.instanceType.name });
  if (first === undefined || pool === undefined) return [];
  return [
    {
      name: shortenedName(`${source.stack}-${pool.id}-${first.capacityType}`),
      stack: source.stack,
      pool,
      capacityType: first.capacityType,
      traits: pool.isManaged
        ? withoutNodeClass(providerTraits(pool.provider, first.capacityType))
        : providerTraits(pool.provider, first.capacityType),
      offerings,
    },
  ];
}

/** The traits of a provider whose Karpenter is not used. */
function withoutNodeClass(traits: ProviderTraits): ProviderTraits {
  const { nodeClass: _unused, ...others } = traits;
  return others;
}
