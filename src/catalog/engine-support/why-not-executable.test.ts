import { describe, expect, it } from 'vitest';
import { ENGINE_VERSIONS, NO_PARALLELISM } from '../../model/index.ts';
import type { ModelArchitecture } from '../../model/index.ts';
import { findModel, shippedCatalog } from '../index.ts';
import type { EngineFacts } from './engine-facts.ts';
import { parseVersion } from './engine-version.ts';
import { ENGINE_SUPPORT, whyNotExecutable, whyNotPaired } from './why-not-executable.ts';

function facts(engine: string, changes: Partial<EngineFacts> = {}): EngineFacts {
  return {
    engine,
    version: ENGINE_VERSIONS[engine] ?? '1.0.0',
    role: 'aggregated',
    parallelism: { ...NO_PARALLELISM, tensorParallel: 8 },
    weightPrecision: 'fp8',
    kvPrecision: 'fp8',
    architecture: { kind: 'moe' },
    nodes: 1,
    ...changes,
  };
}

function modelOf(name: string): ModelArchitecture {
  const found = findModel(shippedCatalog(), name);
  if (!found.ok) throw new Error(`no ${name}`);
  return found.value;
}

type Cut = Partial<EngineFacts['parallelism']>;

function reason(engine: string, cut: Cut, changes: Partial<EngineFacts> = {}): string | undefined {
  return whyNotExecutable(facts(engine, { ...changes, parallelism: { ...NO_PARALLELISM, ...cut } }));
}

describe('an engine runs', () => {
  it.each(['vllm', 'sglang', 'tensorrt-llm'])('tensor parallelism and pipelines: %s', (engine) => {
    expect(reason(engine, { tensorParallel: 8 })).toBeUndefined();
    expect(reason(engine, { tensorParallel: 4, pipelineParallel: 2 })).toBeUndefined();
  });

  it.each(['vllm', 'sglang', 'tensorrt-llm'])(
    'data-parallel attention with whole experts on every rank: %s',
    (engine) => {
      expect(reason(engine, { dataParallel: 8, expertParallel: 8 })).toBeUndefined();
    },
  );

  it('anything, where nothing is known about it (assumed)', () => {
    expect(reason('mine', { contextParallel: 3, expertParallel: 7 })).toBeUndefined();
  });

  it('only the versions its table covers', () => {
    expect(whyNotExecutable(facts('vllm', { version: '0.8.5' }))).toContain('not known');
    expect(whyNotExecutable(facts('vllm', { version: 'latest' }))).toContain('not known');
  });
});

describe('experts', () => {
  it('are spread by vLLM over all ranks or none, by the others over part of them (hybrid)', () => {
    const hybrid = { tensorParallel: 8, expertParallel: 4 };
    expect(reason('vllm', hybrid)).toContain('all tensor × data ranks or none');
    expect(reason('sglang', hybrid)).toBeUndefined();
    expect(reason('tensorrt-llm', hybrid)).toBeUndefined();
    expect(reason('vllm', { tensorParallel: 2, dataParallel: 4, expertParallel: 8 })).toBeUndefined();
  });

  it('are never spread over more ranks than a stage has, nor in a dense model', () => {
    expect(reason('sglang', { tensorParallel: 4, expertParallel: 8 })).toContain('groups of its tensor');
    expect(
      reason('sglang', { tensorParallel: 4, expertParallel: 4 }, { architecture: { kind: 'dense' } }),
    ).toContain('dense model');
  });
});

