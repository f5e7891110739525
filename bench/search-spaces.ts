import type { LengthModel } from '../src/model/index.ts';
import type { SearchFacts } from './search-request.ts';

/** A space small enough to measure whole. */
export interface SearchSpace extends SearchFacts {
  readonly name: string;
}

/** Lognormal lengths as quantiles at 0, 1/16, …, 1; the ends are the 0.2 % and 99.8 % points. Independent of each other. */
function lognormal(isl: readonly [number, number], osl: readonly [number, number]): LengthModel {
  return { inputQuantiles: quantiles(...isl), outputQuantiles: [quantiles(...osl)] };
}

/** Standard normal quantiles at 0.002, 1/16, 2/16, …, 15/16, 0.998. */
const NORMAL = [
  -2.878, -1.534, -1.15, -0.887, -0.674, -0.489, -0.319, -0.157, 0, 0.157, 0.319, 0.489, 0.674, 0.887, 1.15,
  1.534, 2.878,
];

function quantiles(median: number, sigma: number): readonly number[] {
  return NORMAL.map((z) => Math.max(1, Math.round(median * Math.exp(sigma * z))));
}

/** Answers of about 2,000 tokens to prompts of 300 (*assumed*: what a reasoning model writes). */
const REASONING = lognormal([250, 0.7], [1700, 0.6]);
/** Prompts of about 6,000 tokens, answers of 200 (*assumed*: documents with questions). */
const DOCUMENTS = lognormal([5500, 0.35], [180, 0.6]);

const H100 = 'p5.48xlarge';
const H200 = 'p5en.48xlarge';
const A100 = 'p4de.24xlarge';
const L40S = 'g6e.48xlarge';

/**
 * Spaces of which every candidate is measured: dense and mixture-of-experts models, 8 to 64 accelerators, every objective
 * and load form, and what has fooled searches: limits that bind at one end only, prompts that fill the KV cache, bursts, shared
 * prefixes, two accelerators of different price, prefill apart from decode.
 */
