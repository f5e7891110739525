import type { Seconds } from '../units/index.ts';
import { attentionForms, decodeAttentionTime, prefillAttentionTime } from './attention.ts';
import type { AttentionForms } from './attention.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf, scaledWork } from './engine-overheads.ts';
import type { EngineOverheads } from './engine-overheads.ts';
import { replicaMemory } from './memory.ts';
import { stageOperators } from './operators.ts';
import type { TokenOperator } from './operator-builder.ts';
import type { StageOperators } from './operators.ts';
import { SharedWork } from './shared-work.ts';
import { pipelineStages } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import { pipelineTimes } from './pipeline-steps.ts';
import type { PipelineTimes } from './pipeline-steps.ts';
import { SpeculativePace } from './speculative-pace.ts';
import { TokenTable } from './token-table.ts';

/**
 * A step of data-parallel ranks that compute parts of it together (experts, feed-forwards cut over all of them), in two
 * parts whose sum is `stepTime` where all ranks carry the same load. Where they do not, a step takes as long as the
 * largest own part and the shared part of the mean batch.
 */
export interface LockstepTimes {
  /** Seconds of what a rank computes for its own batch (none where that is empty); arguments as those of `stepTime`. */
  ownTime(
    prefillTokens: number,
    prefillAttended: number,
    decodeSequences: number,
    decodeKvTokens: number,
  ): Seconds;
  /** Seconds of what all ranks compute together, by prompt tokens and sequences of a rank in the mean of all of them. */
  sharedTime(meanPrefillTokens: number, meanDecodeSequences: number): Seconds;
}

/**
 * Step times of one replica, in the shape the simulation asks for. Tokens, sequences and KV tokens are those of one
 * attention data-parallel rank; `stepTime` takes all ranks to carry the same load, `lockstep` does not. With pipeline stages the time is that of
 * the slowest stage (the interval at which steps leave the pipeline while `pipelineDepth` of them are in flight);
 * `stageTimes` gives all, whose sum is a token's own latency.
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
  /** Ranks that compute a part together meet in every step. */
  readonly rankStepping: 'lockstep' | 'independent';
  /** Absent where every rank computes its step alone. */
  readonly lockstep?: LockstepTimes;
  readonly pipelineDepth: number;
  /** Times of a step on each stage; present where there are several. */
  readonly stageTimes?: PipelineTimes['stageTimes'];
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
  const stages = stageKernels(c, coefficients);
  const kernel = stages[0]!;
  const pipeline = stages.length > 1 ? pipelineTimes(stages) : undefined;
  const times = pipeline ?? kernel;
  return {
    stepTime: (prefillTokens, prefillAttended, decodeSequences, decodeKvTokens) =>
      times.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens),
    decodeRun: (decodeSequences, decodeKvTokens, steps) =>
      times.decodeRun(decodeSequences, decodeKvTokens, steps),
    ...(pipeline === undefined ? {} : { stageTimes: pipeline.stageTimes }),
    kvBlocks: memory.kvBlocks,
    blockTokens: memory.blockTokens,
    ...(kernel.isShared && pipeline === undefined ? { lockstep: kernel } : {}),
    dataParallel: c.parallelism.dataParallel,
    rankStepping: kernel.isShared ? 'lockstep' : 'independent',
    pipelineDepth: c.parallelism.pipelineParallel,
    ingest: {
      base: (overheads.ingestBase +
        overheads.admissionSteps *
          times.stepTime(0, 0, TYPICAL_SEQUENCES, TYPICAL_SEQUENCES * TYPICAL_CONTEXT)) as Seconds,
      perInputToken: overheads.ingestPerToken as Seconds,
    },
    outputLatency: overheads.outputLatency as Seconds,
  };
}

