import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_PARALLELISM } from '../../model/index.ts';
import { bytes, gib } from '../../units/index.ts';
import { engineCommand, escapeExpansion, findEngineTable } from './flag-table.ts';
import type { EngineTable } from './flag-table.ts';
import type { Launch } from './launch.ts';
import { SGLANG } from './sglang.ts';
import { ENGINE_TABLES } from './tables.ts';
import { TENSORRT_LLM } from './tensorrt-llm.ts';
import { VLLM } from './vllm.ts';

const LAUNCH: Launch = {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  isPreparedCheckpoint: false,
  servedName: 'meta-llama/Llama-3.1-70B-Instruct',
  role: 'aggregated',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4 },
  weightPrecision: 'bf16',
  kvPrecision: 'bf16',
  batch: { maxBatchedTokens: 8192, maxSequences: 256 },
  maxModelLength: 16_384,
  nodes: 1,
  position: 'single',
};

function argumentsOf(table: EngineTable, version: string, changes: Partial<Launch> = {}): readonly string[] {
  const outcome = engineCommand(table, version, { ...LAUNCH, ...changes }, 'test');
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value.arguments;
}

function problemsOf(table: EngineTable, version: string, changes: Partial<Launch>): readonly string[] {
  const outcome = engineCommand(table, version, { ...LAUNCH, ...changes }, 'test');
  return outcome.ok ? [] : outcome.diagnostics.map((item) => item.code);
}

describe('the vLLM table', () => {
  it('writes every decision of a candidate as one argument (vLLM Engine Arguments)', () => {
    expect(argumentsOf(VLLM, '0.19.1')).toEqual([
      'meta-llama/Llama-3.1-70B-Instruct',
      '--served-model-name=meta-llama/Llama-3.1-70B-Instruct',
      '--host=0.0.0.0',
      '--port=8000',
      '--no-enable-log-requests',
      '--tensor-parallel-size=4',
      '--pipeline-parallel-size=1',
      '--dtype=bfloat16',
      '--kv-cache-dtype=auto',
      '--max-num-batched-tokens=8192',
      '--max-num-seqs=256',
      '--max-model-len=16384',
      '--gpu-memory-utilization=0.9',
      '--enable-chunked-prefill',
      '--enable-prefix-caching',
    ]);
  });

  it('switches request logging off by the flag each version knows (vLLM PR 21739, 29402)', () => {
    const flagsOf = (version: string): readonly string[] =>
      argumentsOf(VLLM, version).filter((argument) => argument.includes('log-requests'));
    expect(flagsOf('0.10.0')).toEqual(['--disable-log-requests']);
    expect(flagsOf('0.10.1')).toEqual(['--no-enable-log-requests']);
    expect(flagsOf('0.19.1')).toEqual(['--no-enable-log-requests']);
  });

  it('starts the nodes of a group natively from 0.12.0 (vLLM PR 23691), and not before', () => {
    const group = { nodes: 2, parallelism: { ...NO_PARALLELISM, tensorParallel: 8, pipelineParallel: 2 } };
    expect(argumentsOf(VLLM, '0.12.0', { ...group, position: 'leader' }).slice(-5)).toEqual([
      '--distributed-executor-backend=mp',
      '--nnodes=2',
      '--node-rank=0',
      '--master-addr=$(LWS_LEADER_ADDRESS)',
      '--master-port=29500',
    ]);
    expect(argumentsOf(VLLM, '0.12.0', { ...group, position: 'worker' }).slice(-6)).toEqual([
      '--distributed-executor-backend=mp',
      '--nnodes=2',
      '--node-rank=$(LWS_WORKER_INDEX)',
      '--master-addr=$(LWS_LEADER_ADDRESS)',
      '--master-port=29500',
      '--headless',
    ]);
    expect(problemsOf(VLLM, '0.11.2', { ...group, position: 'leader' })).toEqual(['synth-unsupported']);
  });

  it('makes fp8 weights while loading, unless the checkpoint already holds them', () => {
    const quantized = (isPreparedCheckpoint: boolean): readonly string[] =>
      argumentsOf(VLLM, '0.19.1', { weightPrecision: 'fp8', isPreparedCheckpoint });
    expect(quantized(false)).toContain('--quantization=fp8');
    expect(quantized(true).filter((argument) => argument.startsWith('--quantization'))).toEqual([]);
    expect(quantized(true).filter((argument) => argument.startsWith('--dtype'))).toEqual([]);
  });

  it('spreads experts and data ranks by their own flags', () => {
    const parallelism = { ...NO_PARALLELISM, tensorParallel: 1, dataParallel: 8, expertParallel: 8 };
    const flags = argumentsOf(VLLM, '0.19.1', { parallelism });
    expect(flags).toContain('--data-parallel-size=8');
    expect(flags).toContain('--enable-expert-parallel');
  });

  it('refuses what it has no flag for, all of it at once', () => {
    const parallelism = { ...NO_PARALLELISM, contextParallel: 2 };
    expect(problemsOf(VLLM, '0.19.1', { parallelism, kvPrecision: 'int4' })).toEqual([
      'synth-unsupported',
      'synth-unsupported',
    ]);
  });
});

