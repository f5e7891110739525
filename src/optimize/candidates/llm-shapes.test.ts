import { describe, expect, it } from 'vitest';
import type { LatencyLimit } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { milliseconds } from '../../units/index.ts';
import { LLAMA_8B, chatProfile, h100, resolvedProblem } from '../testing/resolved.ts';
import { generateShapes } from './generator.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { BATCH_LIMITS, distinctLimits } from './batch-limits.ts';
import { podGroupOn } from './pod-group.ts';
import { pruneShapes } from './prune.ts';
import { candidateOf } from './shape.ts';

function shapesOn(
  accelerators: number,
  facts = {},
  architecture = LLAMA_8B,
  reach: Readonly<Record<string, number>> = {},
) {
  const offerings = [h100({ pool: 'h', zone: 'z1', capacityType: 'on-demand', price: 1, accelerators })];
  const problem = resolvedProblem({
    offerings,
    workloads: [{ id: 'chat', profile: chatProfile(1), facts }],
  });
  const [workload] = problem.workloads;
  if (workload === undefined) throw new Error('unreachable');
  return generateShapes({ ...workload, architecture }, offerings, reach);
}

describe('llmShapes', () => {
  it('tries tensor, pipeline and in-layer data parallelism within a node', () => {
    const ids = shapesOn(4, {}, LLAMA_8B, { h: 4 }).shapes.map((shape) => shape.id);
    expect(ids).toEqual([
      'chat/h/vllm-bf16-tp1',
      'chat/h/vllm-bf16-tp1-dp2-ff2',
      'chat/h/vllm-bf16-tp1-pp2',
      'chat/h/vllm-bf16-tp2',
      'chat/h/vllm-bf16-tp1-dp4-ff4',
      'chat/h/vllm-bf16-tp1-pp2-dp2-ff2',
      'chat/h/vllm-bf16-tp1-pp4',
      'chat/h/vllm-bf16-tp2-dp2-ff4',
      'chat/h/vllm-bf16-tp2-pp2',
      'chat/h/vllm-bf16-tp4',
    ]);
  });

  it('marks what the engine cannot run as modelled, and only that', () => {
    const { shapes } = shapesOn(4, {}, LLAMA_8B, { h: 4 });
    const marked = shapes.filter((shape) => shape.notExecutable !== undefined).map((shape) => shape.id);
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.every((id) => id.includes('-ff'))).toBe(true);
  });

  it('rejects sizes that leave a node partly useless', () => {
    const { rejected } = shapesOn(6);
    expect(rejected.map((item) => [item.candidate, item.reason])).toContainEqual([
      'chat/h/vllm-bf16-tp4',
      'does-not-divide-node',
    ]);
  });

  it('tries an fp8 cache only beside 8-bit weights', () => {
    const ids = shapesOn(1, { precisions: ['bf16', 'fp8'] }).shapes.map((shape) => shape.id);
    expect(ids.filter((id) => id.includes('-tp1') && !id.includes('pp'))).toEqual([
      'chat/h/vllm-bf16-tp1',
      'chat/h/vllm-fp8-tp1',
      'chat/h/vllm-fp8-kvfp8-tp1',
    ]);
  });

  it('goes over several nodes as far as twice the smallest replica that fits', () => {
    const plain = (ids: readonly string[]): readonly string[] => ids.filter((id) => !id.includes('-ff'));
    expect(plain(shapesOn(1).shapes.map((shape) => shape.id))).toEqual([
      'chat/h/vllm-bf16-tp1',
      'chat/h/vllm-bf16-tp1-pp2',
      'chat/h/vllm-bf16-tp2',
    ]);
    const deep = { ...LLAMA_8B, layers: 320, attention: { ...LLAMA_8B.attention, full: 320 } };
    const large = {
      ...deep,
      dense: { ...LLAMA_8B.dense, layers: 320 },
      kvElementsPerToken: LLAMA_8B.kvElementsPerToken * 10,
      parameters: { total: 71e9, active: 71e9 },
    };
    const nodes = shapesOn(1, {}, large).shapes.map((shape) => shape.podGroup.nodes);
    expect(Math.max(...nodes)).toBeGreaterThanOrEqual(4);
    expect(new Set(nodes).size).toBeGreaterThan(2);
  });

  it('stays within the accelerators that one replica may take', () => {
    const { shapes } = shapesOn(8, {}, LLAMA_8B, { h: 2 });
    expect(Math.max(...shapes.map((shape) => shape.podGroup.acceleratorsPerNode))).toBe(2);
  });

  it('serves no longer sequences than the model can', () => {
    const [shape] = shapesOn(1, { maxModelLength: 131_072 * 8 }).shapes;
    expect(shape?.configuration.maxModelLength).toBe(131_072);
  });

  it('gives every candidate of a workload its own id', () => {
    const { shapes } = shapesOn(8, { precisions: ['bf16', 'fp8'], engines: ['vllm', 'sglang'] });
    const ids = shapes.flatMap((shape) => BATCH_LIMITS.map((batch) => candidateOf(shape, batch).id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('offers nothing on a pool the workload may not use', () => {
    expect(shapesOn(8, { pools: ['other'] }).shapes).toEqual([]);
  });
});

describe('distinctLimits', () => {
  it('leaves out sequence limits that the cache cannot reach, save the smallest of them', () => {
    expect(new Set(distinctLimits(100).map((batch) => batch.maxSequences))).toEqual(new Set([64, 128]));
    expect(distinctLimits(Infinity)).toHaveLength(BATCH_LIMITS.length);
  });
});

describe('pruneShapes', () => {
  function benchWith(limits: readonly LatencyLimit[]): MeasuringBench {
    return new MeasuringBench({
      workload: 'chat',
      profile: chatProfile(1),
      limits,
      seed: 1,
      coefficients: shippedCoefficients(),
      longest: 500,
    });
  }

  it('keeps what may meet the SLO and names the figure where it cannot', () => {
    const { shapes } = shapesOn(1, {}, LLAMA_8B, { h: 1 });
    const tpot = { metric: 'tpot', percentile: 'p99', limit: milliseconds(0.1) } as const;
    const slow = pruneShapes(shapes, benchWith([tpot]));
    expect(slow.survivors).toEqual([]);
    expect(slow.rejected.every((item) => item.reason === 'step-exceeds-tpot')).toBe(true);
    expect(slow.leastPossible['tpot.p99']).toBeGreaterThan(tpot.limit);
    const ttft = { metric: 'ttft', percentile: 'p99', limit: milliseconds(1) } as const;
    const late = pruneShapes(shapes, benchWith([ttft]));
    expect(late.rejected.every((item) => item.reason === 'prefill-exceeds-ttft')).toBe(true);
    expect(pruneShapes(shapes, benchWith([])).survivors).toHaveLength(shapes.length);
  });
});

describe('podGroupOn', () => {
  const instance = h100({
    pool: 'h',
    zone: 'z1',
    capacityType: 'on-demand',
    price: 1,
    accelerators: 8,
  }).instanceType;

  it('never asks for more than the share of its accelerators', () => {
    for (const size of [1, 2, 4, 8]) {
      const group = podGroupOn(instance, size);
      expect(group.cpuMillicores * (8 / size)).toBeLessThanOrEqual(instance.allocatable.cpuMillicores);
      expect(group.memory * (8 / size)).toBeLessThanOrEqual(instance.allocatable.memory);
      expect(group.sharedMemory).toBeLessThan(group.memory);
    }
  });

  it('takes whole nodes beyond one', () => {
    expect(podGroupOn(instance, 16)).toMatchObject({ nodes: 2, acceleratorsPerNode: 8 });
  });
});
