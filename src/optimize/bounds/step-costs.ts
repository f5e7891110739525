import type { BatchLimits } from '../../model/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';

/** Steps of one rank on a grid: what they hold and how long they take at least, whatever their contexts are. */
export interface StepCosts {
  /** Prompt tokens, sequences and least seconds, one entry per step of the grid. */
  readonly prompt: Float64Array;
  readonly sequences: Float64Array;
  readonly time: Float64Array;
  /** Least seconds that one more attended pair, and one more cached token read, add to any step. */
  readonly perPair: number;
  readonly perRead: number;
}

/** Points per octave of the grid; between them step times are all but linear (`GRID_ERROR` in capacity-bound.ts). */
const POINTS_PER_OCTAVE = 3;
/** Contexts between which slopes are read, tokens per sequence: beyond attention windows, where times grow least. */
const LONG_CONTEXT = 131_072;

/** The grid up to the widest limits of a replica's candidates. Cost: some 1,200 step times. */
export function stepCosts(steps: StepTimeModel, widest: BatchLimits): StepCosts {
  const prompts = [0, ...pointsUpTo(widest.maxBatchedTokens)];
  const sequences = [0, ...pointsUpTo(widest.maxSequences)];
  const size = prompts.length * sequences.length - 1;
  const costs = {
    prompt: new Float64Array(size),
    sequences: new Float64Array(size),
    time: new Float64Array(size),
  };
  let index = 0;
  for (const n of sequences) {
    for (const p of prompts) {
      if (n + p === 0) continue;
      costs.prompt[index] = p;
      costs.sequences[index] = n;
      costs.time[index] = steps.stepTime(p, 0, n, 0);
      index++;
    }
  }
  return { ...costs, perPair: leastPairSlope(steps, prompts), perRead: leastReadSlope(steps, sequences) };
}

function pointsUpTo(most: number): readonly number[] {
  const points = new Set<number>();
  for (let i = 0; ; i++) {
    const point = Math.round(2 ** (i / POINTS_PER_OCTAVE));
    if (point >= most) break;
    points.add(point);
  }
  return [...points, most];
}

/** Seconds per attended pair where they are fewest: times grow less than in proportion, so far out. */
function leastPairSlope(steps: StepTimeModel, prompts: readonly number[]): number {
  const slopes = prompts
    .filter((p) => p > 0)
    .map((p) => {
      const [near, far] = [p * LONG_CONTEXT, 2 * p * LONG_CONTEXT];
      return (steps.stepTime(p, far, 0, 0) - steps.stepTime(p, near, 0, 0)) / (far - near);
    });
  return Math.max(0, Math.min(...slopes));
}

function leastReadSlope(steps: StepTimeModel, sequences: readonly number[]): number {
  const slopes = sequences
    .filter((n) => n > 0)
    .map((n) => {
      const [near, far] = [n * LONG_CONTEXT, 2 * n * LONG_CONTEXT];
      return (steps.stepTime(0, 0, n, far) - steps.stepTime(0, 0, n, near)) / (far - near);
    });
  return Math.max(0, Math.min(...slopes));
}
