import type { Problem, ResolvedProblem } from '../model/index.ts';
import type { PlacementProblem } from './placement/placement-problem.ts';

/**
 * The problem as language models see it: pools whose nodes have accelerators, with their offerings and mixes. Pools of
 * nothing but processors, of which a mix may have hundreds, would only be looked at to be passed over.
 */
export function withAcceleratorPools(resolved: ResolvedProblem): ResolvedProblem {
  const offerings = resolved.offerings.filter(({ instanceType }) => instanceType.accelerator !== undefined);
  if (offerings.length === resolved.offerings.length) return resolved;
  const kept = new Set(offerings.map((offering) => offering.pool));
  const pools = resolved.problem.pools.filter((pool) => kept.has(pool.id));
  const mixes = resolved.problem.mixes.filter((mix) => pools.some((pool) => pool.mix === mix.id));
  return { ...resolved, problem: { ...resolved.problem, pools, mixes }, offerings };
}

/** Limits on nodes by quota: a pool's own, or that of the mix which it shares with other pools. */
export function nodeQuotas({
  pools,
  mixes,
}: Pick<Problem, 'pools' | 'mixes'>): Pick<PlacementProblem, 'maxNodes' | 'quotaOf'> {
  const limited = mixes.filter((mix) => Number.isFinite(mix.maxNodes));
  const shared = pools.flatMap((pool) =>
    limited.some((mix) => mix.id === pool.mix) ? [[pool.id, pool.mix ?? ''] as const] : [],
  );
  const quotaOf = Object.fromEntries(shared);
  return {
    maxNodes: Object.fromEntries(pools.map((pool) => [quotaOf[pool.id] ?? pool.id, pool.maxNodes])),
    ...(shared.length === 0 ? {} : { quotaOf }),
  };
}
