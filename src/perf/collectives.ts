import type { ReplicaConfiguration } from './configuration.ts';
import type { AcceleratorCoefficients } from './coefficients.ts';
import { collectiveSeconds, distinctRanks } from './laws.ts';
import type { CollectiveLaw } from './laws.ts';

/** Latency of one network hop between nodes; *assumed* (AIConfigurator's default for peer-to-peer, 10 µs). */
export const NODE_LATENCY = 10e-6;
/** Share of a link's nominal bandwidth that collectives reach across nodes; *assumed*. */
const NETWORK_EFFICIENCY = 0.8;
/** Network assumed where the bandwidth is unknown: 200 Gbit/s per accelerator. */
const DEFAULT_NETWORK = 25e9;

/**
 * Accelerators whose link reaches beyond a node: racks of 72 GPUs in one NVLink domain (NVIDIA GB200 NVL72 and
 * GB300 NVL72; AIConfigurator systems table, `gpus_per_rack`, 2026-08-21).
 */
const RACK_DOMAINS: Readonly<Record<string, number>> = { gb200: 72, gb300: 72 };

/** What collectives depend on of a configuration. */
type LinkPlace = Pick<
  ReplicaConfiguration,
  'accelerator' | 'acceleratorsPerNode' | 'interNodeBandwidth' | 'parallelism'
>;

/** Accelerators that talk over the fast link: those of a node, or of the rack where the link spans it. */
export function linkDomain(c: LinkPlace): number {
  return Math.max(c.acceleratorsPerNode, RACK_DOMAINS[c.accelerator.name] ?? 1);
}

/** Bandwidth between nodes per accelerator, bytes/s. */
export function networkBandwidth(c: LinkPlace): number {
  return c.interNodeBandwidth > 0 ? c.interNodeBandwidth : DEFAULT_NETWORK;
}

/** A collective of the laws, by the bytes that cross the network for a message among n nodes. */
type Collective = 'allReduce' | 'allGather' | 'reduceScatter' | 'allToAll';
const NETWORK_PASSES: Readonly<Record<Collective, number>> = {
  allReduce: 2,
  allGather: 1,
  reduceScatter: 1,
  allToAll: 1,
};

/** Ranks of a collective and the bytes of its whole buffer on a rank. */
export interface Message {
  readonly ranks: number;
  readonly bytes: number;
}

/**
 * Time of an all-reduce over `ranks` of `bytes` on each. One rank costs nothing. Inside a link domain: the fitted
 * curve, scaled by the accelerator's link against the measured one's. Across domains: reduce inside, exchange over
 * the network, broadcast inside.
 */
export function allReduceTime(laws: AcceleratorCoefficients, c: LinkPlace, message: Message): number {
  return hierarchical(laws, 'allReduce', message, c);
}

/** Time to gather a buffer of `bytes` in all, each rank giving its share; inside and across link domains. */
export function allGatherTime(laws: AcceleratorCoefficients, c: LinkPlace, message: Message): number {
  return hierarchical(laws, 'allGather', message, c);
}

/** Time to sum buffers of `bytes` and leave each rank its share. */
export function reduceScatterTime(laws: AcceleratorCoefficients, c: LinkPlace, message: Message): number {
  return hierarchical(laws, 'reduceScatter', message, c);
}

function hierarchical(
  laws: AcceleratorCoefficients,
  kind: Collective,
  message: Message,
  c: LinkPlace,
): number {
  const { ranks, bytes } = message;
  if (ranks <= 1) return 0;
  const local = Math.min(ranks, linkDomain(c));
  const nodes = Math.ceil(ranks / local);
  const inside = local > 1 ? collectiveTime(laws, kind, { ranks: local, bytes }, c) : 0;
  const passes = NETWORK_PASSES[kind];
  const between =
    nodes > 1
      ? NODE_LATENCY * passes * Math.log2(nodes) +
        ((passes * (nodes - 1)) / nodes) * (bytes / local / (networkBandwidth(c) * NETWORK_EFFICIENCY))
      : 0;
  return inside + between;
}

/**
 * Time of one exchange (dispatch or combine) of `bytes` per rank among the expert-parallel ranks by the library's
 * all-to-all. One rank costs nothing.
 */
