import { seconds } from '../src/units/index.ts';
import type { StepTimeModel } from '../src/sim/index.ts';

/** A step-time model and what it stands for. */
export interface NamedStepModel {
  readonly name: string;
  readonly steps: StepTimeModel;
}

/** The step model to measure with: `linear` for the law of `linearSteps`. */
export async function stepModel(choice: string): Promise<NamedStepModel> {
  await Promise.resolve();
  return { name: `linear-8b (${choice})`, steps: linearSteps };
}

/**
 * A linear law of about an 8B model in bf16 on one H100: weights read in 6 ms, 16 GFLOP per token at 60 % of 989 TFLOP/s,
 * 128 KiB of KV per token at 80 % of 3.35 TB/s (*assumed*: round figures from the vendor sheet).
 */
const BASE = 6e-3;
const PER_TOKEN = 2.7e-5;
const PER_PAIR = 6e-10;
const PER_KV_TOKEN = 4.9e-8;

const linearSteps: StepTimeModel = {
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
