import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelArchitecture } from '../model/index.ts';
import { findAccelerator, findInstanceType, findModel, shippedCatalog } from './index.ts';
import { priceKey } from './keys.ts';
import { checkRecords } from './validate.ts';

const catalog = shippedCatalog();

function model(name: string): ModelArchitecture {
  const found = findModel(catalog, name);
  if (!found.ok) throw new Error(name);
  return found.value;
}

function price(instanceType: string, region: string, capacityType: string): number | undefined {
  const record = catalog.prices.find(
    (item) =>
      item.instanceType === instanceType && item.region === region && item.capacityType === capacityType,
  );
  return record === undefined ? undefined : record.price / 1e6;
}

/** Parameters counted from the dimensions alone: projections, feed-forward, router, embeddings; norms and biases left out. */
function countedParameters(m: ModelArchitecture): number {
  const width = m.heads * m.headDim;
  const plain = m.hidden * (2 * width + 2 * m.kvHeads * m.headDim);
  const latent =
    m.mla === undefined
      ? 0
      : m.hidden * m.mla.queryLora +
        m.mla.queryLora * m.heads * (m.mla.nopeDim + m.mla.ropeDim) +
        m.hidden * (m.mla.kvLora + m.mla.ropeDim) +
        m.mla.kvLora * m.heads * (m.mla.nopeDim + m.mla.valueDim) +
        m.heads * m.mla.valueDim * m.hidden;
  const attention = (m.attention.full + m.attention.window) * (m.mla === undefined ? plain : latent);
  const dense = m.dense.layers * 3 * m.hidden * m.dense.intermediate;
  const moe =
    m.moe === undefined
      ? 0
      : m.moe.layers *
        (3 * m.hidden * (m.moe.experts * m.moe.intermediate + m.moe.sharedIntermediate) +
          m.hidden * m.moe.experts);
  return attention + dense + moe + m.vocabulary * m.hidden * (m.tiedEmbeddings ? 1 : 2);
}