describe('the SGLang table', () => {
  it('counts attention data ranks into the tensor size (SGLang DP attention)', () => {
    const parallelism = { ...NO_PARALLELISM, tensorParallel: 2, dataParallel: 4, expertParallel: 8 };
    const flags = argumentsOf(SGLANG, '0.5.5', { parallelism, hasDenseLayers: false });
    expect(flags).toContain('--tp-size=8');
    expect(flags).toContain('--dp-size=4');
    expect(flags).toContain('--enable-dp-attention');
    expect(flags).toContain('--ep-size=8');
  });

  it('cuts dense feed-forwards over all ranks of data-parallel attention, or by a flag not at all', () => {
    const inside = { ...NO_PARALLELISM, tensorParallel: 2, dataParallel: 4 };
    const flagOf = (parallelism: Launch['parallelism']): readonly string[] =>
      argumentsOf(SGLANG, '0.5.14', { parallelism }).filter((flag) => flag.includes('moe-dense'));
    expect(flagOf({ ...inside, feedForwardParallel: 8 })).toEqual([]);
    expect(flagOf({ ...inside, feedForwardParallel: 1 })).toEqual(['--moe-dense-tp-size=1']);
    expect(flagOf({ ...NO_PARALLELISM, dataParallel: 8 })).toEqual(['--moe-dense-tp-size=1']);
    expect(problemsOf(SGLANG, '0.5.14', { parallelism: inside })).toEqual(['synth-unsupported']);
  });

  it('states batch limits of all attention ranks together, because it divides them (server_args.py)', () => {
    const flags = argumentsOf(SGLANG, '0.5.14', { parallelism: { ...NO_PARALLELISM, dataParallel: 4 } });
    expect(flags).toContain('--chunked-prefill-size=32768');
    expect(flags).toContain('--max-running-requests=1024');
  });

  it('takes weights and KV cache as its static share of memory', () => {
    const memory = {
      capacity: gib(80),
      weights: gib(35),
      activations: gib(2),
      reserve: gib(9),
      kvCache: 34 * 2 ** 30,
      kvBlocks: 1,
      blockTokens: 16,
    };
    // (35 + 34) / 80 = 0.8625, rounded down.
    expect(argumentsOf(SGLANG, '0.5.5', { memory })).toContain('--mem-fraction-static=0.862');
    const full = { ...memory, kvCache: -1, weights: bytes(memory.capacity) };
    expect(argumentsOf(SGLANG, '0.5.5', { memory: full }).join(' ')).not.toContain('mem-fraction');
  });

  it('gives every node of a group its rank and the address of the first', () => {
    const flags = argumentsOf(SGLANG, '0.5.5', { nodes: 2, position: 'worker' });
    expect(flags.slice(-3)).toEqual([
      '--nnodes=2',
      '--node-rank=$(LWS_WORKER_INDEX)',
      '--dist-init-addr=$(LWS_LEADER_ADDRESS):29500',
    ]);
  });
});

describe('prefill and decode apart', () => {
  const roles = ['prefill', 'decode'] as const;
  const environmentOf = (table: EngineTable, version: string, changes: Partial<Launch>): unknown => {
    const outcome = engineCommand(table, version, { ...LAUNCH, ...changes }, 'test');
    return outcome.ok ? outcome.value.environment : outcome.diagnostics;
  };

  it('vLLM hands KV caches over by its NIXL connector (NixlConnector Usage Guide)', () => {
    const [prefill, decode] = roles.map((role) => argumentsOf(VLLM, '0.19.0', { role }));
    expect(prefill).toContain(
      '--kv-transfer-config={"kv_connector":"NixlConnector","kv_role":"kv_producer"}',
    );
    expect(decode).toContain('--kv-transfer-config={"kv_connector":"NixlConnector","kv_role":"kv_consumer"}');
    expect(environmentOf(VLLM, '0.19.0', { role: 'decode' })).toEqual([
      ['VLLM_NIXL_SIDE_CHANNEL_HOST', { fieldPath: 'status.podIP' }],
      ['VLLM_NIXL_SIDE_CHANNEL_PORT', '5600'],
    ]);
    expect(VLLM.handOverPorts('prefill')).toEqual([{ name: 'nixl', port: 5600 }]);
  });

  it('SGLang names the role, the way of transfer and the bootstrap port (PD Disaggregation)', () => {
    for (const role of roles) {
      expect(argumentsOf(SGLANG, '0.5.14', { role }).slice(-3)).toEqual([
        `--disaggregation-mode=${role}`,
        '--disaggregation-transfer-backend=nixl',
        '--disaggregation-bootstrap-port=8998',
      ]);
    }
    expect(SGLANG.handOverPorts('decode')).toEqual([]);
  });

  it('aggregated replicas get none of it', () => {
    expect(argumentsOf(VLLM, '0.19.0').join(' ')).not.toContain('kv-transfer');
    expect(argumentsOf(SGLANG, '0.5.14').join(' ')).not.toContain('disaggregation');
    expect(environmentOf(VLLM, '0.19.0', {})).toEqual([]);
  });

  it('is refused before the connector was documented, with a pipeline on vLLM, and on TensorRT-LLM', () => {
    const parallelism = { ...NO_PARALLELISM, tensorParallel: 4, pipelineParallel: 2 };
    expect(problemsOf(VLLM, '0.10.2', { role: 'prefill' })).toEqual(['synth-unsupported']);
    expect(problemsOf(VLLM, '0.19.0', { role: 'prefill', parallelism })).toEqual(['synth-unsupported']);
    expect(problemsOf(TENSORRT_LLM, '1.3.0rc20', { role: 'decode' })).toEqual(['synth-unsupported']);
  });

  it('layers per stage go into a variable, or the options file of TensorRT-LLM', () => {
    const uneven = {
      parallelism: { ...NO_PARALLELISM, tensorParallel: 4, pipelineParallel: 2 },
      stageLayers: [38, 42],
    };
    expect(environmentOf(VLLM, '0.19.0', uneven)).toEqual([['VLLM_PP_LAYER_PARTITION', '38,42']]);
    expect(environmentOf(SGLANG, '0.5.14', uneven)).toEqual([['SGLANG_PP_LAYER_PARTITION', '38,42']]);
    const written = engineCommand(TENSORRT_LLM, '1.3.0rc20', { ...LAUNCH, ...uneven }, 'test');
    expect(written.ok && written.value.config?.['pp_partition']).toEqual([38, 42]);
  });
});