describe('attention data parallel inside a tensor-parallel layer', () => {
  const inside = { tensorParallel: 2, dataParallel: 4, feedForwardParallel: 8 };
  const dense = { architecture: { kind: 'dense' } } as const;

  it('runs on SGLang, of dense models since the release that holds PR 15268', () => {
    expect(reason('sglang', inside)).toBeUndefined();
    expect(reason('sglang', inside, dense)).toBeUndefined();
    expect(reason('sglang', inside, { ...dense, version: '0.5.5' })).toContain('0.5.8');
  });

  it('runs on no other engine', () => {
    expect(reason('vllm', inside)).toContain('by tensor parallelism alone');
    expect(reason('tensorrt-llm', { ...inside, tensorParallel: 1 })).toContain('as it cuts attention');
  });

  it('is what SGLang always does: it cannot cut feed-forwards by the tensor ranks of attention', () => {
    expect(reason('sglang', { tensorParallel: 2, dataParallel: 4 })).toContain(
      'over all tensor × data ranks',
    );
  });

  it('matters only where a model has dense feed-forwards or shared experts', () => {
    const experts = { layers: 48, experts: 128, topK: 8, intermediate: 768, sharedIntermediate: 0 };
    const architecture = { kind: 'moe', dense: { layers: 0, intermediate: 0 }, moe: experts } as const;
    expect(reason('sglang', { tensorParallel: 2, dataParallel: 4 }, { architecture })).toBeUndefined();
    const shared = { ...architecture, moe: { ...experts, sharedIntermediate: 512 } };
    expect(reason('sglang', { tensorParallel: 2, dataParallel: 4 }, { architecture: shared })).toBeDefined();
  });

  it('mixes with tensor-parallel attention everywhere but on TensorRT-LLM', () => {
    expect(reason('vllm', { tensorParallel: 2, dataParallel: 4 })).toBeUndefined();
    expect(reason('tensorrt-llm', { tensorParallel: 2, dataParallel: 4 })).toContain('not both');
  });
});

describe('context parallelism that adds ranks', () => {
  it.each(['vllm', 'sglang', 'tensorrt-llm'])('is run by none: %s', (engine) => {
    expect(reason(engine, { tensorParallel: 4, contextParallel: 2 })).toContain('context parallelism');
  });
});

describe('stages', () => {
  const uneven = [
    { accelerator: 'h100-sxm', layers: 38 },
    { accelerator: 'h100-sxm', layers: 42 },
  ];
  const cut = { tensorParallel: 4, pipelineParallel: 2 };

  it('may hold unlike numbers of layers', () => {
    for (const engine of ['vllm', 'sglang', 'tensorrt-llm'])
      expect(reason(engine, cut, { stages: uneven })).toBeUndefined();
    expect(reason('tensorrt-llm', cut, { stages: uneven, version: '1.1.0' })).toContain('1.2.0');
  });

  it('may not differ in accelerator', () => {
    const mixed = [uneven[0], { accelerator: 'a100-80gb-sxm', layers: 42 }] as typeof uneven;
    expect(reason('vllm', cut, { stages: mixed })).toContain('different accelerators');
  });
});