describe('the shipped catalogue', () => {
  it.each([
    'a100-40gb-sxm',
    'a100-80gb-sxm',
    'h100-sxm',
    'h100-pcie',
    'h200',
    'b200',
    'b300',
    'gb200',
    'gb300',
    'l4',
    'l40s',
    'a10g',
    't4',
    'v100',
    'rtx-pro-6000',
    'mi300x',
    'tpu-v5e',
    'tpu-v6e',
    'trainium2',
    'b60',
  ])('knows the accelerator %s', (name) => {
    expect(findAccelerator(catalog, name).ok).toBe(true);
  });

  it.each([
    ['H100', 'h100-sxm'],
    ['h100_sxm', 'h100-sxm'],
    ['A100', 'a100-40gb-sxm'],
    ['A100-80GB', 'a100-80gb-sxm'],
    ['rtx_pro_6000_server', 'rtx-pro-6000'],
    ['RTXPRO6000', 'rtx-pro-6000'],
    ['tpu-v5litepod', 'tpu-v5e'],
  ])('understands %s, as other tools call it, to be %s', (alias, name) => {
    const found = findAccelerator(catalog, alias);
    expect(found.ok && found.value.name).toBe(name);
  });

  it('gives dense peaks: H100 SXM 989 TFLOP/s bf16 and 1,979 fp8, half of the sparse numbers of the vendor sheet', () => {
    const found = findAccelerator(catalog, 'h100-sxm');
    if (!found.ok) throw new Error();
    expect(found.value.peakFlops.bf16).toBeCloseTo(989e12, -12);
    expect(found.value.peakFlops.fp8).toBeCloseTo(1978e12, -12);
    expect(found.value.memory).toBe(80 * 2 ** 30);
    expect(found.value.peakFlops.fp4).toBeUndefined();
  });

  it('asks Kubernetes for each vendor by the name of its device plugin', () => {
    const names = new Map(catalog.accelerators.map((item) => [item.vendor, item.resourceName]));
    expect(Object.fromEntries(names)).toEqual({
      nvidia: 'nvidia.com/gpu',
      amd: 'amd.com/gpu',
      google: 'google.com/tpu',
      aws: 'aws.amazon.com/neuron',
      intel: 'gpu.intel.com/xe',
    });
  });

  it('passes its own validation as a whole', () => {
    expect(checkRecords(catalog, catalog)).toEqual([]);
  });

  it('has one record per name and per price, and no alias that two accelerators or two models share', () => {
    const keys = catalog.prices.map(priceKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const list of [catalog.accelerators, catalog.models]) {
      const names = list.flatMap((item) => [item.name, ...item.aliases]).map((name) => name.toLowerCase());
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it('says source and date of every record', () => {
    const { accelerators, instanceTypes, prices, interruptions, models } = catalog;
    const records = [...accelerators, ...instanceTypes, ...prices, ...interruptions, ...models];
    const bare = records.filter(
      (record) =>
        record.provenance.source === '' || !/^\d{4}-\d{2}-\d{2}$/.test(record.provenance.date ?? ''),
    );
    expect(bare).toEqual([]);
  });

  it('keeps its data files below 2.5 MB', () => {
    const folder = path.join(import.meta.dirname, 'data');
    const total = readdirSync(folder).reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
    expect(total).toBeLessThan(2.5e6);
  });
});

describe('shipped instance types and prices', () => {
  it('sells p5.48xlarge in us-east-1 for 55.04 USD per hour on demand (AWS price list, 2026-07)', () => {
    expect(price('p5.48xlarge', 'us-east-1', 'on-demand')).toBe(55.04);
  });

  it.each(['p5.48xlarge', 'p4de.24xlarge', 'g6e.12xlarge'])(
    'has an on-demand price, a lower spot estimate and a band for %s in us-east-1',
    (name) => {
      const spot = catalog.prices.find(
        (item) => item.instanceType === name && item.region === 'us-east-1' && item.capacityType === 'spot',
      );
      expect(spot?.isEstimate).toBe(true);
      expect(spot?.provenance.source ?? '').toMatch(/2026-07-20.*2025-06-28/);
      expect(price(name, 'us-east-1', 'spot') ?? Infinity).toBeLessThan(
        price(name, 'us-east-1', 'on-demand') ?? 0,
      );
      expect(
        catalog.interruptions.some((item) => item.instanceType === name && item.region === 'us-east-1'),
      ).toBe(true);
    },
  );

  it('tells the 40 GB A100 of p4d from the 80 GB one of p4de', () => {
    const accelerators = ['p4d.24xlarge', 'p4de.24xlarge'].map((name) => {
      const found = findInstanceType(catalog, name, { provider: 'aws' });
      return found.ok ? found.value.accelerator : undefined;
    });
    expect(accelerators).toEqual([
      { name: 'a100-40gb-sxm', count: 8 },
      { name: 'a100-80gb-sxm', count: 8 },
    ]);
  });

  it('has eight accelerators and 1,900 GiB on the Azure ND H100 v5', () => {
    const found = findInstanceType(catalog, 'Standard_ND96isr_H100_v5', { provider: 'azure' });
    if (!found.ok) throw new Error();
    expect(found.value.accelerator).toEqual({ name: 'h100-sxm', count: 8 });
    expect(found.value.memory).toBe(1900 * 2 ** 30);
  });

  it('holds the models of the largest benchmarks with their published shapes', () => {
    const shapeOf = (name: string): unknown => {
      const found = findModel(catalog, name);
      if (!found.ok) return undefined;
      const { layers, hidden, mla, moe } = found.value;
      return [layers, hidden, mla !== undefined, moe?.experts, moe?.topK];
    };
    expect(shapeOf('meta-llama/Llama-3.1-405B-Instruct')).toEqual([126, 16_384, false, undefined, undefined]);
    expect(shapeOf('deepseek-ai/DeepSeek-V3')).toEqual([61, 7168, true, 256, 8]);
    expect(shapeOf('deepseek-ai/DeepSeek-R1')).toEqual([61, 7168, true, 256, 8]);
    expect(shapeOf('moonshotai/Kimi-K2-Instruct')).toEqual([61, 7168, true, 384, 8]);
  });

  it('joins the nodes of GB200 NVL72 racks: 72 accelerators over the fast link, 4 per node', () => {
    const racks = catalog.instanceTypes.filter((item) => item.accelerator?.linkDomain !== undefined);
    expect(racks.map((item) => `${item.provider}/${item.name}`)).toEqual([
      'aws/p6e-gb200.36xlarge',
      'azure/Standard_ND128isr_NDR_GB200_v6',
      'gcp/a4x-highgpu-4g',
    ]);
    for (const { accelerator } of racks) {
      expect(accelerator).toEqual({ name: 'gb200', count: 4, linkDomain: 72 });
    }
    const others = catalog.instanceTypes.filter((item) => item.accelerator?.name === 'gb200');
    expect(others).toHaveLength(racks.length);
  });

  it('carries every cloud accelerator on some instance type', () => {
    const carried = new Set(catalog.instanceTypes.flatMap((item) => item.accelerator?.name ?? []));
    const clouds = ['h100-sxm', 'h200-sxm', 'b200', 'b300', 'gb200', 'l4', 'l40s', 'a10g', 't4', 'mi300x'];
    expect(
      [...clouds, 'tpu-v5e', 'tpu-v6e', 'trainium2', 'rtx-pro-6000'].filter((name) => !carried.has(name)),
    ).toEqual([]);
  });

  it('has one price per vCPU within an Azure family and region, so no Windows price slipped in', () => {
    const types = new Map(catalog.instanceTypes.map((item) => [item.name, item]));
    const rates = new Map<string, number[]>();
    for (const record of catalog.prices) {
      const type = types.get(record.instanceType);
      if (record.provider !== 'azure' || type === undefined || type.accelerator !== undefined) continue;
      const key = `${type.family} ${record.region}`;
      rates.set(key, [...(rates.get(key) ?? []), record.price / type.vcpus]);
    }
    const uneven = [...rates].filter(([, list]) => Math.max(...list) > 1.25 * Math.min(...list));
    expect(rates.size).toBeGreaterThan(100);
    expect(uneven).toEqual([]);
  });

  it('prices spot below on demand for nine in ten types and regions', () => {
    const spots = catalog.prices.filter((item) => item.capacityType === 'spot');
    const onDemand = new Map(
      catalog.prices
        .filter((item) => item.capacityType === 'on-demand')
        .map((item) => [`${item.instanceType}/${item.region}`, item.price]),
    );
    const cheaper = spots.filter(
      (item) => item.price < (onDemand.get(`${item.instanceType}/${item.region}`) ?? 0),
    );
    expect(cheaper.length / spots.length).toBeGreaterThan(0.9);
  });
});

describe('shipped models', () => {
  it('are at least thirty, dense and with experts, of every attention kind', () => {
    expect(catalog.models.length).toBeGreaterThanOrEqual(30);
    expect(catalog.models.some((item) => item.kind === 'dense')).toBe(true);
    expect(catalog.models.some((item) => item.mla !== undefined)).toBe(true);
    expect(catalog.models.some((item) => item.attention.window > 0)).toBe(true);
    expect(catalog.models.some((item) => item.attention.linear > 0)).toBe(true);
  });

  const exact = catalog.models.filter(
    (item) =>
      !item.provenance.source.includes('approximate') &&
      item.attention.linear === 0 &&
      !item.name.includes('Nemotron-Super-49B'),
  );

  it.each(exact.map((item) => [item.name, item] as const))(
    'gives %s the parameters its dimensions add up to, within 3 %',
    (_name, item) => {
      expect(countedParameters(item) / item.parameters.total).toBeGreaterThan(0.97);
      expect(countedParameters(item) / item.parameters.total).toBeLessThan(1.03);
    },
  );

  it('covers at least 25 models with that check', () => {
    expect(exact.length).toBeGreaterThanOrEqual(25);
  });

  it.each([
    ['meta-llama/Llama-3.1-70B-Instruct', 70.6e9],
    ['meta-llama/Llama-3.3-70B-Instruct', 70.6e9],
    ['Llama-3.1-8B-Instruct', 8.03e9],
    ['deepseek-ai/DeepSeek-V3', 671e9],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 46.7e9],
    ['Qwen/Qwen3-32B', 32.8e9],
    ['openai/gpt-oss-120b', 117e9],
  ])('gives %s its published size', (name, size) => {
    expect(model(name).parameters.total / size).toBeCloseTo(1, 1.6);
  });

  it('caches 320 KiB per token for Llama 3.1 70B and 128 KiB for 8B in bf16 (2 × layers × kv heads × head width × 2 bytes)', () => {
    expect(model('Llama-3.1-70B-Instruct').kvElementsPerToken * 2).toBe(320 * 1024);
    expect(model('Llama-3.1-8B-Instruct').kvElementsPerToken * 2).toBe(128 * 1024);
  });

  it('caches 61 latents of 576 elements per token for DeepSeek V3', () => {
    expect(model('deepseek-ai/DeepSeek-V3').kvElementsPerToken).toBe(61 * (512 + 64));
  });

  it('has no dense layer without width', () => {
    expect(catalog.models.filter((item) => item.dense.layers > 0 && item.dense.intermediate === 0)).toEqual(
      [],
    );
  });
});