/** A kernel for each pipeline stage; stages that take the same time share one. */
function stageKernels(c: ReplicaConfiguration, coefficients: OperatorCoefficients): readonly StepKernel[] {
  const known = new Map<string, StepKernel>();
  return pipelineStages(c).map((stage) => {
    const { configuration, layers, isLast, next } = stage;
    const key = [
      configuration.accelerator.name,
      configuration.acceleratorsPerNode,
      layers,
      isLast,
      next,
    ].join();
    const kernel =
      known.get(key) ??
      new StepKernel(stage, {
        operators: stageOperators(stage, coefficients),
        attention: attentionForms(configuration, coefficients),
        overheads: overheadsOf(configuration, coefficients),
      });
    known.set(key, kernel);
    return kernel;
  });
}

/** Sums operators over layers into tables by token count; steps read the tables and allocate nothing. */
class StepKernel implements LockstepTimes {
  readonly #layers: TokenTable;
  readonly #layerTime = (tokens: number): number => this.#layers.at(tokens);
  readonly #shared: SharedWork | undefined;
  readonly #head: TokenTable;
  readonly #gather: TokenTable;
  readonly #combine: TokenTable;
  readonly #attention: AttentionForms;
  readonly #stage: number;
  readonly #fixed: number;
  readonly #overheads: EngineOverheads;
  readonly #pace: SpeculativePace;
  readonly #contextParallel: number;

  constructor(
    stage: Stage,
    parts: {
      readonly operators: StageOperators;
      readonly attention: AttentionForms;
      readonly overheads: EngineOverheads;
    },
  ) {
    const { operators, attention, overheads } = parts;
    const c = stage.configuration;
    const { contextParallel, dataParallel: ranks } = c.parallelism;
    this.#stage = stage.share;
    const sum = (set: readonly TokenOperator[], m: number): number =>
      set.reduce((total, operator) => total + operator.count * operator.time(m), 0);
    const own = operators.layers.filter((operator) => !operator.isShared);
    const shared = operators.layers.filter((operator) => operator.isShared);
    this.#layers = new TokenTable((m) => sum(own, m) * this.#stage + sum(operators.hops, m));
    this.#head = new TokenTable((m) => sum(operators.head, m));
    this.#gather = new TokenTable((m) => sum(operators.contextGather, m) * this.#stage);
    this.#combine = new TokenTable((m) => sum(operators.contextCombine, m) * this.#stage);
    this.#attention = attention;
    this.#overheads = overheads;
    this.#fixed = overheads.step + overheads.perLayer * stage.layers;
    this.#contextParallel = contextParallel;
    const pace = (this.#pace = new SpeculativePace(c.speculative));
    const work = (m: number): number => sum(shared, m) * this.#stage;
    this.#shared =
      shared.length > 0 ? new SharedWork({ work, ranks, contextParallel, overheads, pace }) : undefined;
  }

  /** Whether ranks compute a part of the step together. */
  get isShared(): boolean {
    return this.#shared !== undefined;
  }

  stepTime(prefill: number, attended: number, sequences: number, cached: number): Seconds {
    return (this.ownTime(prefill, attended, sequences, cached) +
      this.sharedTime(prefill, sequences)) as Seconds;
  }

  sharedTime(prefill: number, sequences: number): Seconds {
    return (this.#shared === undefined ? 0 : this.#shared.time(prefill, sequences)) as Seconds;
  }

  ownTime(prefill: number, attended: number, sequences: number, cached: number): Seconds {
    if (prefill + sequences === 0) return 0 as Seconds;
    if (sequences === 0 || this.#pace.pace === 1)
      return this.#step(prefill, attended, sequences, cached) as Seconds;
    const verify = this.#step(0, 0, sequences, cached);
    const whole = prefill > 0 ? this.#step(prefill, attended, sequences, cached) : verify;
    return this.#pace.perToken(whole, verify, this.#plainDecode(sequences, cached)) as Seconds;
  }

  /** The own part of a step as it runs on the device, before what speculation yields. */
  #step(prefill: number, attended: number, sequences: number, cached: number): number {
    const verified = sequences * this.#pace.verified;
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
    const { pace, draft } = this.#pace;
    const scale =
      (this.#overheads.decodeScale * this.#stage * pace * (1 + draft)) / this.#attention.contextParallel;
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