describe('formats, nodes and roles', () => {
  it('KV caches come in the formats of each engine', () => {
    expect(whyNotExecutable(facts('vllm', { kvPrecision: 'nvfp4' }))).toContain('bf16 or fp8');
    expect(whyNotExecutable(facts('tensorrt-llm', { kvPrecision: 'nvfp4' }))).toBeUndefined();
  });

  it('fp8 weights in blocks are not cut inside a block (Qwen3-235B-A22B-FP8 at tp 8, vLLM issue 17569)', () => {
    const architecture = modelOf('Qwen/Qwen3-235B-A22B');
    for (const engine of ['vllm', 'sglang']) {
      const why = (cut: Cut, weightPrecision: 'fp8-block' | 'fp8' = 'fp8-block'): string | undefined =>
        reason(engine, cut, { architecture, weightPrecision });
      expect(why({ tensorParallel: 8 })).toContain('whole blocks of 128');
      expect(why({ tensorParallel: 4 })).toBeUndefined();
      expect(why({ tensorParallel: 8, expertParallel: 8 })).toBeUndefined();
      expect(why({ tensorParallel: 8 }, 'fp8')).toBeUndefined();
    }
  });

  it('blocks of DeepSeek-R1 are whole at tp 16 and split at tp 32 (SGLang issue 3345)', () => {
    const facts = { architecture: modelOf('deepseek-ai/DeepSeek-R1'), weightPrecision: 'fp8-block' } as const;
    expect(reason('sglang', { tensorParallel: 16 }, facts)).toBeUndefined();
    expect(reason('sglang', { tensorParallel: 32 }, facts)).toContain('whole blocks of 128');
  });

  it('TensorRT-LLM needs an fp8 checkpoint where none can be made, and has no int8', () => {
    expect(whyNotExecutable(facts('tensorrt-llm', { isPreparedCheckpoint: false }))).toContain('fp8');
    expect(whyNotExecutable(facts('tensorrt-llm'))).toBeUndefined();
    expect(whyNotExecutable(facts('vllm', { isPreparedCheckpoint: false }))).toBeUndefined();
    expect(whyNotExecutable(facts('tensorrt-llm', { weightPrecision: 'int8' }))).toContain('int8');
  });

  it('replicas over several nodes run on vLLM from 0.12 and on SGLang', () => {
    expect(whyNotExecutable(facts('vllm', { nodes: 2 }))).toBeUndefined();
    expect(whyNotExecutable(facts('vllm', { nodes: 2, version: '0.11.2' }))).toContain('0.12.0');
    expect(whyNotExecutable(facts('sglang', { nodes: 2 }))).toBeUndefined();
    expect(whyNotExecutable(facts('tensorrt-llm', { nodes: 2 }))).toContain('MPI');
  });

  it('prefill and decode run apart on vLLM without pipelines, on SGLang with them, on TensorRT-LLM not', () => {
    const piped = { tensorParallel: 4, pipelineParallel: 2 };
    expect(whyNotExecutable(facts('vllm', { role: 'prefill' }))).toBeUndefined();
    expect(reason('vllm', piped, { role: 'prefill' })).toContain('pipelines');
    expect(reason('sglang', piped, { role: 'prefill' })).toBeUndefined();
    expect(whyNotExecutable(facts('tensorrt-llm', { role: 'decode' }))).toContain('fixed list');
  });
});

describe('pools are joined', () => {
  const prefill = (engine: string, changes: Partial<EngineFacts> = {}): EngineFacts =>
    facts(engine, { role: 'prefill', ...changes });
  const decode = (engine: string, changes: Partial<EngineFacts> = {}): EngineFacts =>
    facts(engine, { role: 'decode', ...changes });

  it('with another cut on each side', () => {
    const wide = { parallelism: { ...NO_PARALLELISM, dataParallel: 8, expertParallel: 8 } };
    expect(whyNotPaired(prefill('vllm'), decode('vllm', wide))).toBeUndefined();
    expect(whyNotPaired(prefill('mine'), decode('mine', wide))).toBeUndefined();
  });

  it('in one engine, version and KV format only', () => {
    expect(whyNotPaired(prefill('vllm'), decode('sglang'))).toContain('same engine');
    expect(whyNotPaired(prefill('vllm'), decode('vllm', { version: '0.18.0' }))).toContain('same engine');
    expect(whyNotPaired(prefill('mine'), decode('mine', { kvPrecision: 'bf16' }))).toContain('one format');
  });

  it('on SGLang with a decode pipeline of one stage or as many as prefill has', () => {
    const piped = { parallelism: { ...NO_PARALLELISM, tensorParallel: 4, pipelineParallel: 2 } };
    expect(whyNotPaired(prefill('sglang', piped), decode('sglang'))).toBeUndefined();
    expect(whyNotPaired(prefill('sglang', piped), decode('sglang', piped))).toBeUndefined();
    expect(whyNotPaired(prefill('sglang'), decode('sglang', piped))).toContain('as many stages');
  });
});

describe('the tables', () => {
  it('cover the versions that are planned and name a source for every row', () => {
    expect(ENGINE_SUPPORT.map((item) => item.engine)).toEqual(Object.keys(ENGINE_VERSIONS).sort());
    for (const support of ENGINE_SUPPORT) {
      expect(parseVersion(ENGINE_VERSIONS[support.engine] ?? '')).toBeDefined();
      for (const row of [...support.rows, ...support.pairs]) {
        expect(row.source).not.toBe('');
        expect(row.why).toMatch(/^[a-z].*[^.]$/);
      }
    }
  });
});
