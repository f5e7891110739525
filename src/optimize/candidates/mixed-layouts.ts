import type { Offering } from '../../model/index.ts';
import { nodeReach } from '../../perf/index.ts';
import type { StageKind } from './layer-split.ts';

/** Nodes of one pool in one pipeline, and stages, at most (*assumed*: longer ones only add latency). */
const MOST_NODES = 4;
const MOST_STAGES = 16;

/** One pool of a mixed pipeline. */
export interface Side {
  readonly offering: Offering;
  readonly kind: Required<StageKind>;
  /** Accelerators of one node. */
  readonly perNode: number;
  readonly bandwidth: number;
}

/** A pipeline over two pools before its formats are chosen. */
export interface Layout {
  readonly sides: readonly [Side, Side];
  readonly tensorParallel: number;
  /** Nodes of each side, ≥ 1. */
  readonly nodes: readonly [number, number];
}

/** The pools that have accelerators, sorted by id. */
export function sidesOf(offerings: readonly Offering[]): readonly Side[] {
  const sides = new Map<string, Side>();
  for (const offering of offerings) {
    const { accelerator, instanceType, pool } = offering;
    if (accelerator === undefined || sides.has(pool)) continue;
    const perNode = instanceType.accelerator?.count ?? 1;
    const kind = { accelerator, reach: nodeReach(instanceType) };
    sides.set(pool, { offering, kind, perNode, bandwidth: accelerator.memoryBandwidth });
  }
  return [...sides.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, side]) => side);
}

/** Every way to lay stages over whole nodes of both pools, smallest first. */
export function layoutsOf(
  sides: readonly [Side, Side],
  reach: Readonly<Record<string, number>>,
): readonly Layout[] {
  const [first, second] = sides;
  const layouts: Layout[] = [];
  const mostOf = ({ offering, perNode }: Side): number =>
    Math.min(MOST_NODES, Math.floor((reach[offering.pool] ?? Infinity) / perNode));
  for (let tensorParallel = 1; tensorParallel <= first.perNode; tensorParallel *= 2) {
    if (sides.some(({ perNode }) => perNode % tensorParallel !== 0)) continue;
    for (let left = 1; left <= mostOf(first); left++) {
      for (let right = 1; right <= mostOf(second); right++) {
        const layout: Layout = { sides, tensorParallel, nodes: [left, right] };
        if (stageCounts(layout).reduce((sum, own) => sum + own, 0) <= MOST_STAGES) layouts.push(layout);
      }
    }
  }
  return layouts.sort((a, b) => acceleratorsOf(a) - acceleratorsOf(b));
}

/** Stages on each side. */
export function stageCounts({ sides, nodes, tensorParallel }: Layout): readonly number[] {
  return sides.map(({ perNode }, index) => (nodes[index]! * perNode) / tensorParallel);
}

/** Accelerators of a pipeline laid out so. */
export function acceleratorsOf({ sides, nodes }: Layout): number {
  return sides.reduce((sum, { perNode }, index) => sum + perNode * nodes[index]!, 0);
}
