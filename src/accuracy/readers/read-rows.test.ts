import { describe, expect, it } from 'vitest';
import { readMeasurements } from '../read-measurements.ts';
import type { RawRow } from './raw-row.ts';
import { readRows } from './read-rows.ts';

function rowsOf(value: unknown): readonly RawRow[] {
  const outcome = readRows(typeof value === 'string' ? value : JSON.stringify(value), 'run.json');
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ code }) => code).join());
  return outcome.value.rows;
}

function fieldsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(rowsOf(value)[0]?.fields ?? []);
}

/** A result of `vllm bench serve --save-result`, made up. */
const VLLM = {
  date: '20260403-101500',
  endpoint_type: 'openai',
  backend: 'openai',
  label: null,
  model_id: 'meta-llama/Llama-3.1-70B',
  num_prompts: 80,
  request_rate: 'inf',
  burstiness: 1,
  max_concurrency: 8,
  duration: 50,
  completed: 80,
  total_input_tokens: 81_920,
  total_output_tokens: 10_240,
  request_throughput: 1.6,
  mean_ttft_ms: 120.5,
  mean_tpot_ms: 14.2,
  mean_itl_ms: 14.3,
};

/** One benchmark of a GuideLLM report, made up. */
const GUIDELLM_BENCHMARK = {
  start_time: 1_775_210_400,
  metrics: {
    request_concurrency: { successful: { mean: 7.8 } },
    prompt_token_count: { successful: { mean: 1023.6 } },
    output_token_count: { successful: { mean: 128 } },
    time_to_first_token_ms: { successful: { mean: 120.5 } },
    time_per_output_token_ms: { successful: { mean: 15 } },
    inter_token_latency_ms: { successful: { mean: 14.2 } },
  },
};

/** The summary of an aiperf profile, made up. */
const AIPERF = {
  schema_version: '1.0',
  input_config: {
    endpoint: { model_names: ['meta-llama/Llama-3.1-70B'], streaming: true },
    loadgen: { concurrency: 8 },
  },
  start_time: '2026-04-03T10:15:00',
  time_to_first_token: { unit: 'ms', avg: 120.5, p50: 118 },
  inter_token_latency: { unit: 'ms', avg: 14.2 },
  input_sequence_length: { unit: 'tokens', avg: 1024 },
  output_sequence_length: { unit: 'tokens', avg: 127.9 },
  request_throughput: { unit: 'requests/sec', avg: 4 },
  request_latency: { unit: 'ms', avg: 2000 },
};

const EXPECTED = { isl: '1024', osl: '128', concurrency: '8', ttft_ms: '120.5', tpot_ms: '14.2' };