describe('the TensorRT-LLM table', () => {
  it('puts decisions without a flag into the options file', () => {
    const outcome = engineCommand(TENSORRT_LLM, '1.2.0', { ...LAUNCH, kvPrecision: 'fp8' }, 'test');
    expect(outcome.ok && outcome.value.config).toEqual({
      enable_chunked_prefill: true,
      return_perf_metrics: true,
      kv_cache_config: { enable_block_reuse: true, dtype: 'fp8' },
    });
    expect(outcome.ok && outcome.value.arguments).toContain(
      '--extra_llm_api_options=/etc/plimsoll/config.yaml',
    );
  });

  it('needs a prepared checkpoint for fp8, and one node', () => {
    expect(problemsOf(TENSORRT_LLM, '1.2.0', { weightPrecision: 'fp8' })).toEqual(['synth-unsupported']);
    expect(problemsOf(TENSORRT_LLM, '1.2.0', { weightPrecision: 'fp8', isPreparedCheckpoint: true })).toEqual(
      [],
    );
    expect(problemsOf(TENSORRT_LLM, '1.2.0', { nodes: 2, position: 'leader' })).toEqual([
      'synth-unsupported',
    ]);
  });
});

describe('every table', () => {
  it.each(ENGINE_TABLES.map((table) => [table.engine, table] as const))(
    '%s states a source for each row and covers the version it starts with',
    (_, table) => {
      expect(table.versions.from).toBeDefined();
      for (const row of [...table.rows, ...table.configRows]) expect(row.source).not.toBe('');
      const flags = argumentsOf(table, table.versions.from ?? '');
      expect(new Set(flags).size).toBe(flags.length);
    },
  );

  it.each(ENGINE_TABLES.map((table) => [table.engine, table] as const))(
    '%s expands no variable in user values',
    (_, table) => {
      const flags = argumentsOf(table, table.versions.from ?? '', {
        model: 'a/$(SECRET)',
        servedName: '$(S)',
      });
      expect(flags.map(expand).join(' ')).not.toContain('EXPANDED');
    },
  );

  it('is found by its engine, or the closest name is offered', () => {
    expect(findEngineTable(ENGINE_TABLES, 'vllm', '').ok).toBe(true);
    const missing = findEngineTable(ENGINE_TABLES, 'tensort-llm', '');
    expect(missing.diagnostics[0]?.fix).toContain('"tensorrt-llm"');
  });
});

/** Expansion as Kubernetes does it with every variable known (k8s.io/kubernetes third_party/forked/golang/expansion). */
function expand(text: string): string {
  return text.replaceAll(/\$(?:(\$)|\(([^)]*)\))/g, (_, dollar: string | undefined) => dollar ?? 'EXPANDED');
}

describe('escaping', () => {
  it('makes Kubernetes give back any text as it was', () => {
    const pieces = fc.array(fc.constantFrom('$', '$$', '(', ')', '$(A)', 'a', '-', ' '), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(expand(escapeExpansion(text))).toBe(text);
      }),
    );
  });

  it('is needed: unescaped text would be expanded', () => {
    expect(expand('a$(HF_TOKEN)')).toBe('aEXPANDED');
    expect(expand('$$$(HF_TOKEN)')).toBe('$EXPANDED');
  });
});
