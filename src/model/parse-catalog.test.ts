import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCatalogDocument, parseModel } from './index.ts';
import type { CatalogDocument, ModelDocument } from './index.ts';

/** `config.json` of meta-llama/Llama-3.1-8B-Instruct. */
const LLAMA_8B: ModelDocument = {
  name: 'meta-llama/Llama-3.1-8B-Instruct',
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  vocabulary: 128_256,
  maxContext: 131_072,
  intermediate: 14_336,
};

/** `config.json` of mistralai/Mixtral-8x7B-v0.1. */
const MIXTRAL: ModelDocument = {
  name: 'mistralai/Mixtral-8x7B-v0.1',
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  vocabulary: 32_000,
  maxContext: 32_768,
  intermediate: 0,
  moe: { experts: 8, topK: 2, intermediate: 14_336 },
};

const DATA = path.resolve(import.meta.dirname, '../../../shared/data/models.csv');

describe('derived sizes of a model', () => {
  it('are 8,030,261,248 parameters and 65,536 cached elements per token for Llama 3.1 8B (Hugging Face model card, safetensors count)', () => {
    const model = parseModel(LLAMA_8B);
    expect(model.parameters).toEqual({ total: 8_030_261_248, active: 8_030_261_248 });
    expect(model.kvElementsPerToken).toBe(65_536);
    expect(model).toMatchObject({ kind: 'dense', headDim: 128, attention: { full: 32, window: 0 } });
  });

  it('are 46.70 billion parameters, 12.88 billion active, for Mixtral 8x7B (Jiang et al. 2024: 47B and 13B; safetensors 46,702,792,704)', () => {
    const model = parseModel(MIXTRAL);
    expect(model.parameters.total).toBe(46_702_792_704);
    expect(model.parameters.active / 1e9).toBeCloseTo(12.88, 2);
    expect(model).toMatchObject({
      kind: 'moe',
      dense: { layers: 0 },
      moe: { layers: 32, sharedIntermediate: 0 },
    });
  });

  it('count one embedding when it is tied, and caches of window layers apart', () => {
    const tied = parseModel({ ...LLAMA_8B, tiedEmbeddings: true, windowLayers: 24, windowTokens: 1024 });
    expect(8_030_261_248 - tied.parameters.total).toBe(128_256 * 4096);
    expect(tied.kvElementsPerToken).toBe(8 * 2 * 8 * 128);
    expect(tied.kvWindowElementsPerToken).toBe(24 * 2 * 8 * 128);
  });

  it.skipIf(!existsSync(DATA))(
    'agree with the rows of models.csv for ordinary Llama models (shared data; skipped where absent)',
    () => {
      const [header = '', ...lines] = readFileSync(DATA, 'utf8').trim().split('\n');
      const names = header.split(',');
      const rows = lines
        .map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])))
        .filter((row) => row['architecture'] === 'LlamaForCausalLM' && row['linear_layers'] === '0');
      expect(rows.length).toBeGreaterThan(2);
      for (const row of rows) {
        const of = (name: string) => Number(row[name]);
        const model = parseModel({
          name: row['model'] ?? '',
          layers: of('layers'),
          hidden: of('hidden'),
          heads: of('heads'),
          kvHeads: of('kv_heads'),
          headDim: of('head_dim'),
          vocabulary: of('vocab'),
          tiedEmbeddings: row['tied_embeddings'] === 'yes',
          maxContext: of('max_context'),
          intermediate: of('dense_ffn'),
        });
        expect([model.name, model.kvElementsPerToken]).toEqual([model.name, of('kv_elems_per_token')]);
        expect(Math.abs(model.parameters.total / 1e9 - of('params_total_b'))).toBeLessThan(0.006);
      }
    },
  );
});

const CATALOG: CatalogDocument = {
  accelerators: [
    {
      name: 'mi325x',
      vendor: 'AMD',
      architecture: 'cdna3',
      memory: '256GB',
      memoryBandwidth: '6000GB/s',
      teraflops: { bf16: 1307, fp8: 2615 },
      powerWatts: 1000,
      link: { kind: 'infinity-fabric', bandwidth: '448GB/s' },
    },
  ],
  instanceTypes: [
    {
      name: 'rack8.large',
      provider: 'ours',
      vcpus: 192,
      memory: '2048GiB',
      accelerator: { name: 'mi325x', count: 8 },
      network: '3200Gbit/s',
    },
  ],
  prices: [
    {
      provider: 'ours',
      region: 'hall-1',
      instanceType: 'rack8.large',
      capacityType: 'owned',
      price: '21.50 USD/hour',
      source: 'depreciation',
      date: '2026-01-31',
    },
  ],
  interruptions: [
    {
      provider: 'aws',
      region: 'us-east-1',
      instanceType: 'g6e.12xlarge',
      monthlyLow: '5%',
      monthlyHigh: '10%',
      source: 'own records',
      date: '2026-01-31',
    },
  ],
  models: [LLAMA_8B],
};

