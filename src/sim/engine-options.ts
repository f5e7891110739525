import type { BatchLimits, LatencyLimit, LoadEvidence, RequestColumns } from '../model/index.ts';
import type { Seconds } from '../units/index.ts';
import type {
  RankAssignment,
  RankStepping,
  SchedulerName,
  SchedulingPolicy,
} from './schedulers/scheduler.ts';
import type { StepTimeModel } from './step-time-model.ts';
import type { SimulationWorkspace } from './workspace.ts';

/** Limits and switches of one replica's scheduler. */
export interface EngineSettings {
  /** Limits of one data-parallel rank. `maxSequences` above `maxBatchedTokens` is cut to it, as vLLM demands. */
  readonly limits: BatchLimits;
  /**
   * Whether prompts find cached prefixes. With `requests.prefixBlocks` the cache is simulated block by block (see
   * `prefix-cache/`); without, every prompt finds its `cachedTokens`, whatever was evicted.
   */
  readonly prefixCache: boolean;
  /** Longest sequence served (isl + osl), tokens; longer requests are rejected. Default: unlimited. */
  readonly maxModelLength?: number;
  /** Default `vllm-v1`. */
  readonly scheduler?: SchedulerName;
  /** Whether a request is admitted only when blocks for its whole prompt are free (recent vLLM); default true. */
  readonly reserveFullPrompt?: boolean;
  /**
   * Order of the waiting queue and choice of the preempted: `fcfs` (default) by arrival and the last admitted,
   * `priority` by (`requests.priority`, arrival) and the worst of that order.
   */
  readonly policy?: SchedulingPolicy;
  /**
   * Whether prompts may be computed in several steps; default true. Without, a prompt waits for a step whose budget
   * holds all of it, and sequences longer than `maxBatchedTokens` are rejected.
   */
  readonly chunkedPrefill?: boolean;
  /** Most tokens of one prompt per step, tokens; 0 (default): as many as the budget allows. */
  readonly longPrefillThreshold?: number;
  /** Whether a step is scheduled while the one before it runs (see `docs/simulation.md`); default false. */
  readonly asyncScheduling?: boolean;
  /**
   * Whether data-parallel ranks step together, in the time of the slowest, or each on its own.
   * Default: what `steps.rankStepping` says, else `independent`.
   */
  readonly rankStepping?: RankStepping;
  /** Which data-parallel rank takes a request: the one with the least load (as vLLM's balancer), default, or each in turn. */
  readonly rankAssignment?: RankAssignment;
  /** Whether runs of equal decode steps are jumped in closed form (same result, faster at light load); default true. */
  readonly jump?: boolean;
}

/** One replica and how its run is measured; common to open and closed loop. */
export interface EngineOptions extends EngineSettings {
  readonly steps: StepTimeModel;
  /** Limits by which `goodputShare` and the early stop judge; may be empty. */
  readonly limitsOfSlo: readonly LatencyLimit[];
  /** Share of the requests, first in order of arrival, that warm the engine up and are not measured; default 0.1. */
  readonly warmupShare?: number;
  /** Whether to stop as soon as so many requests are over a limit that its percentile cannot be met; default false. */
  readonly abortOnHopeless?: boolean;
  /** Memory to reuse; the result then holds until the next call with the same workspace. Default: fresh memory. */
  readonly workspace?: SimulationWorkspace;
}

/** Open loop: requests arrive when they arrive. */
export interface EngineSimulationOptions extends EngineOptions {
  readonly requests: RequestColumns;
}

/** Closed loop: `concurrency` clients, each with one request at a time; arrival times of `requests` are not used. */
export interface ClosedLoopOptions extends EngineOptions {
  readonly requests: Omit<RequestColumns, 'arrival'>;
  /** Clients, ≥ 1. */
  readonly concurrency: number;
}

/** What a simulation of one replica showed. */
export interface EngineSimulation {
  /** Percentiles and rates of the measured requests. */
  readonly evidence: LoadEvidence;
  /** Seconds by request index, warm-up included; NaN for a request rejected or not finished, and `tpot` of one output token. */
  readonly perRequest: {
    readonly ttft: Float64Array;
    readonly tpot: Float64Array;
    readonly e2e: Float64Array;
  };
  /** Time at which the engine gave the last token. */
  readonly makespan: Seconds;
  /** Engine steps run, over all data-parallel ranks. */
  readonly steps: number;
  /** Share of the prompt tokens, recomputed ones included, that were found in the prefix cache at admission. */
  readonly prefixHitShare: number;
  /** Requests longer than the KV cache or the model length, or without input or output tokens. */
  readonly rejected: number;
  /** Requests neither rejected nor finished: zero unless the run was stopped early. */
  readonly unfinished: number;
  /**
   * The limit (`tpot.p99`) that could not be met any more when the run was stopped early. The evidence then covers
   * the requests served so far: it breaks that limit, too, but its percentiles mean nothing beyond that.
   */
  readonly abortedBy?: string;
}