export const SPACES: readonly SearchSpace[] = [
  {
    name: 'chat-8b',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'azure-llm-2023-conversation' },
    slo: { ttft: { p99: '1s' }, tpot: { p99: '30ms' } },
    load: { kind: 'most' },
    objective: 'throughput-per-accelerator',
  },
  {
    name: 'chat-70b-tight-tpot',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    precisions: ['fp8'],
    kvPrecisions: ['fp8'],
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'sharegpt' },
    slo: { ttft: { p99: '2s' }, tpot: { p99: '22ms' } },
    load: { kind: 'rate', rate: 4 },
    objective: 'cost-per-token',
  },
  {
    name: 'summaries-70b-tight-ttft',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    precisions: ['fp8'],
    kvPrecisions: ['fp8'],
    cluster: [{ instanceType: H100, accelerators: 64 }],
    traffic: { profile: 'arxiv-summarization' },
    slo: { ttft: { p99: '900ms' }, tpot: { p99: '80ms' } },
    load: { kind: 'rate', rate: 45 },
    objective: 'cost',
  },
  {
    name: 'reasoning-32b',
    model: 'Qwen/Qwen3-32B',
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { lengths: REASONING },
    slo: { ttft: { p99: '3s' }, tpot: { p99: '25ms' } },
    load: { kind: 'rate', rate: 3 },
    objective: 'cost-per-token',
  },
  {
    name: 'code-8b-bursty',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    precisions: ['fp8'],
    kvPrecisions: ['bf16'],
    cluster: [{ instanceType: L40S, accelerators: 32 }],
    traffic: { profile: 'azure-llm-2023-code', burstiness: 3 },
    slo: { ttft: { p99: '4s' }, tpot: { p99: '80ms' } },
    load: { kind: 'rate', rate: 12 },
    objective: 'accelerators',
  },
  {
    name: 'documents-70b-small-kv',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    cluster: [{ instanceType: A100, accelerators: 16 }],
    traffic: { lengths: DOCUMENTS, prefixHitRate: 0.3 },
    slo: { ttft: { p99: '8s' }, tpot: { p99: '150ms' } },
    maxModelLength: 20_480,
    load: { kind: 'most' },
    objective: 'cost-per-token',
  },
  {
    name: 'reasoning-30b-a3b',
    model: 'Qwen/Qwen3-30B-A3B',
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { lengths: REASONING },
    slo: { ttft: { p99: '1s' }, tpot: { p99: '20ms' } },
    load: { kind: 'rate', rate: 5 },
    objective: 'cost-per-token',
  },
  {
    name: 'chat-mixtral',
    model: 'mistralai/Mixtral-8x7B-v0.1',
    precisions: ['fp8'],
    kvPrecisions: ['fp8'],
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'azure-llm-2023-conversation', prefixHitRate: 0.6 },
    slo: { ttft: { p99: '1s' }, tpot: { p99: '35ms' } },
    load: { kind: 'rate', rate: 20 },
    objective: 'cost-per-token',
  },
  {
    name: 'chat-8b-energy',
    model: 'Qwen/Qwen3-8B',
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'sharegpt' },
    slo: { ttft: { p99: '1s' }, tpot: { p99: '20ms' } },
    load: { kind: 'rate', rate: 40 },
    objective: 'energy',
  },
  {
    name: 'chat-deepseek-r1',
    model: 'deepseek-ai/DeepSeek-R1',
    precisions: ['fp8-block'],
    kvPrecisions: ['fp8'],
    cluster: [{ instanceType: H200, accelerators: 8 }],
    traffic: { profile: 'sharegpt' },
    slo: { ttft: { p99: '2s' }, tpot: { p99: '50ms' } },
    load: { kind: 'most' },
    objective: 'throughput-per-accelerator',
  },
  {
    name: 'chat-8b-closed-loop',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    cluster: [{ instanceType: A100, accelerators: 8 }],
    traffic: { profile: 'sharegpt' },
    slo: { ttft: { p99: '500ms' }, tpot: { p99: '25ms' } },
    load: { kind: 'concurrency', clients: 400 },
    objective: 'cost-per-token',
  },
  {
    name: 'chat-32b-two-accelerators',
    model: 'Qwen/Qwen3-32B',
    precisions: ['fp8'],
    kvPrecisions: ['fp8'],
    cluster: [
      { instanceType: H100, accelerators: 8 },
      { instanceType: L40S, accelerators: 24 },
    ],
    traffic: { profile: 'azure-llm-2023-conversation' },
    slo: { ttft: { p99: '2s' }, tpot: { p99: '70ms' } },
    load: { kind: 'rate', rate: 10 },
    objective: 'cost',
  },
  {
    name: 'chat-70b-latency',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    precisions: ['bf16', 'fp8'],
    kvPrecisions: ['bf16'],
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'azure-llm-2023-conversation' },
    slo: { ttft: { p99: '1s' }, tpot: { p99: '60ms' } },
    load: { kind: 'rate', rate: 2 },
    objective: 'latency',
  },
  {
    name: 'chat-405b',
    model: 'meta-llama/Llama-3.1-405B-Instruct',
    precisions: ['fp8'],
    kvPrecisions: ['fp8'],
    cluster: [{ instanceType: H100, accelerators: 64 }],
    traffic: { profile: 'sharegpt' },
    slo: { ttft: { p99: '3s' }, tpot: { p99: '70ms' } },
    load: { kind: 'rate', rate: 8 },
    objective: 'cost-per-token',
  },
  {
    name: 'chat-70b-split',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    cluster: [{ instanceType: H100, accelerators: 8 }],
    traffic: { profile: 'azure-llm-2023-conversation' },
    slo: { ttft: { p99: '2s' }, tpot: { p99: '25ms' } },
    load: { kind: 'most' },
    objective: 'throughput-per-accelerator',
    modes: ['aggregated', 'disaggregated'],
  },
];
