import type { RequestsPerSecond, Seconds } from '../units/index.ts';
import type { Provenance } from './provenance.ts';

/**
 * A generative model of the requests a service receives. Times of day are UTC; hour 0 is Monday 00:00.
 * Drawing lengths: a uniform number picks the input length by inverse quantile and with it the class;
 * a second one picks the output length from that class's quantiles.
 */
export interface ArrivalProfile {
  readonly name: string;
  /** Mean request rate of each hour of the week, 168 entries, all ≥ 0. */
  readonly hourlyRate: readonly RequestsPerSecond[];
  readonly arrivals: {
    /** Family of the gaps between arrivals. `gamma` with CV 1 is a Poisson process. */
    readonly family: 'gamma' | 'weibull';
    /** Coefficient of variation of the gaps (burstiness), > 0. */
    readonly cv: number;
  };
  readonly lengths: LengthModel;
  readonly prefix: PrefixModel;
  readonly provenance: Provenance;
}

/**
 * Joint quantiles of input (ISL) and output (OSL) lengths in tokens.
 * `inputQuantiles` are the lengths at probabilities 0, 1/n, …, 1 (n+1 ascending entries).
 * The inputs are cut at equal probability into `outputQuantiles.length` classes;
 * entry c holds the output lengths of class c at probabilities 0, 1/m, …, 1 (m+1 ascending entries).
 */
export interface LengthModel {
  readonly inputQuantiles: readonly number[];
  readonly outputQuantiles: readonly (readonly number[])[];
}

/** How much of a prompt is shared with earlier prompts. */
export interface PrefixModel {
  /** Mean share of input tokens found in an unbounded prefix cache, 0..1; 0 means no sharing. */
  readonly hitRate: number;
  /**
   * Quantiles of the shared part of one prompt (0..1): entry c belongs to class c of the length model and holds the
   * shares at probabilities 0, 1/k, …, 1. Absent: every prompt shares `hitRate` of its tokens (assumed).
   */
  readonly shareQuantiles?: readonly (readonly number[])[];
}

/**
 * Requests in arrival order as parallel columns, one entry per request.
 * `cachedTokens` is the shared prefix length in tokens that a warm cache would hold (≤ isl); all zeros without prefix sharing.
 */
export interface RequestColumns {
  /** Arrival in seconds since the start of the sample, ascending. */
  readonly arrival: Float64Array;
  /** Input tokens, ≥ 1. */
  readonly isl: Int32Array;
  /** Output tokens, ≥ 1. */
  readonly osl: Int32Array;
  readonly cachedTokens: Int32Array;
  /** Identity of the prompts' prefix blocks, for caches that evict; absent where a trace does not tell. */
  readonly prefixBlocks?: PrefixBlocks;
  /** Scheduling priority, lower is served first (as in vLLM); absent: all alike. */
  readonly priority?: Int32Array;
}

/**
 * Prefix blocks of requests in compressed rows: request i has the block ids `ids[offsets[i]] … ids[offsets[i + 1] − 1]`,
 * each standing for `blockTokens` prompt tokens and all that come before them: two prompts with the same id at the same
 * place share their prefix up to and including that block.
 */
export interface PrefixBlocks {
  readonly blockTokens: number;
  /** One entry more than requests, ascending. */
  readonly offsets: Int32Array;
  /** Dense ids from 0. */
  readonly ids: Int32Array;
}

/** A set of hours of the week planned together: they need about the same capacity. */
export interface TimeWindow {
  /** `w0` is the busiest; names are stable across runs. */
  readonly id: string;
  /** Hours of the week (0..167) in the window, ascending. */
  readonly hours: readonly number[];
  /** Rate to plan for: the highest hourly mean within the window, per workload id. */
  readonly peakRate: Readonly<Record<string, RequestsPerSecond>>;
}

/** Time to wait for a piece of capacity: from the decision to start a node until the replica answers. */
export interface StartupTime {
  readonly node: Seconds;
  readonly replica: Seconds;
}
