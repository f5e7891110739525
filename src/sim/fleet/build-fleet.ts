import type { RequestColumns } from '../../model/index.ts';
import type { EngineListener } from '../engine-instance.ts';
import { createEngineInstance } from '../stepped-engine.ts';
import { SimulationWorkspace } from '../workspace.ts';
import type { FleetOptions } from './fleet-options.ts';
import { FleetReplica } from './fleet-replica.ts';
import type { FleetRun } from './fleet-run.ts';
import type { TimelineRecorder } from './timeline.ts';

/** The run that replicas report to; set once they are built, before time passes. */
export interface RunReference {
  run: FleetRun | undefined;
}

/** Refuses pools that do not make a fleet. Throws RangeError. */
export function checkPools({ pools, transfer }: FleetOptions): void {
  const has = (role: string): boolean => pools.some((pool) => pool.role === role);
  if (pools.length === 0) throw new RangeError('a fleet needs a pool');
  if (pools.some(({ replicas }) => replicas.length === 0)) {
    throw new RangeError('every pool needs a replica');
  }
  if (new Set(pools.map(({ name }) => name)).size < pools.length) {
    throw new RangeError('names of pools must differ');
  }
  if (has('prefill') !== has('decode')) {
    throw new RangeError('prefill and decode pools need each other');
  }
  if (has('aggregated') && has('prefill')) {
    throw new RangeError('aggregated pools do not mix with prefill and decode pools');
  }
  if (has('prefill') && transfer === undefined) {
    throw new RangeError('prefill and decode pools need `transfer`');
  }
}

/** Builds the replicas of all pools in order. */
export function buildReplicas(
  { pools }: FleetOptions,
  requests: Omit<RequestColumns, 'arrival'>,
  reference: RunReference,
  timeline: TimelineRecorder | undefined,
): readonly FleetReplica[] {
  const replicas: FleetReplica[] = [];
  pools.forEach((pool, poolIndex) => {
    // Replicas of a pool share memory: a request is in one of them at a time.
    const workspace = new SimulationWorkspace();
    workspace.reserve(requests.isl.length);
    for (const steps of pool.replicas) {
      const peer = replicas.filter(({ place }) => place.role === pool.role).length;
      const place = { index: replicas.length, peer, pool: poolIndex, role: pool.role };
      const listener: EngineListener = {
        firstToken: (id, time) => reference.run!.firstToken(replica, id, time),
        finished: (id, time) => reference.run!.finished(replica, id, time),
      };
      const prefillOnly = pool.role === 'prefill';
      const instance = createEngineInstance({ ...pool, steps, requests, listener, workspace, prefillOnly });
      const replica = new FleetReplica(place, instance, steps, timeline);
      replicas.push(replica);
    }
  });
  return replicas;
}
