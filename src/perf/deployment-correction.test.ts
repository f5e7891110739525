import { overheadsOf } from './engine-overheads.ts';
import { describe, expect, it } from 'vitest';
import type { DeploymentCorrection } from './deployment-correction.ts';
import { NO_CORRECTION, correctionFor } from './deployment-correction.ts';
import { replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import { H100, LLAMA_70B, configuration } from './testing/configurations.ts';

const CONFIGURATION = configuration({ architecture: LLAMA_70B, accelerator: H100 });

function correction(overrides: Partial<DeploymentCorrection> = {}): DeploymentCorrection {
  return {
    model: LLAMA_70B.name,
    accelerator: H100.name,
    engine: CONFIGURATION.engine,
    weightPrecision: CONFIGURATION.weightPrecision,
    factors: { prefill: 2, decode: 1.5, ingest: 3 },
    ...overrides,
  };
}

describe('the correction of a deployment', () => {
  it('makes a pure decode step exactly the decode factor longer, and ingest the ingest factor', () => {
    const plain = replicaPerformance(CONFIGURATION, shippedCoefficients()).steps;
    const { steps } = replicaPerformance(CONFIGURATION, {
      ...shippedCoefficients(),
      corrections: [correction()],
    });
    expect(steps.stepTime(0, 0, 16, 16_000)).toBeCloseTo(1.5 * plain.stepTime(0, 0, 16, 16_000), 9);
    expect(steps.stepTime(4096, 4096 ** 2 / 2, 0, 0)).toBeGreaterThan(
      1.9 * plain.stepTime(4096, 4096 ** 2 / 2, 0, 0),
    );
    const { ingestBase } = overheadsOf(CONFIGURATION, shippedCoefficients());
    // The rest of the ingest is a wait in decode steps.
    const wait = plain.ingest.base - ingestBase;
    expect(steps.ingest.base).toBeCloseTo(3 * ingestBase + 1.5 * wait, 12);
  });

  it('matches by names and aliases without case', () => {
    expect(correctionFor(CONFIGURATION, [correction({ model: LLAMA_70B.name.toUpperCase() })]).decode).toBe(
      1.5,
    );
  });

  it.each([
    ['model', { model: 'another' }],
    ['accelerator', { accelerator: 'a100-80gb-sxm' }],
    ['engine', { engine: 'sglang' }],
    ['weight format', { weightPrecision: 'nvfp4' }],
  ] as const)('is not taken for another %s', (_name, overrides) => {
    expect(correctionFor(CONFIGURATION, [correction(overrides)])).toBe(NO_CORRECTION);
  });
});