export function allToAllTime(laws: AcceleratorCoefficients, c: LinkPlace, bytes: number): number {
  const ranks = c.parallelism.expertParallel;
  if (ranks <= 1) return 0;
  const local = Math.min(ranks, linkDomain(c));
  const outside = 1 - local / ranks;
  const inside =
    local > 1 ? collectiveTime(laws, 'allToAll', { ranks: local, bytes: bytes * (1 - outside) }, c) : 0;
  const between =
    outside > 0 ? NODE_LATENCY + (bytes * outside) / (networkBandwidth(c) * NETWORK_EFFICIENCY) : 0;
  return inside + between;
}

/**
 * Time to bring `tokens` tokens of a rank to their experts and back, by the way of the engine: vLLM gathers all
 * tokens and scatters the sums (its default `allgather_reducescatter`); SGLang uses DeepEP where it was measured and
 * the ranks share a link domain; others exchange the chosen copies with two all-to-alls.
 */
export function expertExchangeTime(
  laws: AcceleratorCoefficients,
  c: ReplicaConfiguration,
  tokens: number,
): number {
  const ranks = c.parallelism.expertParallel;
  const { hidden, moe } = c.architecture;
  if (ranks <= 1 || moe === undefined) return 0;
  const activation = hidden * 2;
  const { exchange } = laws;
  if (c.engine === 'sglang' && exchange !== undefined && ranks <= linkDomain(c)) {
    const ratio = laws.linkBandwidth / c.accelerator.link.bandwidth;
    const { lowLatency: low, highThroughput: high } = exchange;
    const copies = tokens * activation * ratio;
    return Math.min(
      low.floor + (copies * moe.topK) / low.bandwidth,
      high.floor + (copies * distinctRanks(ranks, moe.topK)) / high.bandwidth,
    );
  }
  if (c.engine === 'vllm') {
    const message = { ranks, bytes: tokens * ranks * activation };
    return allGatherTime(laws, c, message) + reduceScatterTime(laws, c, message);
  }
  return 2 * allToAllTime(laws, c, tokens * activation * distinctRanks(ranks, moe.topK));
}

/**
 * Time to hand `bytes` of a rank's activations to the next pipeline stage, over the fast link or the network.
 * No table measures it: latency *assumed*, bandwidth of the link or network at 80 %.
 */
export function sendTime(c: LinkPlace, bytes: number, isNetwork: boolean): number {
  const bandwidth = isNetwork ? networkBandwidth(c) : c.accelerator.link.bandwidth;
  return NODE_LATENCY + bytes / (bandwidth * NETWORK_EFFICIENCY);
}

/**
 * Time of a collective inside a link domain: measured numbers of ranks exactly, between them by interpolation in
 * log2(ranks), beyond the largest its curve with one more step of latency per doubling. What exceeds the latency
 * scales with the accelerator's own link where its coefficients are borrowed.
 */
function collectiveTime(
  laws: AcceleratorCoefficients,
  kind: Collective,
  message: Message,
  c: LinkPlace,
): number {
  const table: readonly CollectiveLaw[] = laws[kind];
  const { ranks, bytes } = message;
  const upper = table.find((entry) => entry.ranks >= ranks) ?? table.at(-1);
  const lower = table.findLast((entry) => entry.ranks <= ranks) ?? table[0];
  if (upper === undefined || lower === undefined) {
    return (
      NODE_LATENCY + (NETWORK_PASSES[kind] * bytes) / (c.accelerator.link.bandwidth * NETWORK_EFFICIENCY)
    );
  }
  const ratio = laws.linkBandwidth / c.accelerator.link.bandwidth;
  const at = (law: CollectiveLaw): number => {
    const floor = law.knots[0]?.[1] ?? 0;
    return floor + (collectiveSeconds(law, bytes) - floor) * ratio;
  };
  const low = at(lower);
  if (upper !== lower) {
    const weight = Math.log2(ranks / lower.ranks) / Math.log2(upper.ranks / lower.ranks);
    return low + (at(upper) - low) * weight;
  }
  if (ranks <= lower.ranks) return low;
  const before = table.at(-2);
  const step =
    before === undefined ? 0 : Math.max(0, (lower.knots[0]?.[1] ?? 0) - (before.knots[0]?.[1] ?? 0));
  return low + Math.log2(ranks / lower.ranks) * step;
}
