import type { RequestColumns } from '../../src/model/index.ts';
import { randomStream } from '../../src/random/index.ts';
import type { StepTimeModel } from '../../src/sim/index.ts';
import { seconds } from '../../src/units/index.ts';

/** Coefficients of a step that takes base + perToken·tokens + perPair·attended + perKvToken·kv seconds. */
export interface LinearLaw {
  readonly base: number;
  readonly perToken: number;
  readonly perPair?: number;
  readonly perKvToken: number;
}

/** A step-time model with a linear law, no ingest, no output latency and plenty of KV blocks unless stated. */
export function linearSteps(law: LinearLaw, facts: Partial<StepTimeModel> = {}): StepTimeModel {
  const { base, perToken, perPair = 0, perKvToken } = law;
  return {
    stepTime: (prefill, attended, sequences, kvTokens) =>
      seconds(base + perToken * (prefill + sequences) + perPair * attended + perKvToken * kvTokens),
    decodeRun: (sequences, kvTokens, steps) =>
      seconds(
        steps * (base + perToken * sequences + perKvToken * kvTokens) +
          (perKvToken * sequences * steps * (steps - 1)) / 2,
      ),
    kvBlocks: 1_000_000,
    blockTokens: 16,
    dataParallel: 1,
    pipelineDepth: 1,
    ingest: { base: seconds(0), perInputToken: seconds(0) },
    outputLatency: seconds(0),
    ...facts,
  };
}

/** Every step takes `step` seconds. */
export function constantSteps(step: number, facts: Partial<StepTimeModel> = {}): StepTimeModel {
  return linearSteps({ base: step, perToken: 0, perKvToken: 0 }, facts);
}

/** A pipeline whose stages each take a linear law; ample KV blocks unless stated. */
export function unlikeStages(laws: readonly LinearLaw[], facts: Partial<StepTimeModel> = {}): StepTimeModel {
  const stages = laws.map((law) => linearSteps(law));
  const stepTime: StepTimeModel['stepTime'] = (...batch) =>
    seconds(Math.max(...stages.map((stage) => stage.stepTime(...batch))));
  return {
    ...linearSteps(laws[0]!),
    stepTime,
    decodeRun: (sequences, kvTokens, steps) => {
      let sum = 0;
      for (let i = 0; i < steps; i++) sum += stepTime(0, 0, sequences, kvTokens + i * sequences);
      return seconds(sum);
    },
    stageTimes: (batch, into) => {
      for (const [index, stage] of stages.entries()) {
        const { prefillTokens, prefillAttended, decodeSequences, decodeKvTokens } = batch;
        into[index] = stage.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens);
      }
    },
    pipelineDepth: laws.length,
    ...facts,
  };
}

/** About an 8B model on one H100 (round figures). */
export const EIGHT_BILLION: LinearLaw = { base: 6e-3, perToken: 2.7e-5, perPair: 6e-10, perKvToken: 4.9e-8 };

/** Requests from rows of [arrival, isl, osl, cachedTokens]. */
export function requestColumns(
  rows: readonly (readonly [number, number, number, number?])[],
): RequestColumns {
  return {
    arrival: Float64Array.from(rows, (row) => row[0]),
    isl: Int32Array.from(rows, (row) => row[1]),
    osl: Int32Array.from(rows, (row) => row[2]),
    cachedTokens: Int32Array.from(rows, (row) => row[3] ?? 0),
  };
}

/** What random requests look like. */
export interface RandomRequests {
  readonly seed: number;
  readonly count: number;
  readonly rate: number;
  /** Coefficient of variation of the (Gamma) gaps; 1 is a Poisson process. */
  readonly cv: number;
  /** Mean lengths, and the coefficient of variation of both (log-normal; 0 makes them fixed). */
  readonly isl: number;
  readonly osl: number;
  readonly lengthCv: number;
}

/** Random requests; draws from the streams `arrivals` and `lengths` of the seed. */
export function randomRequests(what: RandomRequests): RequestColumns {
  const gaps = randomStream(what.seed, 'arrivals');
  const lengths = randomStream(what.seed, 'lengths');
  const shape = 1 / what.cv ** 2;
  const sigma = Math.sqrt(Math.log(1 + what.lengthCv ** 2));
  const length = (mean: number): number =>
    Math.max(1, Math.round(mean * Math.exp(sigma * lengths.normal() - sigma ** 2 / 2)));
  let time = 0;
  return requestColumns(
    Array.from({ length: what.count }, () => {
      time += gaps.gamma(shape) / shape / what.rate;
      return [time, length(what.isl), length(what.osl)];
    }),
  );
}
