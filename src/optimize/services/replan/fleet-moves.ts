import type { PackedNodes, ReplanWindow, ServiceShape } from '../../../model/index.ts';
import { bytes, bytesPerSecond } from '../../../units/index.ts';
import { migrationEstimate } from '../../reassignment/migration.ts';

/** What a link gives to one migration, bytes/s: a tenth of 25 Gbit/s (assumed). */
const MIGRATION_BANDWIDTH = 2.5e9 / 8;
/** Share of its memory that a process writes anew per second (assumed: a web service at rest in between requests). */
const DIRTY_SHARE = 0.01;

/**
 * What changes in one window from one packing to the next. Nodes of one offering are matched by what is on them: equal ones first, then those
 * that share most pods, one by one. Pods on a matched node in both packings are kept; of the others of a service as many are moved as both go
 * and come, the rest is added or removed. Nodes left without partner are added or removed. So the counts are those of a roll-out that can be done.
 */
export function fleetMoves(
  before: readonly PackedNodes[],
  after: readonly PackedNodes[],
  facts: { readonly window: string; readonly shapes: ReadonlyMap<string, ServiceShape> },
): ReplanWindow {
  const leaving = new Map<string, number>();
  const coming = new Map<string, number>();
  let keptPods = 0;
  const nodes = { kept: 0, added: 0, removed: 0 };
  const old = Map.groupBy(ofWindow(before, facts.window), (group) => group.offering);
  const fresh = Map.groupBy(ofWindow(after, facts.window), (group) => group.offering);
  for (const offering of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const matched = matchNodes(old.get(offering) ?? [], fresh.get(offering) ?? []);
    nodes.kept += matched.kept;
    for (const [own, other, count] of matched.pairs) {
      for (const service of new Set([...Object.keys(own), ...Object.keys(other)])) {
        const was = own[service] ?? 0;
        const is = other[service] ?? 0;
        keptPods += Math.min(was, is) * count;
        if (was > is) add(leaving, service, (was - is) * count);
        if (is > was) add(coming, service, (is - was) * count);
      }
    }
    nodes.removed += matched.removed;
    nodes.added += matched.added;
  }
  const pods = { kept: keptPods, moved: 0, added: 0, removed: 0 };
  let mostMovedOfOne = 0;
  let movedMemory = 0;
  let liveTraffic = 0;
  let restartSeconds = 0;
  for (const service of new Set([...leaving.keys(), ...coming.keys()])) {
    const goes = leaving.get(service) ?? 0;
    const comes = coming.get(service) ?? 0;
    const moved = Math.min(goes, comes);
    pods.moved += moved;
    pods.added += comes - moved;
    pods.removed += goes - moved;
    const shape = facts.shapes.get(service);
    if (moved === 0 || shape === undefined) continue;
    const { memory } = shape.resources;
    mostMovedOfOne = Math.max(mostMovedOfOne, moved);
    movedMemory += moved * memory;
    liveTraffic += memory > 0 ? moved * trafficOf(memory) : 0;
    restartSeconds = Math.max(restartSeconds, shape.startup);
  }
  return {
    window: facts.window,
    pods,
    nodes,
    mostMovedOfOne,
    movedMemory,
    liveTraffic: Math.round(liveTraffic),
    restartSeconds,
  };
}

function trafficOf(memory: number): number {
  return migrationEstimate({
    memory: bytes(memory),
    dirtyRate: bytesPerSecond(DIRTY_SHARE * memory),
    bandwidth: bytesPerSecond(MIGRATION_BANDWIDTH),
  }).traffic;
}

type Pods = PackedNodes['pods'];

interface Matched {
  /** Pods before and after on so many nodes; empty where a node comes or goes. */
  readonly pairs: readonly (readonly [before: Pods, after: Pods, count: number])[];
  readonly kept: number;
  readonly added: number;
  readonly removed: number;
}

function matchNodes(before: readonly PackedNodes[], after: readonly PackedNodes[]): Matched {
  const old = before.map(({ pods, nodes }) => ({ pods, left: nodes }));
  const fresh = after.map(({ pods, nodes }) => ({ pods, left: nodes }));
  const pairs: (readonly [Pods, Pods, number])[] = [];
  const candidates = old
    .flatMap((own, i) => fresh.map((other, j) => ({ own, other, i, j, ...likeness(own.pods, other.pods) })))
    .sort((a, b) => b.shared - a.shared || a.different - b.different || a.i - b.i || a.j - b.j);
  const isEqual = (item: (typeof candidates)[number]): boolean => item.different === 0;
  let kept = 0;
  for (const item of [...candidates.filter(isEqual), ...candidates.filter((one) => !isEqual(one))]) {
    const count = Math.min(item.own.left, item.other.left);
    if (count === 0) continue;
    item.own.left -= count;
    item.other.left -= count;
    kept += count;
    pairs.push([item.own.pods, item.other.pods, count]);
  }
  let removed = 0;
  let added = 0;
  for (const { pods, left } of old) {
    removed += left;
    if (left > 0) pairs.push([pods, {}, left]);
  }
  for (const { pods, left } of fresh) {
    added += left;
    if (left > 0) pairs.push([{}, pods, left]);
  }
  return { pairs, kept, added, removed };
}

function likeness(a: Pods, b: Pods): { readonly shared: number; readonly different: number } {
  let shared = 0;
  let all = 0;
  for (const [service, count] of Object.entries(a)) {
    shared += Math.min(count, b[service] ?? 0);
    all += count;
  }
  for (const count of Object.values(b)) all += count;
  return { shared, different: all - 2 * shared };
}

function ofWindow(packing: readonly PackedNodes[], window: string): readonly PackedNodes[] {
  return packing.filter((group) => group.window === window);
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
