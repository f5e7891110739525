import { describe, expect, it } from 'vitest';
import { findAccelerator, findInstanceType, findModel, shippedCatalog } from '../catalog/index.ts';
import { NO_PARALLELISM } from '../model/index.ts';
import type { Candidate, Offering } from '../model/index.ts';
import { checkConfiguration, pipelineStages } from '../perf/index.ts';
import { bytes, gigabytesPerSecond } from '../units/index.ts';
import { plannedConfiguration } from './planned-configuration.ts';

const catalog = shippedCatalog();
const model = findModel(catalog, 'llama-3.1-405b-instruct');
if (!model.ok) throw new Error('the catalogue lacks Llama-3.1-405B');
const architecture = model.value;

/** What a plan says of a pool, as far as configurations ask. */
function offering(pool: string, instanceName: string, network: number): Offering {
  const instance = findInstanceType(catalog, instanceName, { path: '' });
  if (!instance.ok) throw new Error(instanceName);
  const accelerator = findAccelerator(catalog, instance.value.accelerator!.name);
  if (!accelerator.ok) throw new Error(instanceName);
  return {
    pool,
    instanceType: instance.value,
    accelerator: accelerator.value,
    interNodeBandwidth: gigabytesPerSecond(network),
  } as Offering;
}

const OFFERINGS = [offering('fast', 'p5.48xlarge', 50), offering('slow', 'p4de.24xlarge', 12.5)];

const EVEN: Candidate = {
  id: 'chat/fast/vllm-bf16-tp8-pp2-b4096x256',
  workload: 'chat',
  pool: 'fast',
  instanceType: 'p5.48xlarge',
  accelerator: 'h100-sxm',
  engine: 'vllm',
  engineVersion: '0.19.0',
  role: 'aggregated',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 8, pipelineParallel: 2 },
  weightPrecision: 'bf16',
  kvPrecision: 'bf16',
  batch: { maxBatchedTokens: 4096, maxSequences: 256 },
  maxModelLength: 8192,
  podGroup: {
    nodes: 2,
    acceleratorsPerNode: 8,
    cpuMillicores: 1000,
    memory: bytes(1e9),
    sharedMemory: bytes(1e9),
  },
};

const MIXED: Candidate = {
  ...EVEN,
  stages: [
    { pool: 'fast', instanceType: 'p5.48xlarge', accelerator: 'h100-sxm', layers: 70 },
    { pool: 'slow', instanceType: 'p4de.24xlarge', accelerator: 'a100-80gb-sxm', layers: 56 },
  ],
};

describe('plannedConfiguration', () => {
  it('takes accelerator, node and network of the pool', () => {
    const c = plannedConfiguration(EVEN, architecture, OFFERINGS);
    expect(c).toMatchObject({
      accelerator: { name: 'h100-sxm' },
      acceleratorsPerNode: 8,
      interNodeBandwidth: 50e9,
    });
    expect(c?.stages).toBeUndefined();
  });

  it('takes stages from their own pools, over the slower network', () => {
    const c = plannedConfiguration(MIXED, architecture, OFFERINGS)!;
    expect(pipelineStages(c).map((stage) => [stage.configuration.accelerator.name, stage.layers])).toEqual([
      ['h100-sxm', 70],
      ['a100-80gb-sxm', 56],
    ]);
    expect(c.interNodeBandwidth).toBe(12.5e9);
    expect(checkConfiguration(c)).toEqual({ ok: true });
  });

  it('looks past a network that is not known', () => {
    const unknown = { ...OFFERINGS[0]!, interNodeBandwidth: gigabytesPerSecond(0) };
    expect(plannedConfiguration(EVEN, architecture, [unknown])?.interNodeBandwidth).toBe(0);
    expect(plannedConfiguration(MIXED, architecture, [unknown, OFFERINGS[1]!])?.interNodeBandwidth).toBe(
      12.5e9,
    );
  });

  it('finds none where a pool is gone or holds no accelerators', () => {
    expect(plannedConfiguration(EVEN, architecture, [])).toBeUndefined();
    expect(plannedConfiguration(MIXED, architecture, OFFERINGS.slice(0, 1))).toBeUndefined();
    const { accelerator: _, ...bare } = OFFERINGS[1]!;
    expect(plannedConfiguration(MIXED, architecture, [OFFERINGS[0]!, bare])).toBeUndefined();
  });
});
