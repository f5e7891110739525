import { worldSize } from '../model/index.ts';
import type { Seconds } from '../units/index.ts';
import { networkBandwidth } from './collectives.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { BYTES_PER_PARAMETER } from './precision.ts';
import type { ReplicaPerformance } from './replica-performance.ts';

/** How the KV of prompts gets from prefill to decode replicas; what the fleet simulation calls a transfer. */
export interface KvLink {
  /** KV bytes of one prompt token over all layers. */
  readonly bytesPerToken: number;
  /** Of every prefill replica, and of every decode replica, bytes per second. */
  readonly sendBandwidth: number;
  readonly receiveBandwidth: number;
  /** From the last byte sent until the decode replica may schedule the request. */
  readonly latency: Seconds;
}

/**
 * The link between prefill and decode replicas of one model: every accelerator of a replica has its share of the network between
 * nodes. Only layers that keep the whole context count; a window or a fixed state is small beside them. Both sides must
 * keep KV in one precision.
 */
export function kvLink(
  prefill: ReplicaConfiguration,
  decode: ReplicaConfiguration,
  { handover }: Pick<ReplicaPerformance, 'handover'>,
): KvLink {
  return {
    bytesPerToken: prefill.architecture.kvElementsPerToken * BYTES_PER_PARAMETER[prefill.kvPrecision],
    sendBandwidth: linkBandwidth(prefill),
    receiveBandwidth: linkBandwidth(decode),
    latency: handover,
  };
}

function linkBandwidth(c: ReplicaConfiguration): number {
  return networkBandwidth(c) * worldSize(c.parallelism);
}
