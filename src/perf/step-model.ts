import type { Seconds } from '../units/index.ts';
import { attentionForms, decodeAttentionTime, prefillAttentionTime } from './attention.ts';
import type { AttentionForms } from './attention.ts';
import { expectedTokens, verifiedTokens } from './configuration.ts';
import type { ReplicaConfiguration, SpeculativeDecoding } from './configuration.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf, scaledWork } from './engine-overheads.ts';
import type { EngineOverheads } from './engine-overheads.ts';
import { replicaMemory } from './memory.ts';
import { tokenOperators } from './operators.ts';
import type { OperatorSet, TokenOperator } from './operators.ts';
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
  /** Ranks that share experts meet in every step. */
  readonly rankStepping: 'lockstep' | 'independent';
  readonly pipelineDepth: number;
  readonly ingest: { readonly base: Seconds; readonly perInputToken: Seconds };
  readonly outputLatency: Seconds;
}

/**
 * The decode step by which the wait for admission is measured in advance, as its true batch is not known here: sequences
 * and tokens of each (*assumed*, a moderately loaded chat service).
 */
const TYPICAL_SEQUENCES = 16;
const TYPICAL_CONTEXT = 2048;

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
    rankStepping: c.architecture.moe === undefined ? 'independent' : 'lockstep',
    pipelineDepth: c.parallelism.pipelineParallel,
    ingest: {
      base: (overheads.ingestBase +
        overheads.admissionSteps *
          kernel.stepTime(0, 0, TYPICAL_SEQUENCES, TYPICAL_SEQUENCES * TYPICAL_CONTEXT)) as Seconds,
      perInputToken: overheads.ingestPerToken as Seconds,
    },
    outputLatency: overheads.outputLatency as Seconds,
  };
}

/**
 * Sums operators over layers into tables by token count; steps read the tables and allocate nothing. With speculative
 * decoding a decode step verifies γ + 1 tokens per sequence and drafts γ; its time is divided by the expected tokens it
 * yields, so that a simulation of one token per step keeps the right pace. An approximation: tokens then arrive
 * evenly instead of in bursts. Prompt tokens of a mixed step are charged in full.
 */
class StepKernel {
  readonly #layers: TokenTable;
  readonly #layerTime = (tokens: number): number => this.#layers.at(tokens);
  readonly #head: TokenTable;
  readonly #gather: TokenTable;
  readonly #combine: TokenTable;
  readonly #attention: AttentionForms;
  readonly #stage: number;
  readonly #fixed: number;
  readonly #overheads: EngineOverheads;
  readonly #verified: number;
  readonly #pace: number;
  readonly #draft: number;
  readonly #contextParallel: number;

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
    const sum = (set: readonly TokenOperator[], m: number): number =>
      set.reduce((total, operator) => total + operator.count * operator.time(m), 0);
    this.#layers = new TokenTable(
      (m) => sum(operators.layers, m) * this.#stage + sum(operators.hops, m) / stages,
    );
    this.#head = new TokenTable((m) => sum(operators.head, m));
    this.#gather = new TokenTable((m) => sum(operators.contextGather, m) * this.#stage);
    this.#combine = new TokenTable((m) => sum(operators.contextCombine, m) * this.#stage);
    this.#attention = attention;
    this.#overheads = overheads;
    this.#fixed = overheads.step + overheads.perLayer * c.architecture.layers * this.#stage;
    this.#verified = verifiedTokens(c.speculative);
    this.#pace = 1 / expectedTokens(c.speculative);
    this.#draft = draftTime(c.speculative);
    this.#contextParallel = c.parallelism.contextParallel;
  }

  stepTime(prefill: number, attended: number, sequences: number, cached: number): Seconds {
    if (prefill + sequences === 0) return 0 as Seconds;
    if (sequences === 0 || this.#pace === 1)
      return this.#step(prefill, attended, sequences, cached) as Seconds;
    const verify = this.#step(0, 0, sequences, cached);
    const whole = prefill > 0 ? this.#step(prefill, attended, sequences, cached) : verify;
    const drafting = this.#draft * this.#plainDecode(sequences, cached);
    return (Math.max(0, whole - verify) + (verify + drafting) * this.#pace) as Seconds;
  }

  /** The step as it runs on the device, before what speculation yields. */
  #step(prefill: number, attended: number, sequences: number, cached: number): number {
    const verified = sequences * this.#verified;
    const sampled = prefill > 0 ? verified + 1 : verified;
    const { prefillScale, decodeScale } = this.#overheads;
    const prompt = prefill / this.#contextParallel;
    const tokens = prompt + verified;
    let work =
      scaledWork(this.#overheads, this.#layerTime, tokens, prompt) + this.#head.at(sampled) * decodeScale;
    if (prefill > 0) {
      const attention = prefillAttentionTime(this.#attention, prefill, attended) * this.#stage;
      work += (attention + this.#contextTime(this.#gather, prefill)) * prefillScale;
    }
    if (sequences > 0) {
      const attention = decodeAttentionTime(this.#attention, sequences, cached) * this.#stage;
      work += (attention + this.#contextTime(this.#combine, verified)) * decodeScale;
    }
    const requests = prefill > 0 ? sequences + 1 : sequences;
    return this.#fixed + this.#overheads.perSequence * requests + work;
  }

  /** A decode step of one token per sequence, by which the draft's time is stated; attention of a verify step counts. */
  #plainDecode(sequences: number, cached: number): number {
    const { decodeScale } = this.#overheads;
    const attention = decodeAttentionTime(this.#attention, sequences, cached) * this.#stage;
    return this.#fixed + (this.#layers.at(sequences) + this.#head.at(sequences) + attention) * decodeScale;
  }

  #contextTime(table: TokenTable, tokens: number): number {
    return this.#contextParallel > 1 ? table.at(tokens) : 0;
  }

  /**
   * Pure decode is linear in the cached tokens with one knee, where every sequence fills the attention window:
   * Σ over steps of cached = n·V + S·n(n−1)/2, and the same for the windowed part up to the knee.
   */
  decodeRun(sequences: number, cached: number, steps: number): Seconds {
    if (steps <= 0 || sequences <= 0) return 0 as Seconds;
    const d = this.#attention.decode;
    const scale =
      (this.#overheads.decodeScale * this.#stage * this.#pace * (1 + this.#draft)) /
      this.#attention.contextParallel;
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

/** Drafting over a decode step: γ tokens at their share each. */
function draftTime(speculative: SpeculativeDecoding | undefined): number {
  return speculative === undefined ? 0 : speculative.draftTokens * speculative.draftCost;
}
