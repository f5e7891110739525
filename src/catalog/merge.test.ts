import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NO_ADDITIONS, parseCatalogDocument } from '../model/index.ts';
import type { Accelerator, InstanceType, PriceRecord } from '../model/index.ts';
import { bytes, bytesPerSecond, gib, teraflops, usdPerHour, watts } from '../units/index.ts';
import { findAccelerator, findInstanceType, mergeCatalog, shippedCatalog } from './index.ts';

const base = shippedCatalog();
const own = { evidence: 'assumed', source: 'test' } as const;

const accelerator: Accelerator = {
  name: 'x1',
  aliases: ['x1-sxm'],
  vendor: 'acme',
  architecture: 'x',
  memory: gib(48),
  memoryBandwidth: bytesPerSecond(1e12),
  peakFlops: { bf16: teraflops(200) },
  power: watts(300),
  link: { kind: 'pcie5', bandwidth: bytesPerSecond(64e9) },
  resourceName: 'acme.com/x',
  provenance: own,
};

const instance: InstanceType = {
  name: 'box',
  provider: 'own',
  family: 'box',
  cpuArchitecture: 'amd64',
  vcpus: 64,
  memory: gib(512),
  accelerator: { name: 'X1-SXM', count: 4 },
  networkBandwidth: bytesPerSecond(12.5e9),
  allocatable: { cpuMillicores: 63_000, memory: gib(500), pods: 110 },
  provenance: own,
};

const price: PriceRecord = {
  provider: 'own',
  region: 'home',
  zone: '',
  instanceType: 'box',
  capacityType: 'owned',
  price: usdPerHour(4),
  isEstimate: false,
  provenance: own,
};

function problemsOf(additions: Partial<typeof NO_ADDITIONS>) {
  const merged = mergeCatalog(base, { ...NO_ADDITIONS, ...additions });
  return merged.ok ? [] : merged.diagnostics;
}

describe('a domain of fast links', () => {
  const inRack = (linkDomain: number): InstanceType => ({
    ...instance,
    accelerator: { name: 'h100-sxm', count: 4, linkDomain },
  });

  it('may be stated of an instance type', () => {
    const read = parseCatalogDocument({
      instanceTypes: [
        {
          name: 'tray',
          provider: 'own',
          vcpus: 64,
          memory: '512GiB',
          accelerator: { name: 'gb300', count: 4, linkDomain: 72 },
        },
      ],
    });
    expect(read.ok && read.value.instanceTypes[0]?.accelerator).toEqual({
      name: 'gb300',
      count: 4,
      linkDomain: 72,
    });
  });

  it('is no smaller than a node and a whole number', () => {
    expect(problemsOf({ instanceTypes: [inRack(72)] })).toEqual([]);
    for (const wrong of [2, 4.5]) {
      expect(problemsOf({ instanceTypes: [inRack(wrong)] }).map((item) => item.path)).toEqual([
        'catalog.instanceTypes.box.accelerator.linkDomain',
      ]);
    }
  });
});

describe('adding records to the catalogue', () => {
  it('takes the example of docs/catalog.md as it stands there', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/catalog.md'), 'utf8');
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const { catalog } = parse(block) as { catalog: Record<string, unknown> };
    const records = Object.fromEntries(Object.entries(catalog).filter(([name]) => name !== 'files'));
    const additions = parseCatalogDocument(records);
    expect(additions.diagnostics).toEqual([]);
    expect(additions.ok && mergeCatalog(base, additions.value).diagnostics).toEqual([]);
  });

  it('leaves it as it is when there is nothing to add', () => {
    const merged = mergeCatalog(base, NO_ADDITIONS);
    expect(merged.ok && merged.value).toBe(base);
  });

  it('takes accelerator, server and price together, and replaces an alias by the full name', () => {
    const merged = mergeCatalog(base, {
      ...NO_ADDITIONS,
      accelerators: [accelerator],
      instanceTypes: [instance],
      prices: [price],
    });
    if (!merged.ok) throw new Error(merged.diagnostics.map((item) => item.summary).join());
    const found = findInstanceType(merged.value, 'BOX', { provider: 'own' });
    expect(found.ok && found.value.accelerator).toEqual({ name: 'x1', count: 4 });
    expect(merged.value.prices.length).toBe(base.prices.length + 1);
    expect(findInstanceType(merged.value, 'p5.48xlarge').ok).toBe(true);
  });

  it('replaces a shipped record of the same name and takes over the alias of another', () => {
    const mine = { ...accelerator, name: 'h100-sxm', aliases: ['l4-24gb'] };
    const merged = mergeCatalog(base, { ...NO_ADDITIONS, accelerators: [mine] });
    if (!merged.ok) throw new Error();
    expect(merged.value.accelerators.length).toBe(base.accelerators.length);
    for (const name of ['h100-sxm', 'L4-24GB']) {
      const found = findAccelerator(merged.value, name);
      expect(found.ok && found.value.vendor).toBe('acme');
    }
  });

  it('replaces the shipped price of the same place', () => {
    const cheaper: PriceRecord = {
      ...price,
      provider: 'aws',
      region: 'us-east-1',
      instanceType: 'p5.48xlarge',
      capacityType: 'on-demand',
      price: usdPerHour(40),
    };
    const merged = mergeCatalog(base, { ...NO_ADDITIONS, prices: [cheaper] });
    if (!merged.ok) throw new Error();
    expect(merged.value.prices.length).toBe(base.prices.length);
    expect(merged.value.prices).toContainEqual(cheaper);
  });

  it('reports every broken record at once, each with its path', () => {
    const problems = problemsOf({
      accelerators: [{ ...accelerator, memory: bytes(0), peakFlops: {} }],
      instanceTypes: [
        { ...instance, accelerator: { name: 'h100-sxn', count: 1.5 }, vcpus: -1 },
        { ...instance, name: 'tight', allocatable: { ...instance.allocatable, memory: gib(600) } },
      ],
      prices: [{ ...price, price: usdPerHour(-1) }],
    });
    expect(problems.every((item) => item.code === 'catalog-invalid-record')).toBe(true);
    expect(problems.map((item) => item.path)).toEqual(
      expect.arrayContaining([
        'catalog.accelerators.x1.memory',
        'catalog.accelerators.x1.peakFlops',
        'catalog.instanceTypes.box.vcpus',
        'catalog.instanceTypes.box.accelerator.count',
        'catalog.instanceTypes.box.accelerator.name',
        'catalog.instanceTypes.tight.allocatable.memory',
        'catalog.prices.own/box/home//owned.price',
      ]),
    );
    expect(problems.find((item) => item.path.endsWith('accelerator.name'))?.fix).toContain('h100-sxm');
  });

  it('refuses a price of an instance type that nobody knows', () => {
    const [problem] = problemsOf({ prices: [{ ...price, provider: 'aws', instanceType: 'p5.48xlarg' }] });
    expect(problem?.code).toBe('catalog-invalid-record');
    expect(problem?.fix).toContain('p5.48xlarge');
  });

  it('refuses a model with more attention layers than layers', () => {
    const [llama] = base.models.filter((item) => item.name.includes('3.1-8B'));
    if (llama === undefined) throw new Error();
    const [problem] = problemsOf({ models: [{ ...llama, layers: 16 }] });
    expect(problem?.path).toBe('catalog.models.meta-llama/Meta-Llama-3.1-8B.attention');
  });
});
