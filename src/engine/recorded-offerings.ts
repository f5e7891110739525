import type { Decision, Offering, ResolvedProblem } from '../model/index.ts';

/**
 * The offerings that a plan records: all of the pools that are declared by themselves, and of the hundreds of pools
 * that a mix may have those of which nodes are bought. The hashes of the plan cover them all.
 */
export function recordedOfferings(
  { problem, offerings }: ResolvedProblem,
  decision: Decision,
): readonly Offering[] {
  const mixed = new Set(problem.pools.filter((pool) => pool.mix !== undefined).map((pool) => pool.id));
  if (mixed.size === 0) return offerings;
  const packed = new Set((decision.packing ?? []).map((item) => item.offering));
  const bought = new Set([
    ...decision.nodes.map((item) => item.pool),
    ...offerings.filter((offering) => packed.has(offering.id)).map((offering) => offering.pool),
  ]);
  return offerings.filter(({ pool }) => !mixed.has(pool) || bought.has(pool));
}
