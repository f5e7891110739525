import { worldSize } from '../model/index.ts';
import { watts } from '../units/index.ts';
import type { Watts } from '../units/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';

/** Load of a replica as a simulation measured it. */
export interface UtilisationEvidence {
  /** Share of time in which a step ran, 0..1. */
  readonly busyShare: number;
  /** Mean sequences in a step; absent counts as a full batch. */
  readonly meanBatch?: number;
}

/** Power of an idle accelerator with a model loaded, over its limit; *assumed* (H100 SXM idles at 70 to 120 W of 700 W). */
const IDLE_SHARE = 0.15;
/** Power of a step that only streams weights, and of one that fills the matrix units; *assumed*, from serving runs at 50 to 90 % of the limit. */
const MEMORY_BOUND_SHARE = 0.55;
const COMPUTE_BOUND_SHARE = 0.9;
/** Sequences at which decode reaches half of the way from memory-bound to compute-bound power; *assumed*. */
const HALF_BATCH = 128;

/**
 * Mean board power of all accelerators of a replica: idle power, and while busy a share of the limit that grows with
 * the batch. An assumption, not a measurement; ± 20 %. Result in watts.
 */
export function replicaPower(c: ReplicaConfiguration, load: UtilisationEvidence): Watts {
  const busy = Math.min(1, Math.max(0, load.busyShare));
  const fill = load.meanBatch === undefined ? 1 : load.meanBatch / (load.meanBatch + HALF_BATCH);
  const active = MEMORY_BOUND_SHARE + (COMPUTE_BOUND_SHARE - MEMORY_BOUND_SHARE) * fill;
  const share = IDLE_SHARE + (active - IDLE_SHARE) * busy;
  return watts(c.accelerator.power * share * worldSize(c.parallelism));
}
