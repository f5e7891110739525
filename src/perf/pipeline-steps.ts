import type { Seconds } from '../units/index.ts';
import type { StepBatch } from './breakdown.ts';
import { loneStepTime } from './lone-steps.ts';
import type { LoneSteps } from './lone-steps.ts';

/** Step times of one pipeline stage; arguments as in `ReplicaSteps`. */
export interface StageKernel {
  stepTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;
  decodeRun(decodeSequences: number, decodeKvTokens: number, steps: number): Seconds;
}

/** Step times of a pipeline: those of its slowest stage, and of every stage. */
export interface PipelineTimes extends StageKernel {
  /** Seconds of a step on each stage, in pipeline order, put into `into`; Σ is the time of a step through an empty pipeline. */
  readonly stageTimes: (batch: StepBatch, into: Float64Array) => void;
}

/**
 * The times of a pipeline from those of its stages, one entry per stage; alike stages share an entry, which is then asked once.
 * A run of decode steps is summed step by step: which stage is slowest may change along it.
 */
export function pipelineTimes(stages: readonly StageKernel[]): PipelineTimes {
  const kinds = [...new Set(stages)];
  const kindOf = stages.map((stage) => kinds.indexOf(stage));
  const times = new Float64Array(kinds.length);
  const stepTime: StageKernel['stepTime'] = (prefill, attended, sequences, cached) => {
    let slowest = 0;
    for (const kind of kinds)
      slowest = Math.max(slowest, kind.stepTime(prefill, attended, sequences, cached));
    return slowest as Seconds;
  };
  return {
    stepTime,
    decodeRun: (sequences, cached, steps) => {
      if (kinds.length === 1) return kinds[0]!.decodeRun(sequences, cached, steps);
      let sum = 0;
      for (let i = 0; i < steps; i++) sum += stepTime(0, 0, sequences, cached + i * sequences);
      return sum as Seconds;
    },
    stageTimes: ({ prefillTokens, prefillAttended, decodeSequences, decodeKvTokens }, into) => {
      for (let kind = 0; kind < kinds.length; kind++) {
        times[kind] = kinds[kind]!.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens);
      }
      for (let stage = 0; stage < kindOf.length; stage++) into[stage] = times[kindOf[stage]!]!;
    },
  };
}

/** What `passTime` needs of a replica. */
interface PassedSteps extends LoneSteps {
  readonly pipelineDepth: number;
  readonly stageTimes?: PipelineTimes['stageTimes'];
}

/** Seconds until a step of one rank has passed all stages of a replica with nothing else in it: a token's latency. */
export function passTime(steps: PassedSteps, batch: StepBatch): Seconds {
  if (steps.stageTimes === undefined) return (loneStepTime(steps, batch) * steps.pipelineDepth) as Seconds;
  const times = new Float64Array(steps.pipelineDepth);
  steps.stageTimes(batch, times);
  return times.reduce((sum, time) => sum + time, 0) as Seconds;
}
