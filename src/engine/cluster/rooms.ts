import { poolRoom } from '../../apply/index.ts';
import type { Amounts, Room } from '../../apply/index.ts';
import type { Offering, PlanDocument, PoolDocument } from '../../model/index.ts';
import { labelValue } from '../../synth/index.ts';
import { parseCpu, parseMemory } from '../../units/index.ts';

/**
 * The pools of a plan whose nodes cannot become more than a declared number (own servers, reservations, a limit of the account), with what
 * pods may take of all of them together: allocatable less declared daemonsets. Left out are pools of many instance types, whose nodes differ.
 */
export function limitedPools({
  problem,
  offerings,
}: Pick<PlanDocument, 'problem' | 'offerings'>): readonly Room[] {
  return problem.pools.flatMap((pool) => {
    const offering = offerings.find((candidate) => candidate.pool === pool.id);
    const isLimited = pool.maxNodes !== undefined && pool.instanceTypes === undefined;
    if (!isLimited || offering === undefined) return [];
    const perNode = roomOfNode(pool, offering);
    const all = Object.entries(perNode).map(([name, amount]) => [name, amount * (pool.maxNodes ?? 0)]);
    return [poolRoom(labelValue(pool.id), Object.fromEntries(all) as Amounts)];
  });
}

/** What pods of the plan may take of one node. */
function roomOfNode({ daemonsets }: PoolDocument, { instanceType, accelerator }: Offering): Amounts {
  const { cpuMillicores, memory, pods } = instanceType.allocatable;
  const cpuTaken = parseCpu(daemonsets?.cpu);
  const memoryTaken = parseMemory(daemonsets?.memory);
  const devices = instanceType.accelerator?.count ?? 0;
  return {
    cpu: cpuMillicores - (cpuTaken.ok ? cpuTaken.value : 0),
    memory: memory - (memoryTaken.ok ? memoryTaken.value : 0),
    pods: pods - (daemonsets?.pods ?? 0),
    ...(accelerator === undefined || devices === 0 ? {} : { [accelerator.resourceName]: devices }),
  };
}
