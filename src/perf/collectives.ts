import type { ReplicaConfiguration } from './configuration.ts';
import type { AcceleratorCoefficients } from './coefficients.ts';
import type { CollectiveLaw } from './laws.ts';

/** Latency of one network hop between nodes; *assumed* (AIConfigurator's default for peer-to-peer, 10 µs). */
export const NODE_LATENCY = 10e-6;
/** Share of a link's nominal bandwidth that collectives reach across nodes; *assumed*. */
const NETWORK_EFFICIENCY = 0.8;
/** Network assumed where the bandwidth is unknown: 200 Gbit/s per accelerator. */
const DEFAULT_NETWORK = 25e9;

/** Bandwidth between nodes per accelerator, bytes/s. */
export function networkBandwidth(c: ReplicaConfiguration): number {
  return c.interNodeBandwidth > 0 ? c.interNodeBandwidth : DEFAULT_NETWORK;
}

/**
 * Time of an all-reduce over `ranks` of `bytes` on each. One rank costs nothing. Inside a node: the fitted
 * latency and bus bandwidth at that size, scaled by the accelerator's link against the measured one's.
 * Across nodes: reduce inside, exchange between nodes over the network, broadcast inside.
 */
export function allReduceTime(
  laws: AcceleratorCoefficients,
  c: ReplicaConfiguration,
  message: { readonly ranks: number; readonly bytes: number },
): number {
  const { ranks, bytes } = message;
  if (ranks <= 1) return 0;
  const local = Math.min(ranks, c.acceleratorsPerNode);
  const nodes = Math.ceil(ranks / local);
  const inside =
    local > 1
      ? collectiveTime(laws, 'allReduce', { ranks: local, bytes: (2 * (local - 1) * bytes) / local }, c)
      : 0;
  const between =
    nodes > 1
      ? NODE_LATENCY * 2 * Math.log2(nodes) +
        ((2 * (nodes - 1)) / nodes) * (bytes / local / (networkBandwidth(c) * NETWORK_EFFICIENCY))
      : 0;
  return inside + between;
}

/** Time of the exchange of `bytes` per rank among the expert-parallel ranks. One rank costs nothing. */
export function allToAllTime(laws: AcceleratorCoefficients, c: ReplicaConfiguration, bytes: number): number {
  const ranks = c.parallelism.expertParallel;
  if (ranks <= 1) return 0;
  const local = Math.min(ranks, c.acceleratorsPerNode);
  const outside = 1 - local / ranks;
  const inside =
    local > 1
      ? collectiveTime(laws, 'allToAll', { ranks: local, bytes: bytes * (1 - 1 / local) * (1 - outside) }, c)
      : 0;
  const between =
    outside > 0 ? NODE_LATENCY + (bytes * outside) / (networkBandwidth(c) * NETWORK_EFFICIENCY) : 0;
  return inside + between;
}

/** Time to hand the activations of a step to the next pipeline stage, which is on another node when a stage fills one. */
export function sendTime(c: ReplicaConfiguration, bytes: number): number {
  const stageRanks = c.parallelism.tensorParallel * c.parallelism.dataParallel;
  const leavesNode = stageRanks * c.parallelism.pipelineParallel > c.acceleratorsPerNode;
  const bandwidth = leavesNode ? networkBandwidth(c) : c.accelerator.link.bandwidth;
  return NODE_LATENCY + bytes / (bandwidth * NETWORK_EFFICIENCY);
}

/**
 * Latency and bus time at a number of ranks: measured sizes exactly, between and beyond them by interpolation in
 * log2(ranks). Bandwidths scale with the accelerator's own link where its coefficients are borrowed.
 */
function collectiveTime(
  laws: AcceleratorCoefficients,
  kind: 'allReduce' | 'allToAll',
  bus: { readonly ranks: number; readonly bytes: number },
  c: ReplicaConfiguration,
): number {
  const table: readonly CollectiveLaw[] = laws[kind];
  const ranks = bus.ranks;
  const upper = table.find((entry) => entry.ranks >= ranks) ?? table.at(-1);
  const lower = table.findLast((entry) => entry.ranks <= ranks) ?? table[0];
  if (upper === undefined || lower === undefined) {
    return NODE_LATENCY + bus.bytes / (c.accelerator.link.bandwidth * NETWORK_EFFICIENCY);
  }
  const span = Math.log2(upper.ranks / lower.ranks);
  const weight = span === 0 ? 0 : Math.log2(ranks / lower.ranks) / span;
  const floor = lower.floor + (upper.floor - lower.floor) * weight;
  const bandwidth = lower.bandwidth + (upper.bandwidth - lower.bandwidth) * weight;
  return floor + bus.bytes / (bandwidth * (c.accelerator.link.bandwidth / laws.linkBandwidth));
}
