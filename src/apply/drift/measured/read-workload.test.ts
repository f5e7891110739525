import { describe, expect, it } from 'vitest';
import { MONDAY, buckets, plannedChat, steady, worldSource } from '../testing/metric-world.ts';
import type { World } from '../testing/metric-world.ts';
import { quantile } from './histogram.ts';
import { hourEndingAt, hourName, hourlyTimes } from './metric-source.ts';
import type { PlannedWorkload } from './planned-workload.ts';
import { histogramOver } from './read-series.ts';
import { readWorkload } from './read-workload.ts';

const WEEK = 7 * 86_400;

function read(world: World, planned: PlannedWorkload = plannedChat(), asked: string[] = []) {
  const times = hourlyTimes(MONDAY + WEEK, WEEK);
  return readWorkload({ source: worldSource(world, asked), times }, planned);
}

describe('hours', () => {
  it('are whole, end before now, and know their place in the week', () => {
    const times = hourlyTimes(MONDAY + WEEK + 1799, WEEK);
    expect(times).toEqual({ start: MONDAY + 3600, end: MONDAY + WEEK, step: 3600 });
    expect(hourEndingAt(times.start)).toBe(0);
    expect(hourEndingAt(times.end)).toBe(167);
    expect(hourName(38)).toBe('Tue 14:00 UTC');
  });

  it('are at least one', () => {
    expect(hourlyTimes(MONDAY + 60, 60)).toEqual({ start: MONDAY, end: MONDAY, step: 3600 });
  });
});

describe('metrics of an engine', () => {
  it('are read by their newest names, in PromQL that names the pods', async () => {
    const asked: string[] = [];
    const found = await read(
      {
        'vllm:time_to_first_token_seconds_bucket': buckets([
          [0.1, 50],
          [0.5, 99],
          [Infinity, 100],
        ]),
        'vllm:time_to_first_token_seconds_sum': steady(20),
        'vllm:request_success_total': steady(9),
        'vllm:request_prompt_tokens_bucket': buckets([
          [1000, 50],
          [Infinity, 100],
        ]),
        'vllm:request_prompt_tokens_sum': steady(100_000),
        kube_pod_status_ready: steady(2),
      },
      plannedChat(),
      asked,
    );
    expect(quantile(histogramOver(found.ttft!)!, 0.9)).toMatchObject({ low: 0.1, high: 0.5 });
    expect(found.isl).toMatchObject({ metric: 'vllm:request_prompt_tokens', mean: 1000 });
    expect(found.requestRate?.hours.get(5)).toEqual({ mean: 9, samples: 1 });
    expect(found.pods?.metric).toBe('kube_pod_status_ready');
    expect(found.missing).toEqual([
      'time per output token',
      'end-to-end latency',
      'output lengths',
      'prefix hit rate',
    ]);
    expect(asked).toContain(
      'sum by (le) (increase(vllm:time_to_first_token_seconds_bucket{namespace="llm",pod=~"chat-a-[a-z0-9]+-[a-z0-9]+"}[1h]))',
    );
  });

  it('fall back to names of the engine’s earlier generation, said to be of tokens', async () => {
    const found = await read({
      'vllm:time_per_output_token_seconds_bucket': buckets([
        [0.1, 5],
        [Infinity, 5],
      ]),
      'vllm:time_per_output_token_seconds_sum': steady(0.2),
      'vllm:gpu_prefix_cache_hits_total': steady(2),
      'vllm:gpu_prefix_cache_queries_total': steady(8),
      'vllm:generation_tokens_total': steady(500),
      'vllm:request_success_total': steady(2),
      'vllm:gpu_cache_usage_perc': steady(0.5),
    });
    expect(found.tpot).toMatchObject({ metric: 'vllm:time_per_output_token_seconds', isPerToken: true });
    expect(found.prefixHitRate?.value).toBe(0.25);
    expect(found.osl).toMatchObject({ metric: 'vllm:generation_tokens_total', mean: 250 });
    expect(found.kvPeak?.metric).toBe('vllm:gpu_cache_usage_perc');
  });

  it('are asked of prefill pods for first tokens and of decode pods for the rest, where they are apart', async () => {
    const asked: string[] = [];
    const [set] = plannedChat().podSets;
    const podSets = [
      { ...set!, pods: 'p-.*', role: 'prefill' as const },
      { ...set!, pods: 'd-.*', role: 'decode' as const },
    ];
    await read({}, plannedChat({ podSets }), asked);
    const about = (metric: string) => asked.filter((query) => query.includes(metric)).join('\n');
    expect(about('time_to_first_token')).toMatch(/p-/);
    expect(about('time_to_first_token')).not.toMatch(/d-/);
    expect(about('request_success_total')).toMatch(/pod=~"d-\.\*"/);
    expect(about('e2e_request')).toBe('');
  });

  it('count pods by the engine’s own gauge only where every pod has one', async () => {
    const world = { 'count by (pod)': steady(2) };
    expect((await read(world)).pods?.metric).toBe('vllm:kv_cache_usage_perc');
    const podSets = plannedChat().podSets.map((set) => ({ ...set, podsPerReplica: 2 }));
    expect((await read(world, plannedChat({ podSets }))).pods).toBeUndefined();
  });

  it('are not guessed: of nothing measured everything is missing', async () => {
    const found = await read({});
    expect(found.missing).toHaveLength(8);
    const noPods = await read({}, plannedChat({ podSets: [] }));
    expect(noPods.missing.join()).toMatch(/^everything: the plan has no Deployment/);
  });

  it('count clock hours of one hour of the week together', async () => {
    const times = hourlyTimes(MONDAY + 2 * WEEK, 2 * WEEK);
    const rate = (time: number) => (time <= MONDAY + WEEK ? 2 : 4);
    const source = worldSource({ 'vllm:request_success_total': steady(rate) });
    const found = await readWorkload({ source, times }, plannedChat());
    expect(found.requestRate?.hours.size).toBe(168);
    expect(found.requestRate?.hours.get(0)).toEqual({ mean: 3, samples: 2 });
  });
});

describe('metrics of a service', () => {
  it('come from the mesh, in seconds', async () => {
    const found = await read(
      {
        istio_requests_total: steady(5),
        istio_request_duration_milliseconds_bucket: buckets([
          [10, 5],
          [100, 10],
          [Infinity, 10],
        ]),
        istio_request_duration_milliseconds_sum: steady(300),
        container_cpu_usage_seconds_total: steady(1.5),
      },
      plannedChat({
        kind: 'service',
        podSets: [{ namespace: 'shop', name: 'cart', pods: 'cart-.*', podsPerReplica: 1 }],
      }),
    );
    const all = histogramOver(found.e2e!)!;
    expect(quantile(all, 0.99)).toMatchObject({ low: 0.01, high: 0.1 });
    expect(all.sum).toBeCloseTo(168 * 0.3, 9);
    expect(found.missing).toEqual(['ready pods']);
  });
});
