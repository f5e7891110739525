import { compareText } from '../../../units/index.ts';
import type { AlikeNodes, PlacedPods } from './fleet-model.ts';

/** Equal pods of one workload that are to be drawn on nodes. */
export interface PodKind {
  readonly workload: string;
  readonly count: number;
  /** What one pod takes of a node. */
  readonly each: number;
}

/**
 * Pods on nodes, large ones first, each on the first node with room: the plan proves that they fit but names no node for pods of language models,
 * so that the drawing shows one way of many. `left` counts pods without room.
 */
export function packFirstFit(
  kinds: readonly PodKind[],
  nodes: number,
  room: number,
): { readonly nodes: readonly AlikeNodes[]; readonly left: number } {
  const free = Array.from({ length: nodes }, () => room);
  const pods = free.map(() => new Map<string, PlacedPods>());
  let left = 0;
  const sorted = kinds.toSorted((a, b) => b.each - a.each || compareText(a.workload, b.workload));
  for (const kind of sorted) {
    let at = 0;
    for (let pod = 0; pod < kind.count; pod += 1) {
      while (at < nodes && (free[at] ?? 0) < kind.each) at += 1;
      const own = pods[at];
      if (own === undefined) {
        left += kind.count - pod;
        break;
      }
      free[at] = (free[at] ?? 0) - kind.each;
      const key = `${kind.workload} ${kind.each}`;
      own.set(key, { workload: kind.workload, each: kind.each, pods: (own.get(key)?.pods ?? 0) + 1 });
    }
  }
  return { nodes: pods.map((own) => ({ count: 1, pods: [...own.values()] })), left };
}
