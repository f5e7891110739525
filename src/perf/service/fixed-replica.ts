import type { FixedService } from '../../model/index.ts';
import { countedMemory } from './replica-model.ts';
import type { ReplicaModel } from './replica-model.ts';

/** The model of a replica of which only its size is known, and perhaps its rate: it takes no time. */
export function fixedReplica(performance: FixedService): ReplicaModel {
  const largestRate = performance.ratePerReplica > 0 ? performance.ratePerReplica : Infinity;
  return {
    resources: performance.resources,
    servers: 0,
    largestRate,
    memoryLimit: countedMemory(performance.resources),
    provenance: { evidence: 'assumed', source: 'declared number of replicas' },
    at: ({ rate }) => ({
      utilisation: Number.isFinite(largestRate) ? rate / largestRate : 0,
      meanTime: 0,
      variance: 0,
      memory: 0,
      masses: (grid) => grid.constant(0),
    }),
  };
}
