import type { Offering, ResolvedWorkload } from '../../model/index.ts';
import { llmShapes } from './llm-shapes.ts';
import type { Generated } from './shape.ts';

/**
 * Enumerates the ways to run one replica of a workload on each pool. `offerings` are those of its pools; `reach` tells the
 * accelerators that one replica may take per pool id.
 */
export type CandidateGenerator = (
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  reach: Readonly<Record<string, number>>,
) => Generated;

/** The generator of each workload kind: the one place where the kind decides. */
const GENERATORS: Readonly<Record<ResolvedWorkload['workload']['kind'], CandidateGenerator>> = {
  llm: llmShapes,
};

/**
 * Enumerates the shapes of a workload over the pools it may use; an empty pool list means every pool.
 * @param reach accelerators that one replica may take per pool id; absent: as many as make sense
 */
export function generateShapes(
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  reach: Readonly<Record<string, number>> = {},
): Generated {
  const { pools, kind } = workload.workload;
  const usable = offerings.filter((offering) => pools.length === 0 || pools.includes(offering.pool));
  return GENERATORS[kind](workload, usable, reach);
}
