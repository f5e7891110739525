import { describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../model/index.ts';
import { limitedPools } from './rooms.ts';

type Facts = Parameters<typeof limitedPools>[0];

/** A plan with one pool of nodes with 8 accelerators, 100 cores, 800 GB and 110 pods. */
function planWith(pool: object): Facts {
  const offering = {
    pool: 'own',
    accelerator: { resourceName: 'nvidia.com/gpu' },
    instanceType: {
      allocatable: { cpuMillicores: 100_000, memory: 800e9, pods: 110 },
      accelerator: { count: 8 },
    },
  };
  const pools = [{ id: 'own', ...pool }];
  return { problem: { pools }, offerings: [offering] } as unknown as PlanDocument;
}

describe('pools whose nodes cannot become more', () => {
  it('hold what pods may take of the declared number of nodes, less what daemonsets take', () => {
    const daemonsets = { cpu: '500m', memory: '1e9', pods: 10 };
    const [room, ...others] = limitedPools(planWith({ maxNodes: 3, daemonsets }));
    expect(others).toEqual([]);
    expect(room?.name).toBe('pool own');
    expect(room?.hard).toEqual({ cpu: 298_500, memory: 2397e9, pods: 300, 'nvidia.com/gpu': 24 });
  });

  it('are those with a limit and one instance type', () => {
    expect(limitedPools(planWith({}))).toEqual([]);
    expect(limitedPools(planWith({ maxNodes: 3, instanceTypes: { names: ['m7i.*'] } }))).toEqual([]);
  });
});
