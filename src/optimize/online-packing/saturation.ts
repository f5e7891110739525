/** Demand that any of a set of pools can serve. */
export interface PooledDemand {
  /** Bit p is set when pool p can serve it; at most 30 pools. */
  readonly pools: number;
  /** Amount per unit of load, positive. */
  readonly amount: number;
}

/** Unions of pools looked at per step. *Assumed*: only mixes with very many different constraints reach it. */
const MAX_UNIONS = 4096;

/**
 * The load at which each pool is full when demand is spread over the pools as evenly as it may be (the lexicographically
 * largest saturation loads of the fluid flow problem). Found by peeling: the tightest group of pools is the union of pool sets
 * with the least free amount per demand that can go nowhere else; the rest of the demand then stays off that group.
 * `free`: what each pool has left. Infinity for a pool that no demand can use, 0 for a full one.
 */
export function saturationLoads(free: Float64Array, demands: readonly PooledDemand[]): Float64Array {
  const loads = new Float64Array(free.length).fill(Infinity);
  let open = demands.filter(({ pools, amount }) => pools !== 0 && amount > 0);
  while (open.length > 0) {
    const { pools: tightest, load } = tightestUnion(free, open);
    for (let pool = 0; pool < free.length; pool++) if ((tightest >> pool) & 1) loads[pool] = load;
    open = open
      .map(({ pools, amount }) => ({ pools: pools & ~tightest, amount }))
      .filter(({ pools }) => pools !== 0);
  }
  return loads;
}

function tightestUnion(
  free: Float64Array,
  demands: readonly PooledDemand[],
): { readonly pools: number; readonly load: number } {
  let best = { pools: 0, load: Infinity };
  for (const union of unionsOf(demands)) {
    let amount = 0;
    for (const demand of demands) if ((demand.pools & ~union) === 0) amount += demand.amount;
    let room = 0;
    for (let pool = 0; pool < free.length; pool++) if ((union >> pool) & 1) room += free[pool]!;
    const load = room / amount;
    if (load < best.load || best.pools === 0) best = { pools: union, load };
  }
  return best;
}

function unionsOf(demands: readonly PooledDemand[]): Set<number> {
  const unions = new Set<number>();
  for (const { pools } of demands) {
    for (const union of [...unions]) if (unions.size < MAX_UNIONS) unions.add(union | pools);
    unions.add(pools);
  }
  return unions;
}
