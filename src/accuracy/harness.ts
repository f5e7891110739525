import type { SpeculativeDecoding } from '../perf/index.ts';
import fitted from './coefficients/harness.json' with { type: 'json' };
import type { Parallelism } from '../model/index.ts';
import type { MeasuredPool, Measurement } from './measurement.ts';

/**
 * What a benchmark's own launch scripts set, where that moves its figures and its result files do not say it. Facts of
 * InferenceX from its recipes (repository SemiAnalysisAI/InferenceX, `benchmarks/`, read 2026-11-21): settings only, no results.
 */
export interface HarnessSettings {
  /** Token budget of a step. */
  readonly maxBatchedTokens: number;
  /** Which wait new requests have before the scheduler looks at them; absent: none. */
  readonly wait?: keyof ReceiveSteps;
  readonly speculative?: SpeculativeDecoding;
  /** Share of the memory that the engine may take; absent: its default. */
  readonly memoryShare?: number;
  /** Seconds that the benchmark's own client adds to the time to first token. */
  readonly clientSeconds: number;
}

/** Mean decode steps a request waits beyond its engine's own `admissionSteps` until the scheduler looks at it, by setting. */
export interface ReceiveSteps {
  /** SGLang with `--scheduler-recv-interval 10`, as InferenceX sets it below 16 requests in flight. */
  readonly sglangSmall: number;
  /** SGLang with `--scheduler-recv-interval 30`, from 16 requests on. */
  readonly sglangLarge: number;
  /** TensorRT-LLM with attention data parallelism, `enable_balance` and `timeout_iters: 60`. */
  readonly tensorrtAttentionDp: number;
}

/** Token budget where a benchmark does not say it: the default of the three engines on large cards. */
const DEFAULT_BUDGET = 8192;
/** `--chunked-prefill-size` of most SGLang recipes (16384 or 32768). */
const SGLANG_BUDGET = 16_384;
/** `--mem-fraction-static` of the SGLang recipes whose weights leave little room (0.82 to 0.95). */
const SGLANG_MEMORY_SHARE = 0.95;
/** Requests in flight from which the SGLang recipes relax the receive interval. */
const SGLANG_LARGE = 16;
/** Room for special tokens in `max_num_tokens` of the TensorRT-LLM recipes. */
const TENSORRT_MARGIN = 64;
/**
 * Probability that the model's own multi-token-prediction head guesses right; *assumed* from the published acceptance of
 * DeepSeek-R1's head (about 0.8 for the first token: DeepSeek-V3 technical report, 2024-12; it falls for later ones).
 */
const MTP_ACCEPTANCE = 0.75;
/** One pass of the single-layer head against the model's 61 layers, with its share of the output head (assumed). */
const MTP_COST = 0.04;

/** The settings a measurement ran with, as far as its source tells; engine defaults otherwise. */
export function harnessSettings(m: Measurement, sequencesPerRank: number): HarnessSettings {
  const clientSeconds = isKnownHarness(m.source) ? fitted.clientSeconds : 0;
  return { ...recipeSettings(m, sequencesPerRank), clientSeconds };
}

/**
 * The cut a pool ran with. The P/D recipes of SGLang exchange tokens by DeepEP under attention data parallelism (*assumed* of
 * all of them), which spreads whole experts over all ranks whatever `--ep-size` says (SGLang, `server_args.py`, read
 * 2026-11-21); the result files repeat the flag.
 */
export function launchedParallelism(m: Measurement, pool: MeasuredPool): Parallelism {
  const { parallelism: p } = pool;
  const isOverridden =
    m.source.startsWith('inferencex') && m.engine === 'sglang' && m.mode === 'disagg' && p.dataParallel > 1;
  return isOverridden ? { ...p, expertParallel: p.tensorParallel * p.dataParallel } : p;
}

/** InferenceX and the aiperf runs of NVIDIA that the fit saw. */
function isKnownHarness(source: string): boolean {
  return source.startsWith('inferencex') || source.startsWith('nvidia-');
}

function recipeSettings(m: Measurement, sequencesPerRank: number): Omit<HarnessSettings, 'clientSeconds'> {
  if (!m.source.startsWith('inferencex')) return { maxBatchedTokens: DEFAULT_BUDGET };
  switch (m.engine) {
    case 'sglang':
      return {
        maxBatchedTokens: SGLANG_BUDGET,
        memoryShare: SGLANG_MEMORY_SHARE,
        wait: sequencesPerRank < SGLANG_LARGE ? 'sglangSmall' : 'sglangLarge',
      };
    case 'tensorrt-llm': {
      const draftTokens = draftTokensOf(m);
      const tokens = m.isl + TENSORRT_MARGIN;
      return {
        maxBatchedTokens:
          draftTokens > 0
            ? tokens + (draftTokens + 1) * sequencesPerRank
            : Math.max(DEFAULT_BUDGET, tokens + m.concurrency),
        ...(m.pool.parallelism.dataParallel > 1 ? { wait: 'tensorrtAttentionDp' as const } : {}),
        ...(draftTokens > 0
          ? { speculative: { draftTokens, acceptance: MTP_ACCEPTANCE, draftCost: MTP_COST } }
          : {}),
      };
    }
    case 'vllm':
    default:
      return { maxBatchedTokens: DEFAULT_BUDGET };
  }
}

/** The shipped waits. */
export function harnessWaits(): ReceiveSteps {
  return fitted.receiveSteps;
}

/** The first version of TensorRT-LLM whose recipes drafted. */
const FIRST_MTP_VERSION = '1.1.0rc2.post2';

/**
 * Draft tokens of the DeepSeek recipes with multi-token prediction: 3, or 1 with attention data parallelism and
 * (*assumed*: the recipe of that time was not seen) in the first version that had it. The result files do not name the
 * recipe; its engine versions do (1.2.0rc6.post3, and 1.1.0rc2.post2 from 2026 on, while the plain recipe ran post2 of the
 * former, and the latter in 2025).
 */

function draftTokensOf(m: Measurement): number {
  const isDeepSeek = m.model.startsWith('deepseek-ai/DeepSeek-');
  const isRecipe =
    m.engineVersion === '1.2.0rc6.post3' ||
    (m.engineVersion === FIRST_MTP_VERSION && (m.measured ?? '') >= '2026');
  if (m.mode !== 'agg' || !isDeepSeek || !isRecipe) return 0;
  return m.engineVersion === FIRST_MTP_VERSION || m.pool.parallelism.dataParallel > 1 ? 1 : 3;
}