describe('the result of vllm bench serve', () => {
  it('gives lengths per request, concurrency, TTFT, TPOT and the day', () => {
    expect(fieldsOf(VLLM)).toEqual({
      ...EXPECTED,
      model: 'meta-llama/Llama-3.1-70B',
      source: 'vllm-bench',
      measured: '2026-04-03',
    });
  });

  it('tells the engine only where its protocol does', () => {
    expect(fieldsOf({ ...VLLM, backend: 'vllm' })['backend']).toBe('vllm');
    expect(fieldsOf(VLLM)).not.toHaveProperty('backend');
  });

  it('in flight by Little’s law without a limit: 1.6/s × (120.5 + 127 × 14.2) ms is 3', () => {
    expect(fieldsOf({ ...VLLM, max_concurrency: null })['concurrency']).toBe('3');
    expect(fieldsOf({ ...VLLM, max_concurrency: null, mean_e2el_ms: 5000 })['concurrency']).toBe('8');
  });

  it('takes what --metadata says of the deployment', () => {
    expect(fieldsOf({ ...VLLM, system: 'h100_sxm', tp: '4' })).toMatchObject({ system: 'h100_sxm', tp: '4' });
  });

  it('may stand in a list or on lines', () => {
    expect(rowsOf([VLLM, { ...VLLM, max_concurrency: 16 }])).toHaveLength(2);
    const lines = rowsOf(`${JSON.stringify(VLLM)}\n\n${JSON.stringify(VLLM)}\n`);
    expect(lines.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('of a run without a completed request has no lengths', () => {
    const fields = fieldsOf({ ...VLLM, completed: 0, mean_ttft_ms: 0, mean_tpot_ms: 0 });
    expect(fields).not.toHaveProperty('isl');
  });
});

describe('a GuideLLM report', () => {
  it('gives one row per benchmark, with the inter-token latency as TPOT', () => {
    const report = {
      args: { backend: { model: 'm' } },
      benchmarks: [GUIDELLM_BENCHMARK, GUIDELLM_BENCHMARK],
    };
    expect(rowsOf(report)).toHaveLength(2);
    expect(fieldsOf(report)).toEqual({ ...EXPECTED, model: 'm', source: 'guidellm', measured: '2026-04-03' });
  });
});

describe('the summary of aiperf and genai-perf', () => {
  it('gives averages, concurrency and model', () => {
    expect(fieldsOf(AIPERF)).toEqual({
      ...EXPECTED,
      model: 'meta-llama/Llama-3.1-70B',
      source: 'aiperf',
      measured: '2026-04-03',
    });
  });

  it('is converted from its own unit', () => {
    const seconds = { ...AIPERF, time_to_first_token: { unit: 's', avg: 0.125 } };
    expect(fieldsOf(seconds)['ttft_ms']).toBe('125');
    const unknown = { ...AIPERF, time_to_first_token: { unit: 'ticks', avg: 7 } };
    expect(fieldsOf(unknown)).not.toHaveProperty('ttft_ms');
  });

  it('is read from the newer configuration with lists of models and phases too', () => {
    const newer = {
      ...AIPERF,
      input_config: {
        models: { items: [{ name: 'm' }] },
        phases: [
          { name: 'warm', concurrency: null },
          { name: 'run', concurrency: 24 },
        ],
      },
    };
    expect(fieldsOf(newer)).toMatchObject({ model: 'm', concurrency: '24' });
    const old = { ...AIPERF, input_config: { model: ['m'], concurrency: 16, request_rate: null } };
    expect(fieldsOf(old)).toMatchObject({ model: 'm', concurrency: '16' });
  });

  it('takes the stimulus of genai-perf, or Little’s law', () => {
    const genai = {
      ...AIPERF,
      input_config: { model_names: ['m'], perf_analyzer: { stimulus: { concurrency: 32 } } },
    };
    expect(fieldsOf(genai)).toMatchObject({ model: 'm', concurrency: '32' });
    expect(fieldsOf({ ...AIPERF, input_config: {} })['concurrency']).toBe('8');
  });
});

describe('a benchmark result that does not say the deployment', () => {
  it('is refused with the flags that would', () => {
    const outcome = readMeasurements(JSON.stringify(VLLM), { fileName: 'run.json' });
    expect(outcome.diagnostics).toEqual([
      expect.objectContaining({
        code: 'accuracy-missing-column',
        fix: expect.stringMatching(/--system.*--engine.*--tp/),
      }),
    ]);
  });

  it('is a measurement with them', () => {
    const outcome = readMeasurements(JSON.stringify(VLLM), {
      fileName: 'run.json',
      deployment: { system: 'h100_sxm', backend: 'vllm', tp: '4', precision: 'fp8' },
    });
    expect(outcome.ok && outcome.value.measurements).toEqual([
      expect.objectContaining({ system: 'h100_sxm', engine: 'vllm', gpus: 4, measured: '2026-04-03' }),
    ]);
  });

  it('of an incomplete kind never throws', () => {
    for (const value of [
      { mean_ttft_ms: 1, mean_tpot_ms: 1 },
      { benchmarks: [{ metrics: { time_to_first_token_ms: null } }, 7, null] },
      { time_to_first_token: { avg: 'x' } },
    ]) {
      expect(readMeasurements(JSON.stringify(value), { fileName: 'run.json' }).ok).toBe(false);
    }
  });
});
