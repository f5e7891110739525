import type { Seconds } from '../units/index.ts';
import { attentionForms, decodeAttentionTime, prefillAttentionTime } from './attention.ts';
import type { AttentionForms } from './attention.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf } from './engine-overheads.ts';
import type { EngineOverheads } from './engine-overheads.ts';
import { replicaMemory } from './memory.ts';
import { tokenOperators } from './operators.ts';
import type { OperatorSet } from './operators.ts';
import { rankShare } from './sharding.ts';
import { TokenTable } from './token-table.ts';

/**
 * Step times of one replica, in the shape the simulation asks for. Tokens, sequences and KV tokens are those of one
 * attention data-parallel rank; all ranks are taken to carry the same load. With pipeline stages the time is that of
 * the slowest stage (the interval at which steps leave the pipeline while `pipelineDepth` of them are in flight), and
 * a token's own latency is `pipelineDepth` times that.
 */
export interface ReplicaSteps {
  stepTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;
  decodeRun(decodeSequences: number, decodeKvTokens: number, steps: number): Seconds;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly dataParallel: number;
  readonly pipelineDepth: number;
  readonly ingest: { readonly base: Seconds; readonly perInputToken: Seconds };
  readonly outputLatency: Seconds;
}

/** Compiles the step times of a configuration that passed `checkConfiguration`. Tables fill lazily on first use. */
export function compileSteps(c: ReplicaConfiguration, coefficients: OperatorCoefficients): ReplicaSteps {
  const memory = replicaMemory(c);
  const overheads = overheadsOf(c, coefficients);
  const kernel = new StepKernel(c, {
    operators: tokenOperators(c, coefficients),
    attention: attentionForms(c, coefficients),
    overheads,
  });
  return {
    stepTime: (prefillTokens, prefillAttended, decodeSequences, decodeKvTokens) =>
      kernel.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens),
    decodeRun: (decodeSequences, decodeKvTokens, steps) =>
      kernel.decodeRun(decodeSequences, decodeKvTokens, steps),
    kvBlocks: memory.kvBlocks,
    blockTokens: memory.blockTokens,
    dataParallel: c.parallelism.dataParallel,
    pipelineDepth: c.parallelism.pipelineParallel,
    ingest: {
      base: overheads.ingestBase as Seconds,
      perInputToken: overheads.ingestPerToken as Seconds,
    },
    outputLatency: overheads.outputLatency as Seconds,
  };
}

/** Sums operators over layers into tables by token count; steps read the tables and allocate nothing. */
class StepKernel {
  readonly #layers: TokenTable;
  readonly #head: TokenTable;
  readonly #attention: AttentionForms;
  readonly #stage: number;
  readonly #fixed: number;
  readonly #overheads: EngineOverheads;

  constructor(
    c: ReplicaConfiguration,
    parts: {
      readonly operators: OperatorSet;
      readonly attention: AttentionForms;
      readonly overheads: EngineOverheads;
    },
  ) {
    const { operators, attention, overheads } = parts;
    const stages = c.parallelism.pipelineParallel;
    this.#stage = rankShare(c).stageShare;
    this.#layers = new TokenTable((m) => {
      let time = 0;
      for (const operator of operators.layers) time += operator.count * operator.time(m);
      time *= this.#stage;
      for (const hop of operators.hops) time += (hop.time(m) * hop.count) / stages;
      return time;
    });
    this.#head = new TokenTable((m) => operators.head.reduce((sum, operator) => sum + operator.time(m), 0));
    this.#attention = attention;
    this.#overheads = overheads;
    this.#fixed = overheads.step + overheads.perLayer * c.architecture.layers * this.#stage;
  }

  stepTime(prefill: number, attended: number, sequences: number, cached: number): Seconds {
    const tokens = prefill + sequences;
    if (tokens === 0) return 0 as Seconds;
    const sampled = prefill > 0 ? sequences + 1 : sequences;
    const { prefillScale, decodeScale } = this.#overheads;
    let work = (this.#layers.at(tokens) + this.#head.at(sampled)) * this.#scale(prefill > 0);
    if (prefill > 0)
      work += prefillAttentionTime(this.#attention, prefill, attended) * this.#stage * prefillScale;
    if (sequences > 0)
      work += decodeAttentionTime(this.#attention, sequences, cached) * this.#stage * decodeScale;
    return (this.#fixed + this.#overheads.perSequence * sampled + work) as Seconds;
  }

  /** A step with prompt tokens is never scaled below a pure decode step: more tokens are never faster. */
  #scale(hasPrefill: boolean): number {
    const { prefillScale, decodeScale } = this.#overheads;
    return hasPrefill ? Math.max(prefillScale, decodeScale) : decodeScale;
  }

  /**
   * Pure decode is linear in the cached tokens with one knee, where every sequence fills the attention window:
   * Σ over steps of cached = n·V + S·n(n−1)/2, and the same for the windowed part up to the knee.
   */
  decodeRun(sequences: number, cached: number, steps: number): Seconds {
    if (steps <= 0 || sequences <= 0) return 0 as Seconds;
    const d = this.#attention.decode;
    const scale = this.#overheads.decodeScale * this.#stage;
    const first = this.stepTime(0, 0, sequences, cached);
    const growth = (sequences * steps * (steps - 1)) / 2;
    const limit = sequences * this.#attention.window;
    const room = Math.max(0, limit - cached);
    const rising = Math.min(steps, Number.isFinite(room) ? Math.floor(room / sequences) + 1 : steps);
    const windowGrowth =
      (sequences * rising * (rising - 1)) / 2 + (steps - rising) * (room === Infinity ? 0 : room);
    return (first * steps + (d.perCachedToken * growth + d.perWindowToken * windowGrowth) * scale) as Seconds;
  }
}
