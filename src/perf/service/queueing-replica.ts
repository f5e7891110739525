import type { Provenance, QueueingService, ServiceSize } from '../../model/index.ts';
import { UTILISATION_CAP, countedCores, countedMemory } from './replica-model.ts';
import type { ReplicaLoad, ReplicaModel, ReplicaReading } from './replica-model.ts';
import type { Masses, TimeGrid } from './time-grid.ts';
import { utilisationOf, waitingIn } from './waiting.ts';
import type { QueueLoad, Waiting } from './waiting.ts';

const PROVENANCE: Provenance = {
  evidence: 'assumed',
  source:
    'queueing model (M/G/c with gamma-distributed work; GI/M/c for bursts) on the declared CPU seconds and variability',
};

/** Standard deviations above the mean number of requests for which memory must do (assumed). */
const MEMORY_DEVIATIONS = 3;

/** The queue that a size of replica is: how many requests are served at once, and for how long each. */
export interface ReplicaQueue {
  readonly servers: number;
  /** Mean seconds of a request at a server. */
  readonly serviceTime: number;
}

/**
 * The queue of a size. Cores are those it can count on (see `countedCores`). Threads beyond the cores add no speed: as many
 * servers as whole cores, rounded up, share the cores evenly (assumed; first come, first served).
 */
export function replicaQueue(performance: QueueingService, size: ServiceSize): ReplicaQueue {
  const cores = countedCores(size.resources);
  const servers = Math.max(1, Math.min(size.servers, Math.ceil(cores)));
  return { servers, serviceTime: performance.cpuSeconds / Math.min(1, cores / servers) };
}

/** The model of one size of a replica described by queueing. */
export function queueingReplica(performance: QueueingService, size: ServiceSize): ReplicaModel {
  const { servers, serviceTime } = replicaQueue(performance, size);
  const workOf = workDistributions(performance, serviceTime);
  const queueOf = (load: ReplicaLoad): QueueLoad => ({
    rate: load.rate,
    servers,
    serviceTime,
    variability: performance.variability,
    arrivals: load.arrivals,
  });
  return {
    resources: size.resources,
    servers: size.servers,
    largestRate: serviceTime > 0 ? (UTILISATION_CAP * servers) / serviceTime : Infinity,
    memoryLimit: countedMemory(size.resources),
    provenance: PROVENANCE,
    at: (load): ReplicaReading | undefined => {
      const queue = queueOf(load);
      const utilisation = utilisationOf(queue);
      if (utilisation >= 1) return undefined;
      const waiting = waitingIn(queue);
      const meanTime = waiting.mean + serviceTime + performance.idleSeconds;
      const variance =
        waiting.share * waiting.conditionalSquare -
        waiting.mean ** 2 +
        (serviceTime * performance.variability) ** 2;
      const present = requestsPresent(load, meanTime, waiting);
      return {
        utilisation,
        meanTime,
        variance,
        memory: performance.baseMemory + performance.memoryPerRequest * present,
        masses: (grid) => grid.afterWaiting(workOf(grid), waiting),
      };
    },
  };
}

/** Distribution of a request's work and idle time, kept for the grids it was asked for. */
function workDistributions(performance: QueueingService, serviceTime: number): (grid: TimeGrid) => Masses {
  const known = new WeakMap<TimeGrid, Masses>();
  return (grid) => {
    const found = known.get(grid);
    if (found !== undefined) return found;
    const busy = grid.gamma(serviceTime, performance.variability);
    const { idleSeconds } = performance;
    const work = idleSeconds > 0 ? grid.sum(busy, grid.constant(idleSeconds)) : busy;
    known.set(grid, work);
    return work;
  };
}

/**
 * An unusually large number of requests in a replica: three standard deviations above the mean of Little's law. Those not
 * waiting vary as a Poisson number does; those waiting as their conditional mean and mean square say.
 */
function requestsPresent(load: ReplicaLoad, meanTime: number, waiting: Waiting): number {
  const mean = load.rate * (meanTime + load.callSeconds);
  const queued = load.rate * waiting.mean;
  const queuedSquare = waiting.share * load.rate ** 2 * waiting.conditionalSquare;
  return mean + MEMORY_DEVIATIONS * Math.sqrt(Math.max(0, mean + queuedSquare - queued ** 2));
}
