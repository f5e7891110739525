import { describe, expect, it } from 'vitest';
import { INDEPENDENT_NODES, NO_ADDITIONS } from '../model/index.ts';
import type { HardwarePool, Offering, Problem } from '../model/index.ts';
import { bytesPerSecond, seconds, usdPerHour } from '../units/index.ts';
import { mergeCatalog, priceDates, resolveModels, resolveOfferings, shippedCatalog } from './index.ts';

const catalog = shippedCatalog();

const h100: HardwarePool = {
  id: 'h100',
  path: 'prod/h100',
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  instanceType: 'p5.48xlarge',
  capacityTypes: ['on-demand', 'spot'],
  maxNodes: Infinity,
  prices: {},
  labels: {},
  taints: [],
};

function problem(...pools: HardwarePool[]): Problem {
  return {
    name: 'test',
    seed: 1,
    objective: 'cost',
    limits: {},
    pools,
    mixes: [],
    workloads: [],
    services: [],
    budgets: [],
    policies: [],
    waivers: [],
    catalog: NO_ADDITIONS,
  };
}

function offeringsOf(pool: HardwarePool): readonly Offering[] {
  const outcome = resolveOfferings(problem(pool), catalog);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function codes(outcome: { readonly diagnostics: readonly { readonly code: string }[] }): string[] {
  return outcome.diagnostics.map((item) => item.code);
}

describe('resolving offerings', () => {
  it('joins pool, zone and capacity type, sorted by id', () => {
    const offerings = offeringsOf(h100);
    expect(offerings.map((item) => item.id)).toEqual([
      'h100/us-east-1a/on-demand',
      'h100/us-east-1a/spot',
      'h100/us-east-1b/on-demand',
      'h100/us-east-1b/spot',
    ]);
    expect(offerings[1]).toMatchObject({
      price: 26_419_200,
      listPrice: 55_040_000,
      accelerator: { name: 'h100-sxm' },
      correlationGroup: 'us-east-1a/p5',
      interruption: { monthlyLow: 0.2, monthlyHigh: 0.35, notice: 120 },
      nodeStartup: 300,
      interNodeBandwidth: 50e9, // 3,200 Gbit/s over eight accelerators
    });
    expect(offerings[0]?.correlationGroup).toBe(INDEPENDENT_NODES);
  });

  it('takes on-demand nodes of eight H100 to fail about once in nine months (Llama 3 paper: 419 in 54 days on 2,048 nodes)', () => {
    const perNodeMonth = 419 / 2048 / (54 / 30.4);
    const [onDemand] = offeringsOf(h100);
    expect(onDemand?.interruption.monthlyHigh).toBeCloseTo(perNodeMonth + 0.003, 2);
  });

  it('lets the pool state price, start-up, network and interruption', () => {
    const [offering] = offeringsOf({
      ...h100,
      capacityTypes: ['spot'],
      prices: { spot: usdPerHour(20) },
      nodeStartup: seconds(60),
      interNodeBandwidth: bytesPerSecond(1e9),
      interruptionProbability: 0.5,
    });
    expect(offering).toMatchObject({
      price: 20e6,
      listPrice: 55.04e6,
      nodeStartup: 60,
      interNodeBandwidth: 1e9,
      interruption: { monthlyLow: 0.5, monthlyHigh: 0.5 },
    });
    expect(offering?.priceProvenance.source).toContain('h100');
  });

  it('prefers the price of a zone to that of the region', () => {
    const [record] = catalog.prices.filter(
      (item) => item.instanceType === 'p5.48xlarge' && item.capacityType === 'spot',
    );
    if (record === undefined) throw new Error();
    const merged = mergeCatalog(catalog, {
      ...NO_ADDITIONS,
      prices: [{ ...record, zone: 'us-east-1b', price: usdPerHour(10), isEstimate: false }],
    });
    if (!merged.ok) throw new Error();
    const outcome = resolveOfferings(problem({ ...h100, capacityTypes: ['spot'] }), merged.value);
    expect(outcome.ok && outcome.value.map((item) => item.price)).toEqual([26_419_200, 10_000_000]);
  });

  it('notes an estimated price once per pool and capacity type, and warns of its age', () => {
    const outcome = resolveOfferings(problem(h100), catalog);
    expect(codes(outcome)).toEqual(['catalog-estimated-price', 'catalog-price-old']);
    expect(outcome.diagnostics.every((item) => item.path === 'prod/h100')).toBe(true);
  });

  it('says nothing about quoted prices of this year', () => {
    const gcp: HardwarePool = {
      ...h100,
      provider: 'gcp',
      region: 'us-central1',
      zones: ['us-central1-a'],
      instanceType: 'a3-highgpu-8g',
    };
    expect(codes(resolveOfferings(problem(gcp), catalog))).toEqual([]);
  });

  it('assumes the worst published band where a provider publishes none', () => {
    const [spot] = offeringsOf({
      ...h100,
      provider: 'gcp',
      region: 'us-central1',
      zones: ['us-central1-a'],
      instanceType: 'a3-highgpu-8g',
      capacityTypes: ['spot'],
    });
    expect(spot?.interruption).toMatchObject({ monthlyHigh: 0.35, notice: 30 });
    expect(spot?.interruption.provenance.evidence).toBe('assumed');
  });

  it('prices owned servers only by what the pool says', () => {
    const owned: HardwarePool = { ...h100, capacityTypes: ['owned'] };
    expect(codes(resolveOfferings(problem(owned), catalog))).toEqual(['catalog-no-price']);
    const [offering] = offeringsOf({ ...owned, prices: { owned: usdPerHour(12) } });
    expect(offering).toMatchObject({ price: 12e6, listPrice: 55.04e6 });
  });
});

describe('problems of pools', () => {
  it('are reported together, each with the path of its pool', () => {
    const outcome = resolveOfferings(
      problem(
        { ...h100, id: 'a', path: 'prod/a', region: 'eu-west-1', zones: ['eu-west-1a'] },
        { ...h100, id: 'b', path: 'prod/b', instanceType: 'p5.48xlrge' },
        { ...h100, id: 'c', path: 'prod/c', instanceType: 'p6-b200.48xlarge', capacityTypes: ['spot'] },
      ),
      catalog,
    );
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => [item.code, item.path])).toEqual([
      ['catalog-no-price', 'prod/a'],
      ['catalog-no-price', 'prod/a'],
      ['catalog-unknown-instance-type', 'prod/b'],
      ['catalog-no-price', 'prod/c'],
    ]);
  });

  it('without price say where it is known and what to do', () => {
    const outcome = resolveOfferings(
      problem({ ...h100, region: 'us-east-2', zones: ['us-east-2a'], capacityTypes: ['on-demand'] }),
      catalog,
    );
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'catalog-no-price', severity: 'error' });
    expect(outcome.diagnostics[0]?.detail).toContain('us-east-1');
    expect(outcome.diagnostics[0]?.fix).toContain("prices: { 'on-demand'");
  });

  it('with a misspelt region are offered the region that has prices', () => {
    const outcome = resolveOfferings(
      problem({ ...h100, region: 'us-esat-1', zones: ['us-esat-1a'], capacityTypes: ['on-demand'] }),
      catalog,
    );
    expect(outcome.diagnostics[0]?.fix).toContain('Did you mean "us-east-1"?');
  });

  it('with a zone of another region are warned, not refused', () => {
    const outcome = resolveOfferings(
      problem({ ...h100, zones: ['us-west-2a'], capacityTypes: ['on-demand'] }),
      catalog,
    );
    expect(outcome.ok).toBe(true);
    expect(codes(outcome)).toEqual(['catalog-unknown-zone']);
  });

  it.each([
    ['aws', 'us-east-1', 'us-east-1c'],
    ['aws', 'us-east-1', 'use1-az4'],
    ['gcp', 'europe-west4', 'europe-west4-b'],
    ['azure', 'eastus', 'eastus-2'],
    ['azure', 'eastus', '1'],
    ['own', 'home', 'rack-7'],
  ])('do not include the zone %s %s %s', (provider, region, zone) => {
    const pool = {
      ...h100,
      provider,
      region,
      zones: [zone],
      capacityTypes: ['owned'] as const,
      prices: { owned: usdPerHour(1) },
    };
    expect(codes(resolveOfferings(problem(pool), catalog))).not.toContain('catalog-unknown-zone');
  });
});

