import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasDenseLayers, whyNotExecutable } from '../../catalog/index.ts';
import type { EngineFacts } from '../../catalog/index.ts';
import { ENGINE_VERSIONS, worldSize } from '../../model/index.ts';
import { engineCommand } from './flag-table.ts';
import type { GroupPosition, Launch } from './launch.ts';
import { ENGINE_TABLES } from './tables.ts';

const size = fc.constantFrom(1, 2, 4, 8);
const precision = fc.constantFrom<EngineFacts['weightPrecision']>(
  'bf16',
  'fp8',
  'fp8-block',
  'int8',
  'int4',
  'nvfp4',
  'mxfp4',
);

/** Cuts of which most are plain, so that many are executable. */
const FACTS: fc.Arbitrary<EngineFacts> = fc
  .record({
    engine: fc.constantFrom('vllm', 'sglang', 'tensorrt-llm'),
    isOldest: fc.boolean(),
    role: fc.constantFrom<EngineFacts['role']>('aggregated', 'aggregated', 'prefill', 'decode'),
    tensorParallel: size,
    pipelineParallel: fc.constantFrom(1, 1, 2),
    dataParallel: fc.constantFrom(1, 1, 2, 4),
    expertParallel: fc.constantFrom(1, 1, 2, 4, 8),
    contextParallel: fc.constantFrom(1, 1, 1, 2),
    feedForward: fc.constantFrom('absent', 'tensor', 'all', 'other'),
    stages: fc.constantFrom('alike', 'alike', 'uneven', 'mixed'),
    weightPrecision: precision,
    kvPrecision: fc.oneof(fc.constantFrom<EngineFacts['kvPrecision']>('bf16', 'fp8'), precision),
    kind: fc.constantFrom<'dense' | 'moe'>('dense', 'moe'),
    denseLayers: fc.constantFrom(0, 3),
    nodes: fc.constantFrom(1, 1, 2),
    isPreparedCheckpoint: fc.boolean(),
  })
  .map((drawn) => {
    const { tensorParallel, dataParallel, pipelineParallel, expertParallel, contextParallel } = drawn;
    const cuts = { absent: undefined, tensor: tensorParallel, all: tensorParallel * dataParallel, other: 3 };
    const feedForwardParallel = cuts[drawn.feedForward];
    const second = drawn.stages === 'mixed' ? 'a100' : 'h100';
    const oldest = ENGINE_TABLES.find((table) => table.engine === drawn.engine)?.versions.from ?? '';
    return {
      engine: drawn.engine,
      version: drawn.isOldest ? oldest : (ENGINE_VERSIONS[drawn.engine] ?? ''),
      role: drawn.role,
      parallelism: {
        tensorParallel,
        pipelineParallel,
        dataParallel,
        expertParallel,
        contextParallel,
        ...(feedForwardParallel === undefined ? {} : { feedForwardParallel }),
      },
      ...(drawn.stages === 'alike' || pipelineParallel === 1
        ? {}
        : {
            stages: [
              { accelerator: 'h100', layers: 30 },
              { accelerator: second, layers: 34 },
            ],
          }),
      weightPrecision: drawn.weightPrecision,
      kvPrecision: drawn.kvPrecision,
      architecture: { kind: drawn.kind, dense: { layers: drawn.denseLayers, intermediate: 1024 } },
      nodes: drawn.nodes,
      isPreparedCheckpoint: drawn.isPreparedCheckpoint,
    };
  });

function launchOf(facts: EngineFacts, position: GroupPosition): Launch {
  return {
    model: 'a/b',
    servedName: 'a/b',
    isPreparedCheckpoint: facts.isPreparedCheckpoint ?? true,
    role: facts.role,
    hasDenseLayers: hasDenseLayers(facts),
    parallelism: facts.parallelism,
    ...(facts.stages === undefined ? {} : { stageLayers: facts.stages.map((stage) => stage.layers) }),
    weightPrecision: facts.weightPrecision,
    kvPrecision: facts.kvPrecision,
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 16_384,
    nodes: facts.nodes,
    position,
  };
}

function canBeWritten(facts: EngineFacts): boolean {
  const table = ENGINE_TABLES.find((item) => item.engine === facts.engine);
  if (table === undefined) return false;
  const positions: readonly GroupPosition[] = facts.nodes === 1 ? ['single'] : ['leader', 'worker'];
  return positions.every(
    (position) => engineCommand(table, facts.version, launchOf(facts, position), 'test').ok,
  );
}

describe('what engines can run and what their flags express', () => {
  it('agree: everything executable can be written, so nothing that the flags refuse is executable', () => {
    fc.assert(
      fc.property(FACTS, (facts) => {
        if (whyNotExecutable(facts) === undefined) expect(canBeWritten(facts)).toBe(true);
      }),
      { numRuns: 4000, seed: 7 },
    );
  });

  it('do not agree for want of executable cuts: every engine has many, in several shapes', () => {
    const executable = fc
      .sample(FACTS, { numRuns: 4000, seed: 7 })
      .filter((facts) => whyNotExecutable(facts) === undefined);
    for (const { engine } of ENGINE_TABLES) {
      const shapes = executable
        .filter((facts) => facts.engine === engine)
        .map((facts) => worldSize(facts.parallelism));
      expect(shapes.length).toBeGreaterThan(20);
      expect(new Set(shapes).size).toBeGreaterThan(3);
    }
  });
});
