import type { Seconds } from '../../units/index.ts';
import type { ReplicaConfiguration } from '../configuration.ts';
import type { EngineOverheads } from '../engine-overheads.ts';
import { touchedExperts } from '../laws.ts';
import { replicaMemory } from '../memory.ts';
import type { ReplicaSteps } from '../step-model.ts';
import type { AttentionGrid } from './attention-grid.ts';
import { runsPerStep } from './layer-profile.ts';
import type { LayerProfile } from './layer-profile.ts';
import { PiecewiseLinear } from './piecewise-linear.ts';

/** What a layer profile does not hold. */
export interface ProfileComplements {
  readonly overheads: EngineOverheads;
  /** Seconds of one all-reduce of `bytes` over the tensor-parallel ranks. */
  readonly allReduce: (bytes: number) => number;
  /**
   * Ranks over which the profile's routed experts are spread although it was taken on one: 1 when the profile is of
   * this tensor parallel size.
   */
  readonly expertRanks: number;
}

/**
 * Step times of a replica from the measured times of its layers, in the shape of the fitted step model. A step is the
 * sum of its layers (each as often as it runs), attention, all-reduces (two per layer and one for the embedding, bf16) and
 * the engine's overheads. Prompt chunks of one step count as one chunk with the same attended pairs, or, where prompts are
 * short, as several of their mean length; decodes as equally long (the profiler's correction for unequal lengths needs
 * the longest, which steps do not tell). Only without pipeline stages: throws RangeError.
 */
export function compileProfileSteps(
  c: ReplicaConfiguration,
  profile: LayerProfile,
  complements: ProfileComplements,
): ReplicaSteps {
  if (c.parallelism.pipelineParallel !== 1) throw new RangeError('layer profiles have no pipeline stages');
  const memory = replicaMemory(c);
  const kernel = new ProfileKernel(c, profile, complements);
  const { overheads } = complements;
  return {
    stepTime: (prefill, attended, sequences, cached) => kernel.stepTime(prefill, attended, sequences, cached),
    decodeRun: (sequences, cached, steps) => kernel.decodeRun(sequences, cached, steps),
    kvBlocks: memory.kvBlocks,
    blockTokens: memory.blockTokens,
    rankStepping: 'independent',
    dataParallel: c.parallelism.dataParallel,
    pipelineDepth: 1,
    ingest: { base: overheads.ingestBase as Seconds, perInputToken: overheads.ingestPerToken as Seconds },
    outputLatency: overheads.outputLatency as Seconds,
  };
}

class ProfileKernel {
  /** Everything that depends on the tokens of a step, and on its sequences. */
  readonly #tokens: PiecewiseLinear;
  readonly #sequences: PiecewiseLinear;
  readonly #attention: readonly AttentionGrid[];
  readonly #attentionLayers: number;
  readonly #fixed: number;
  readonly #perSequence: number;

  constructor(c: ReplicaConfiguration, profile: LayerProfile, complements: ProfileComplements) {
    const { overheads } = complements;
    const { layers } = c.architecture;
    this.#tokens = tokenCurve(c, profile, complements);
    this.#sequences = sumOf([...profile.perSequence.values()]);
    this.#attention = [...profile.attention.values()];
    this.#attentionLayers = layers - c.architecture.attention.linear;
    this.#fixed = overheads.step + overheads.perLayer * layers;
    this.#perSequence = overheads.perSequence;
  }

  stepTime(prefill: number, attended: number, sequences: number, cached: number): Seconds {
    const tokens = prefill + sequences;
    if (tokens === 0) return 0 as Seconds;
    const mean = sequences > 0 ? cached / sequences : 0;
    let attention = 0;
    for (const grid of this.#attention)
      attention += attentionTime(grid, { prefill, attended, sequences, mean });
    return (this.#others(tokens, prefill > 0 ? sequences + 1 : sequences) +
      attention * this.#attentionLayers) as Seconds;
  }

  decodeRun(sequences: number, cached: number, steps: number): Seconds {
    if (steps <= 0 || sequences <= 0) return 0 as Seconds;
    let attention = 0;
    for (const grid of this.#attention) attention += grid.decodeRun(sequences, cached / sequences, steps);
    return (this.#others(sequences, sequences) * steps + attention * this.#attentionLayers) as Seconds;
  }

  /** All of a step but attention. */
  #others(tokens: number, sampled: number): number {
    return this.#tokens.at(tokens) + this.#sequences.at(sampled) + this.#fixed + this.#perSequence * sampled;
  }
}

/** One layer's attention of a step whose decodes hold `mean` cached tokens each. */
function attentionTime(
  grid: AttentionGrid,
  step: {
    readonly prefill: number;
    readonly attended: number;
    readonly sequences: number;
    readonly mean: number;
  },
): number {
  const { prefill, attended, sequences, mean } = step;
  if (prefill === 0) return grid.at(0, 0, sequences, mean);
  const before = attended / prefill - prefill / 2;
  if (before >= 0) return grid.at(prefill, before, sequences, mean);
  // Several prompts: as many chunks of the length whose pairs add up to those attended.
  const chunk = (2 * attended) / prefill;
  const more = grid.at(chunk, 0, 0, 0) - grid.at(0, 0, 0, 0);
  return grid.at(chunk, 0, sequences, mean) + (prefill / chunk - 1) * Math.max(0, more);
}

/** Layers, experts and all-reduces of a step by its tokens. */
function tokenCurve(
  c: ReplicaConfiguration,
  profile: LayerProfile,
  complements: ProfileComplements,
): PiecewiseLinear {
  const a = c.architecture;
  const denseLayers = a.moe === undefined ? a.layers : a.dense.layers;
  const entries = [...profile.dense].map(
    ([layer, curve]) => [curve, runsPerStep(layer, { layers: a.layers, denseLayers })] as const,
  );
  const reduces = c.parallelism.tensorParallel > 1 ? 2 * a.layers + 1 : 0;
  const time = (tokens: number): number => {
    let sum = reduces * complements.allReduce(tokens * a.hidden * 2);
    for (const [curve, runs] of entries) sum += runs * curve.at(tokens);
    if (a.moe !== undefined && profile.experts !== undefined) {
      const touched = touchedExperts(a.moe.experts, a.moe.topK, tokens) / complements.expertRanks;
      sum += a.moe.layers * profile.experts.at(tokens, touched);
    }
    return sum;
  };
  return new PiecewiseLinear(knots(entries.map(([curve]) => curve)).map((x) => [x, time(x)] as const));
}

function sumOf(curves: readonly PiecewiseLinear[]): PiecewiseLinear {
  return new PiecewiseLinear(
    knots(curves).map((x) => [x, curves.reduce((sum, curve) => sum + curve.at(x), 0)] as const),
  );
}

/** All arguments of the curves' points, ascending. */
function knots(curves: readonly PiecewiseLinear[]): readonly number[] {
  return [...new Set(curves.flatMap((curve) => [...curve.arguments]))].sort((x, y) => x - y);
}
