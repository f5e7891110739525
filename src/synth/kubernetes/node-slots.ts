import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { Allocation, Offering, PackedNodes } from '../../model/index.ts';
import type { SynthesisSource } from '../files.ts';

/** Most nodes of an offering that are told apart, *assumed*: each adds a node pool, and a pod set for every service on it. */
export const MOST_SLOTS = 16;

/** Pods of each service on a node; services with none are left out. */
type Contents = Readonly<Record<string, number>>;

/** The nodes of one offering told apart: a slot is a node that keeps its number over the week, as far as it is there. */
export interface NodeSlots {
  /** Most nodes in any window, at least 2. */
  readonly count: number;
  /** What lies on the node of each slot, by window; `count` entries, empty where the window has no such node. */
  readonly contents: Readonly<Record<string, readonly Contents[]>>;
}

/**
 * The slots of a plan's offerings where its pods are to lie on the very nodes that the plan packed (`placement: 'exact'`), by offering. Left out are
 * offerings of which one node at a time runs, which need none; of which language models take part; of which more than `MOST_SLOTS` run; and those
 * whose packing does not say the same as the plan's replicas.
 */
export function nodeSlots(source: SynthesisSource): ReadonlyMap<string, NodeSlots> {
  const slots = new Map<string, NodeSlots>();
  if (source.problem.placement !== 'exact') return slots;
  for (const [offering, packed] of packedOfferings(source)) {
    const count = mostNodes(packed);
    if (count < 2 || count > MOST_SLOTS || !isComplete(source, offering, packed)) continue;
    slots.set(offering.id, { count, contents: contentsOf(source, packed, count) });
  }
  return slots;
}

/** A note for the offerings whose nodes are too many to be told apart. */
export function slotNotes(source: SynthesisSource): readonly Diagnostic[] {
  if (source.problem.placement !== 'exact') return [];
  const large = packedOfferings(source).filter(([, packed]) => mostNodes(packed) > MOST_SLOTS);
  return large.map(([offering, packed]) =>
    diagnostic('synth-unsupported', {
      severity: 'note',
      summary: `The ${mostNodes(packed)} nodes of ${offering.id} are not told apart, so its pods keep to their zone and not to their node.`,
      detail: `Up to ${MOST_SLOTS} nodes of an offering get a node pool each.`,
      path: 'problem.placement',
      fix: 'Offer larger instance types or more zones, or leave placement at zonal.',
    }),
  );
}

/** The replicas of a service's allocation on one slot. */
export function inSlot(
  { workload, replicas }: Pick<Allocation, 'workload' | 'replicas'>,
  zone: string,
  { contents }: NodeSlots,
  slot: number,
): Allocation['replicas'] {
  return Object.fromEntries(
    Object.keys(replicas).map((window) => {
      const count = contents[window]?.[slot]?.[workload] ?? 0;
      return [window, count === 0 ? {} : { [zone]: count }];
    }),
  );
}

function packedOfferings({
  decision,
  offerings,
}: SynthesisSource): readonly (readonly [Offering, readonly PackedNodes[]])[] {
  const byOffering = Map.groupBy(decision.packing ?? [], ({ offering }) => offering);
  return offerings.flatMap((offering) => {
    const packed = byOffering.get(offering.id);
    return packed === undefined ? [] : [[offering, packed] as const];
  });
}

function mostNodes(packed: readonly PackedNodes[]): number {
  const byWindow = Map.groupBy(packed, ({ window }) => window);
  return Math.max(0, ...[...byWindow.values()].map((groups) => sum(groups.map(({ nodes }) => nodes))));
}

/** Whether the packing places every replica that the plan has of services on the offering, and nothing else runs there. */
function isComplete(
  { decision }: SynthesisSource,
  { pool, capacityType, zone }: Offering,
  packed: readonly PackedNodes[],
): boolean {
  const isHere = (placed: { readonly pool: string; readonly capacityType: string }): boolean =>
    placed.pool === pool && placed.capacityType === capacityType;
  if (decision.allocations.some(isHere)) return false;
  const own = (decision.serviceAllocations ?? []).filter(isHere);
  return decision.windows.every(({ id }) => {
    const groups = packed.filter(({ window }) => window === id);
    const placed = (service: string): number =>
      sum(groups.map(({ nodes, pods }) => nodes * (pods[service] ?? 0)));
    const planned = sum(own.map(({ replicas }) => replicas[id]?.[zone] ?? 0));
    const all = sum(groups.map(({ nodes, pods }) => nodes * sum(Object.values(pods))));
    return (
      all === planned &&
      own.every(({ workload, replicas }) => placed(workload) === (replicas[id]?.[zone] ?? 0))
    );
  });
}

/** What lies on each slot: every window keeps as many pods as it can on the slots where the last window that had them left them. */
function contentsOf(
  { decision }: SynthesisSource,
  packed: readonly PackedNodes[],
  count: number,
): NodeSlots['contents'] {
  let before: readonly Contents[] = Array.from({ length: count }, () => ({}));
  const contents: Record<string, readonly Contents[]> = {};
  for (const { id } of decision.windows) {
    const nodes = packed
      .filter(({ window }) => window === id)
      .flatMap(({ nodes: alike, pods }) => Array.from({ length: alike }, () => pods));
    const now = assigned(nodes, before);
    contents[id] = now;
    before = now.map((node, slot) => (Object.keys(node).length > 0 ? node : (before[slot] ?? {})));
  }
  return contents;
}

/** Nodes on slots, those first that have most pods in common with what was there; ties by their order. */
function assigned(nodes: readonly Contents[], before: readonly Contents[]): readonly Contents[] {
  const pairs = nodes
    .flatMap((node, index) => before.map((old, slot) => ({ index, slot, kept: inCommon(node, old) })))
    .sort((a, b) => b.kept - a.kept || a.index - b.index || a.slot - b.slot);
  const now = new Map<number, Contents>();
  const done = new Set<number>();
  for (const { index, slot } of pairs) {
    if (done.has(index) || now.has(slot)) continue;
    done.add(index);
    now.set(slot, nodes[index] ?? {});
  }
  return before.map((_, slot) => now.get(slot) ?? {});
}

function inCommon(a: Contents, b: Contents): number {
  return sum(Object.entries(a).map(([service, count]) => Math.min(count, b[service] ?? 0)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
