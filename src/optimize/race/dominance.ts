import type { Rejection } from '../../model/index.ts';
import type { RacedShape } from './contenders.ts';

/** Shapes that no other of their kind beats in everything, and those that one does. */
export interface Dominance {
  readonly kept: readonly RacedShape[];
  readonly rejected: readonly Rejection[];
}

/**
 * Leaves out shapes that another one equals or beats in everything that the simulation sees: the same pool, size, engine, stages
 * and data-parallel ranks, no higher price, every step of the grid at least as fast whatever its contexts, and at least as many
 * cached tokens. Of equal ones the first by id stays. Most often the same cut with fewer bits per weight or cached element;
 * how good answers are in fewer bits is decided by the precisions that are allowed. Cost: the grid per pair of a kind.
 */
export function withoutDominated(shapes: readonly RacedShape[]): Dominance {
  const kept: RacedShape[] = [];
  const rejected: Rejection[] = [];
  const kinds = Map.groupBy(shapes, (item) => `${item.lane} ${kindOf(item)}`);
  for (const members of kinds.values()) {
    const sorted = [...members].sort((a, b) => b.guess - a.guess || (a.shape.id < b.shape.id ? -1 : 1));
    const front: RacedShape[] = [];
    for (const item of sorted) {
      const better = front.find((other) => dominates(other, item));
      if (better === undefined) front.push(item);
      else rejected.push(asDominated(item, better));
    }
    kept.push(...front);
  }
  return { kept, rejected };
}

function kindOf({ shape: { configuration } }: RacedShape): string {
  const { parallelism: p, engine } = configuration;
  return `${engine} ${p.pipelineParallel} ${p.dataParallel} ${p.expertParallel > 1 ? 'ep' : ''} ${p.contextParallel}`;
}

function dominates(a: RacedShape, b: RacedShape): boolean {
  if (a.price > b.price || a.cacheTokens < b.cacheTokens) return false;
  if (a.costs.perPair > b.costs.perPair || a.costs.perRead > b.costs.perRead) return false;
  return a.costs.time.every((time, i) => time <= (b.costs.time[i] ?? 0));
}

function asDominated({ shape }: RacedShape, better: RacedShape): Rejection {
  return {
    candidate: shape.id,
    workload: shape.workload,
    pool: shape.pool,
    reason: 'dominated',
    detail: `every step of ${better.shape.id} is at least as fast, and its cache holds ${better.cacheTokens} tokens per rank`,
  };
}
