import type { EngineName } from '../../../model/index.ts';

/** A histogram by its base name. */
export interface HistogramName {
  readonly name: string;
  /** Seconds, or tokens, of one unit of it; default 1. */
  readonly scale?: number;
  /** One observation per token gap, not per request: its percentiles are not those of a request's mean. */
  readonly isPerToken?: boolean;
}

/** Two counters whose ratio is a mean or a share. */
export interface CounterRatio {
  readonly over: string;
  readonly under: string;
}

/** What an engine is measured by. Of several names the first with data counts: newer ones first. */
export interface EngineMetricNames {
  readonly ttft: readonly HistogramName[];
  readonly tpot: readonly HistogramName[];
  readonly e2e: readonly HistogramName[];
  /** Finished requests. */
  readonly finished: readonly string[];
  readonly isl: readonly (HistogramName | CounterRatio)[];
  readonly osl: readonly (HistogramName | CounterRatio)[];
  /** Prompt tokens found in the prefix cache over all of them. */
  readonly prefixHits: readonly CounterRatio[];
  /** Share of the KV cache in use, 0..1. */
  readonly kvUsage: readonly string[];
  readonly preemptions: readonly string[];
  readonly source: string;
}

/** Metric names by engine. Histograms are named without `_bucket`, `_sum`, `_count`; counters with `_total`. */
export const ENGINE_METRICS: Readonly<Record<EngineName, EngineMetricNames>> = {
  vllm: {
    ttft: [{ name: 'vllm:time_to_first_token_seconds' }],
    tpot: [
      { name: 'vllm:request_time_per_output_token_seconds' },
      { name: 'vllm:inter_token_latency_seconds', isPerToken: true },
      { name: 'vllm:time_per_output_token_seconds', isPerToken: true },
    ],
    e2e: [{ name: 'vllm:e2e_request_latency_seconds' }],
    finished: ['vllm:request_success_total'],
    isl: [
      { name: 'vllm:request_prompt_tokens' },
      { over: 'vllm:prompt_tokens_total', under: 'vllm:request_success_total' },
    ],
    osl: [
      { name: 'vllm:request_generation_tokens' },
      { over: 'vllm:generation_tokens_total', under: 'vllm:request_success_total' },
    ],
    prefixHits: [
      { over: 'vllm:prefix_cache_hits_total', under: 'vllm:prefix_cache_queries_total' },
      { over: 'vllm:gpu_prefix_cache_hits_total', under: 'vllm:gpu_prefix_cache_queries_total' },
    ],
    kvUsage: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
    preemptions: ['vllm:num_preemptions_total'],
    source: 'docs.vllm.ai, Production Metrics 0.5.3 and 0.9.1, Metrics 0.12.0 (read 2026-11)',
  },
  sglang: {
    ttft: [{ name: 'sglang:time_to_first_token_seconds' }],
    tpot: [
      { name: 'sglang:inter_token_latency_seconds', isPerToken: true },
      { name: 'sglang:time_per_output_token_seconds', isPerToken: true },
    ],
    e2e: [{ name: 'sglang:e2e_request_latency_seconds' }],
    finished: ['sglang:num_requests_total'],
    isl: [
      { name: 'sglang:prompt_tokens_histogram' },
      { over: 'sglang:prompt_tokens_total', under: 'sglang:num_requests_total' },
    ],
    osl: [
      { name: 'sglang:generation_tokens_histogram' },
      { over: 'sglang:generation_tokens_total', under: 'sglang:num_requests_total' },
    ],
    prefixHits: [{ over: 'sglang:cached_tokens_total', under: 'sglang:prompt_tokens_total' }],
    kvUsage: ['sglang:token_usage'],
    preemptions: [],
    source: 'docs.sglang.io, Production Metrics (0.5, read 2026-11)',
  },
  'tensorrt-llm': {
    ttft: [{ name: 'trtllm_time_to_first_token_seconds' }],
    tpot: [{ name: 'trtllm_time_per_output_token_seconds' }],
    e2e: [{ name: 'trtllm_e2e_request_latency_seconds' }],
    finished: ['trtllm_request_success_total'],
    isl: [],
    osl: [],
    prefixHits: [],
    kvUsage: ['trtllm_kv_cache_utilization'],
    preemptions: [],
    source: 'nvidia.github.io/TensorRT-LLM, trtllm-serve metrics (1.1, read 2026-11)',
  },
};

/** Requests of services as a service mesh sees them at their destination (istio.io, Istio Standard Metrics, 1.27, read 2026-11). */
export const MESH_METRICS = {
  finished: 'istio_requests_total',
  response: { name: 'istio_request_duration_milliseconds', scale: 1e-3 },
} as const;
