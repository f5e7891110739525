import type { BatchLimits } from '../../model/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/**
 * Steps of one rank on a grid: what they hold and how long they take at least, whatever their contexts are. Of a pipeline the
 * times are those of one stage, which has one step at a time (of the slowest of each step they would be no bound: a
 * stage may be the slowest in prompts, and another in decodes).
 */
export interface StepCosts {
  /** Prompt tokens, sequences and least seconds, one entry per step of the grid. */
  readonly prompt: Float64Array;
  readonly sequences: Float64Array;
  readonly time: Float64Array;
  /** Least seconds from a token of a sequence to its next over `time` of the step that makes it: all pipeline stages; 1 without. */
  readonly pass: number;
  /** Least seconds that one more attended pair, and one more cached token read, add to any step. */
  readonly perPair: number;
  readonly perRead: number;
}

/** Points per octave of the grid; between them step times are all but linear (`GRID_ERROR` in capacity-bound.ts). */
const POINTS_PER_OCTAVE = 3;
/** Contexts between which slopes are read, tokens per sequence: beyond attention windows, where times grow least. */
const LONG_CONTEXT = 131_072;

/** The grid up to the widest limits of a replica's candidates. Cost: some 1,200 step times. */
export function stepCosts(model: StepTimeModel, widest: BatchLimits): StepCosts {
  const steps = new CountedStage(model);
  // The mean batch of ranks in lockstep may be less than a token of each.
  const least = model.lockstep === undefined ? 1 : 1 / model.dataParallel;
  const prompts = [0, ...pointsUpTo(widest.maxBatchedTokens, least)];
  const sequences = [0, ...pointsUpTo(widest.maxSequences, least)];
  const size = prompts.length * sequences.length - 1;
  const costs = {
    prompt: new Float64Array(size),
    sequences: new Float64Array(size),
    time: new Float64Array(size),
  };
  let index = 0;
  let pass = Infinity;
  for (const n of sequences) {
    for (const p of prompts) {
      if (n + p === 0) continue;
      costs.prompt[index] = p;
      costs.sequences[index] = n;
      const time = (costs.time[index] = steps.stepTime(p, 0, n, 0));
      if (n > 0) pass = Math.min(pass, steps.lastPass / time);
      if (model.lockstep !== undefined && n > 0 && p > 0) {
        costs.time[index] = leastOfUnlikeRanks(steps, { p, n, least, time });
      }
      index++;
    }
  }
  return {
    ...costs,
    pass,
    perPair: leastPairSlope(steps, prompts),
    perRead: leastReadSlope(steps, sequences),
  };
}

/**
 * Least seconds of a lockstep step whose ranks hold p prompt tokens and n sequences in the mean: where some compute prompts and
 * others decode, no rank pays for the start of both, and the slowest is no faster than either alone.
 */
function leastOfUnlikeRanks(
  steps: CountedStage,
  mean: { readonly p: number; readonly n: number; readonly least: number; readonly time: number },
): number {
  const { p, n, least, time } = mean;
  const prompts = steps.stepTime(p, 0, 0, 0);
  const decodes = steps.stepTime(0, 0, n, 0);
  const startOfPrompts = steps.stepTime(least, 0, n, 0) - decodes;
  const startOfDecodes = steps.stepTime(p, 0, least, 0) - prompts;
  return Math.max(prompts, decodes, time - startOfPrompts - startOfDecodes);
}

/** A step of a busy replica, by whose slowest stage a pipeline is counted (*assumed*: any stage gives a bound). */
const BUSY_STEP = {
  prefillTokens: 128,
  prefillAttended: 65_536,
  decodeSequences: 32,
  decodeKvTokens: 65_536,
} as const;

/** Step times of a replica, of a pipeline those of its counted stage. */
class CountedStage {
  /** Seconds of the step asked last through all stages. */
  lastPass = 0;
  readonly #steps: StepTimeModel;
  readonly #times: Float64Array;
  readonly #stage: number;

  constructor(steps: StepTimeModel) {
    this.#steps = steps;
    this.#times = new Float64Array(steps.pipelineDepth);
    steps.stageTimes?.(BUSY_STEP, this.#times);
    this.#stage = this.#times.indexOf(Math.max(...this.#times));
  }

  stepTime(prefill: number, attended: number, sequences: number, cached: number): number {
    const steps = this.#steps;
    if (steps.stageTimes === undefined) {
      const time = steps.stepTime(prefill, attended, sequences, cached);
      this.lastPass = time * steps.pipelineDepth;
      return time;
    }
    steps.stageTimes(
      {
        prefillTokens: prefill,
        prefillAttended: attended,
        decodeSequences: sequences,
        decodeKvTokens: cached,
      },
      this.#times,
    );
    this.lastPass = this.#times.reduce((sum, time) => sum + time, 0);
    return this.#times[this.#stage]!;
  }
}

/** Whole numbers, and halves of one down to `least`. */
function pointsUpTo(most: number, least: number): readonly number[] {
  const points = new Set<number>();
  for (let point = least; point < 1; point *= 2) points.add(point);
  for (let i = 0; ; i++) {
    const point = Math.round(2 ** (i / POINTS_PER_OCTAVE));
    if (point >= most) break;
    points.add(point);
  }
  return [...points, most];
}

/** Seconds per attended pair where they are fewest: times grow less than in proportion, so far out. */
function leastPairSlope(steps: CountedStage, prompts: readonly number[]): number {
  const slopes = prompts
    .filter((p) => p > 0)
    .map((p) => {
      const [near, far] = [p * LONG_CONTEXT, 2 * p * LONG_CONTEXT];
      return (steps.stepTime(p, far, 0, 0) - steps.stepTime(p, near, 0, 0)) / (far - near);
    });
  return Math.max(0, Math.min(...slopes));
}

function leastReadSlope(steps: CountedStage, sequences: readonly number[]): number {
  const slopes = sequences
    .filter((n) => n > 0)
    .map((n) => {
      const [near, far] = [n * LONG_CONTEXT, 2 * n * LONG_CONTEXT];
      return (steps.stepTime(0, 0, n, far) - steps.stepTime(0, 0, n, near)) / (far - near);
    });
  return Math.max(0, Math.min(...slopes));
}
