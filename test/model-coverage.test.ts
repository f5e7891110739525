import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAccelerator, shippedCatalog } from '../src/catalog/index.ts';
import type { Accelerator, ModelArchitecture } from '../src/model/index.ts';
import { NO_PARALLELISM } from '../src/model/index.ts';
import {
  checkConfiguration,
  operatorBreakdown,
  replicaPerformance,
  shippedCoefficients,
  weightBytesPerRank,
} from '../src/perf/index.ts';
import type { ReplicaConfiguration } from '../src/perf/index.ts';
import { gigabytesPerSecond } from '../src/units/index.ts';

const catalog = shippedCatalog();
const coefficients = shippedCoefficients();

function accelerator(name: string): Accelerator {
  const found = findAccelerator(catalog, name);
  if (!found.ok) throw new Error(`no ${name} in the catalogue`);
  return found.value;
}

/** The first cut of a model over an accelerator that runs, by rising size; undefined where none of 32 ranks does. */
function smallest(architecture: ModelArchitecture, card: Accelerator): ReplicaConfiguration | undefined {
  for (const tensorParallel of [1, 2, 4, 8]) {
    for (const pipelineParallel of [1, 2, 4]) {
      const c: ReplicaConfiguration = {
        architecture,
        accelerator: card,
        parallelism: { ...NO_PARALLELISM, tensorParallel, pipelineParallel },
        acceleratorsPerNode: 8,
        interNodeBandwidth: gigabytesPerSecond(50),
        engine: 'vllm',
        weightPrecision: architecture.checkpoints[0] ?? 'bf16',
        kvPrecision: 'bf16',
        batch: { maxBatchedTokens: 8192, maxSequences: 64 },
        maxModelLength: 8192,
      };
      if (checkConfiguration(c).ok) return c;
    }
  }
  return undefined;
}

describe.each(catalog.models.map((model) => [model.name, model] as const))('%s', (_, architecture) => {
  it('weighs two bytes for each stated parameter in bf16, to 3 %', () => {
    const c: ReplicaConfiguration = {
      architecture,
      accelerator: accelerator('b200'),
      parallelism: NO_PARALLELISM,
      acceleratorsPerNode: 8,
      interNodeBandwidth: gigabytesPerSecond(50),
      engine: 'vllm',
      weightPrecision: 'bf16',
      kvPrecision: 'bf16',
      batch: { maxBatchedTokens: 8192, maxSequences: 64 },
      maxModelLength: 8192,
    };
    expect(Math.abs(weightBytesPerRank(c) / (2 * architecture.parameters.total) - 1)).toBeLessThan(0.03);
  });

  it.each(['b200', 'h200-sxm'])('runs on some cut of %s with growing, finite step times', (name) => {
    const c = smallest(architecture, accelerator(name));
    if (c === undefined) {
      // Four-bit formats need the units of newer cards; everything else must fit 32 of these.
      expect(architecture.checkpoints[0]).toBe('nvfp4');
      expect(name).toBe('h200-sxm');
      return;
    }
    const replica = replicaPerformance(c, coefficients);
    const { steps } = replica;
    const one = steps.stepTime(0, 0, 1, 1000);
    expect(one).toBeGreaterThan(0);
    expect(steps.stepTime(0, 0, 32, 64_000)).toBeGreaterThan(one);
    expect(steps.stepTime(4096, 2 ** 23, 0, 0)).toBeLessThan(60);
    const batch = {
      prefillTokens: 512,
      prefillAttended: 2 ** 17,
      decodeSequences: 8,
      decodeKvTokens: 16_000,
    };
    const rows = operatorBreakdown(c, coefficients, batch);
    expect(rows.every((row) => Number.isFinite(row.seconds))).toBe(true);
    const limit = c.accelerator.power * c.parallelism.tensorParallel * c.parallelism.pipelineParallel;
    expect(replica.power({ busyShare: 1, meanBatch: 16 })).toBeLessThanOrEqual(limit);
  });
});

describe('coefficient files', () => {
  it('take less than 1 MB together (issue: small coefficient files)', () => {
    const directory = path.join(import.meta.dirname, '../src/perf/coefficients');
    const sizes = readdirSync(directory).map((file) => statSync(path.join(directory, file)).size);
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1e6);
  });

  it('hold laws of ten systems, each with its residuals, rows and source', () => {
    expect(coefficients.accelerators).toHaveLength(10);
    for (const entry of coefficients.accelerators) {
      expect(entry.provenance.source).toContain('aiconfigurator');
      for (const law of Object.values(entry.gemm)) {
        expect(law.quality.rows).toBeGreaterThan(1000);
        expect(law.quality.p10).toBeLessThanOrEqual(0);
        expect(law.quality.p90).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