describe('a catalogue document', () => {
  it('becomes records in base units with the stated defaults', () => {
    const outcome = parseCatalogDocument(CATALOG);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { accelerators, instanceTypes, prices, interruptions, models } = outcome.value;
    expect(accelerators[0]).toMatchObject({
      memory: 256e9,
      memoryBandwidth: 6e12,
      peakFlops: { bf16: 1307e12, fp8: 2615e12 },
      resourceName: 'amd.com/gpu',
      provenance: { evidence: 'assumed' },
    });
    expect(instanceTypes[0]).toMatchObject({
      family: 'rack8',
      cpuArchitecture: 'amd64',
      networkBandwidth: 4e11,
      allocatable: { pods: 110 },
    });
    expect(prices[0]).toMatchObject({
      price: 21_500_000,
      zone: '',
      isEstimate: false,
      provenance: { date: '2026-01-31' },
    });
    expect(interruptions[0]).toMatchObject({ monthlyLow: 0.05, monthlyHigh: 0.1 });
    expect(models[0]?.name).toBe('meta-llama/Llama-3.1-8B-Instruct');
  });

  it('reserves for the kubelet as EKS documents: 60 + 10 + 2·5 + 4·2.5 millicores of 8, 7.5 % and 1565 MiB of memory', () => {
    const outcome = parseCatalogDocument({
      instanceTypes: [{ name: 'm.2', provider: 'aws', vcpus: 8, memory: '32GiB' }],
    });
    const allocatable = outcome.ok ? outcome.value.instanceTypes[0]?.allocatable : undefined;
    expect(allocatable?.cpuMillicores).toBe(8000 - 90);
    expect(allocatable?.memory).toBe(Math.floor(32_768 * 0.925 - 1565) * 2 ** 20);
  });

  it('may be empty, and names no further files', () => {
    expect(parseCatalogDocument({})).toMatchObject({ ok: true, value: { models: [], prices: [] } });
    expect(parseCatalogDocument({ files: ['x.yaml'] }).diagnostics.map(({ code }) => code)).toEqual([
      'model-unknown-field',
    ]);
  });

  it.each<[string, CatalogDocument, string]>([
    [
      'heads that key-value heads cannot share',
      { models: [{ ...LLAMA_8B, kvHeads: 5 }] },
      'models[0].kvHeads',
    ],
    ['a width that heads do not divide', { models: [{ ...LLAMA_8B, hidden: 4100 }] }, 'models[0].headDim'],
    [
      'window layers without a window',
      { models: [{ ...LLAMA_8B, windowLayers: 4 }] },
      'models[0].windowTokens',
    ],
    [
      'more window layers than layers',
      { models: [{ ...LLAMA_8B, windowLayers: 33, windowTokens: 9 }] },
      'models[0].windowLayers',
    ],
    [
      'dense layers without a width',
      { models: [{ ...LLAMA_8B, intermediate: 0 }] },
      'models[0].intermediate',
    ],
    [
      'more chosen experts than experts',
      { models: [{ ...MIXTRAL, moe: { experts: 2, topK: 3, intermediate: 8 } }] },
      'models[0].moe',
    ],
    [
      'two models of one name',
      { models: [LLAMA_8B, { ...LLAMA_8B, name: LLAMA_8B.name.toUpperCase() }] },
      'models[1]',
    ],
    [
      'a vendor whose resource is unknown',
      { accelerators: [{ ...CATALOG.accelerators![0]!, vendor: 'acme' }] },
      'accelerators[0].resourceName',
    ],
    [
      'an accelerator that computes nothing',
      { accelerators: [{ ...CATALOG.accelerators![0]!, teraflops: {} }] },
      'accelerators[0].teraflops',
    ],
    [
      'a band upside down',
      { interruptions: [{ ...CATALOG.interruptions![0]!, monthlyLow: '20%' }] },
      'interruptions[0].monthlyLow',
    ],
  ])('refuses %s', (_what, document, place) => {
    expect(parseCatalogDocument(document).diagnostics.map(({ code, path: at }) => [code, at])).toEqual([
      ['catalog-invalid-record', place],
    ]);
  });
});
