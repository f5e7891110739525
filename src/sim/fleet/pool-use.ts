import type { RunMark } from '../clocks/run-tally.ts';
import type { PoolUse, ReplicaPool } from './fleet-options.ts';
import type { FleetReplica } from './fleet-replica.ts';

const START: RunMark = { time: 0, busy: 0, sequenceSeconds: 0, outputTokens: 0 };

/** Marks of all replicas of a fleet at the first measured and at the last arrival. */
export interface FleetMarks {
  readonly started: readonly RunMark[] | undefined;
  readonly drained: readonly RunMark[] | undefined;
}

/** What a pool did between two marks; until its last event where those are of one moment. */
export function poolUse(
  { name, role }: ReplicaPool,
  replicas: readonly FleetReplica[],
  { started, drained }: FleetMarks,
): PoolUse {
  const uses = replicas.map((replica) => {
    const from = started?.[replica.place.index] ?? START;
    const to = drained?.[replica.place.index] ?? START;
    return replica.use(from, to.time > from.time ? to : replica.mark(replica.time));
  });
  const sum = (value: (use: (typeof uses)[number]) => number): number =>
    uses.reduce((total, use) => total + value(use), 0);
  const busy = sum((use) => use.busyShare);
  const loads = replicas.map(({ instance }) => instance.load);
  const promptTokens = loads.reduce((total, load) => total + load.promptTokens, 0);
  const hitTokens = loads.reduce((total, load) => total + load.hitTokens, 0);
  return {
    pool: name,
    role,
    requests: sum((use) => use.requests),
    busyShare: busy / uses.length,
    meanBatch: busy > 0 ? sum((use) => use.meanBatch * use.busyShare) / busy : 0,
    outputTokensPerSecond: sum((use) => use.outputTokensPerSecond),
    peakKvShare: Math.max(...uses.map((use) => use.peakKvShare)),
    preemptions: sum((use) => use.preemptions),
    prefixHitRate: promptTokens > 0 ? hitTokens / promptTokens : 0,
    steps: sum((use) => use.steps),
    replicas: uses,
  };
}
