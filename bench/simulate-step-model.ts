import { findAccelerator, findModel, shippedCatalog } from '../src/catalog/index.ts';
import { NO_PARALLELISM } from '../src/model/index.ts';
import type { BatchLimits } from '../src/model/index.ts';
import { replicaPerformance, shippedCoefficients } from '../src/perf/index.ts';
import type { StepTimeModel } from '../src/sim/index.ts';
import { gigabytesPerSecond, seconds } from '../src/units/index.ts';

/** A step-time model and what it stands for. */
export interface NamedStepModel {
  readonly name: string;
  readonly steps: StepTimeModel;
}

/** The step model to measure with: `perf` for the product's own, `linear` for the cheapest law there is. */
export function stepModel(choice: string, batch: BatchLimits): NamedStepModel {
  return choice === 'linear'
    ? { name: 'linear law of about an 8B model', steps: LINEAR_STEPS }
    : { name: 'src/perf, Llama-3.1-8B bf16 on one H100, vLLM', steps: llamaSteps(batch) };
}

function llamaSteps(batch: BatchLimits): StepTimeModel {
  const catalog = shippedCatalog();
  const architecture = findModel(catalog, 'llama-3.1-8b-instruct');
  const accelerator = findAccelerator(catalog, 'h100-sxm');
  if (!architecture.ok || !accelerator.ok) throw new Error('the catalogue lacks Llama-3.1-8B or the H100');
  const configuration = {
    architecture: architecture.value,
    accelerator: accelerator.value,
    parallelism: NO_PARALLELISM,
    acceleratorsPerNode: 8,
    interNodeBandwidth: gigabytesPerSecond(50),
    engine: 'vllm',
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    batch,
    maxModelLength: 16_384,
  } as const;
  return replicaPerformance(configuration, shippedCoefficients()).steps;
}

/**
 * A linear law of about an 8B model in bf16 on one H100: weights read in 6 ms, 16 GFLOP per token at 60 % of
 * 989 TFLOP/s, 128 KiB of KV per token at 80 % of 3.35 TB/s (*assumed*: round figures from the vendor sheet).
 */
const BASE = 6e-3;
const PER_TOKEN = 2.7e-5;
const PER_PAIR = 6e-10;
const PER_KV_TOKEN = 4.9e-8;

const LINEAR_STEPS: StepTimeModel = {
  stepTime: (prefillTokens, attended, sequences, kvTokens) =>
    seconds(BASE + PER_TOKEN * (prefillTokens + sequences) + PER_PAIR * attended + PER_KV_TOKEN * kvTokens),
  decodeRun: (sequences, kvTokens, steps) =>
    seconds(
      steps * (BASE + PER_TOKEN * sequences + PER_KV_TOKEN * kvTokens) +
        PER_KV_TOKEN * sequences * ((steps * (steps - 1)) / 2),
    ),
  kvBlocks: 27_000,
  blockTokens: 16,
  dataParallel: 1,
  pipelineDepth: 1,
  ingest: { base: seconds(0.0156), perInputToken: seconds(2e-6) },
  outputLatency: seconds(0.00078),
};