describe('price dates', () => {
  it('are the oldest and the newest among the offerings', () => {
    expect(priceDates(offeringsOf(h100))).toEqual({ oldest: '2025-06-28', newest: '2026-07-20' });
  });

  it('are empty when every price was declared by its pool', () => {
    const prices = { 'on-demand': usdPerHour(1), spot: usdPerHour(1) };
    expect(priceDates(offeringsOf({ ...h100, prices }))).toEqual({ oldest: '', newest: '' });
  });
});

describe('resolving models', () => {
  const workload = {
    kind: 'llm',
    id: 'chat',
    path: 'prod/chat',
    team: '',
    namespace: 'llm',
    pools: [],
    maxSpotShare: 1,
    routing: 'even',
    model: 'Llama-3.1-70B-Instruct',
    checkpoints: {},
    precisions: ['bf16'],
    engines: ['vllm'],
    traffic: { source: 'profile', profile: 'chat', scaling: {} },
    slo: { limits: [], availability: 0.99, tolerates: 'nothing' },
    maxModelLength: 0,
    serving: 'aggregated',
    objective: 'cost',
    limits: {},
  } as const;

  it('gives the architecture by workload id', () => {
    const outcome = resolveModels({ ...problem(), workloads: [workload] }, catalog);
    expect(outcome.ok && outcome.value.get('chat')?.layers).toBe(80);
  });

  it('reports unknown models and over-long sequences of all workloads together', () => {
    const workloads = [
      { ...workload, model: 'Llama-3.1-70B-Instrct' },
      { ...workload, id: 'long', path: 'prod/long', maxModelLength: 200_000 },
    ];
    const outcome = resolveModels({ ...problem(), workloads }, catalog);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => [item.code, item.path])).toEqual([
      ['catalog-unknown-model', 'prod/chat'],
      ['model-out-of-range', 'prod/long'],
    ]);
    expect(outcome.diagnostics[1]?.fix).toContain('131072');
  });
});
