import type { Evidence, LatencyMetric, MemoryMap } from '../../model/index.ts';
import type { ConfigurationFacts } from './configuration-facts.ts';

/**
 * Version of the JSON of an estimate. Promise: a minor version only adds fields; a removed or re-defined field raises the
 * major version.
 */
export const ESTIMATE_FORMAT_VERSION = '1.0';

/** A predicted quantity with the interval that holds it with 80 % confidence, and how it is known. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly evidence: Evidence;
}

/** The load an estimate is made for. */
export interface EstimatedLoad {
  /** Mean lengths, tokens, and the share by which lengths vary evenly to both sides. */
  readonly isl: number;
  readonly osl: number;
  readonly lengthSpread: number;
  /** Clients with one request each, or requests per second that arrive as a Poisson process. */
  readonly concurrency?: number;
  readonly requestRate?: number;
  /** Share of the prompt tokens found cached, 0..1. */
  readonly prefixHitRate: number;
}

/** Where the memory of one accelerator goes, and what the KV cache holds. */
export interface EstimatedMemory extends MemoryMap {
  /** Tokens that the KV cache of one replica holds. */
  readonly kvTokens: Figure;
  /** Sequences of the load's mean length (input and output) that fit at once, over one replica. */
  readonly sequences: Figure;
  /** Largest share of the KV blocks in use under the load, 0..1. */
  readonly peakKvShare: number;
}

/** One operator of a step. */
export interface EstimatedOperator {
  readonly operator: string;
  readonly seconds: number;
  /** Share of the step, 0..1. */
  readonly share: number;
  readonly bound: 'compute' | 'memory' | 'link' | 'floor';
}

/** One engine step of one data-parallel rank and where its time goes, longest first. */
export interface EstimatedStep {
  readonly kind: 'prefill' | 'decode';
  readonly prefillTokens: number;
  readonly decodeSequences: number;
  /** KV tokens that the decoding sequences read. */
  readonly decodeKvTokens: number;
  readonly time: Figure;
  readonly operators: readonly EstimatedOperator[];
}

/** What is estimated of one pool: all of its replicas are alike. */
export interface EstimatedPool {
  readonly configuration: ConfigurationFacts;
  readonly memory: EstimatedMemory;
  /** Share of time in which a step ran, and sequences in a step. */
  readonly busyShare: number;
  readonly meanBatch: number;
  /** Board power of all accelerators of one replica, watts. */
  readonly power: Figure;
  /** From container start until the replica serves, seconds; image pull and node start not included. */
  readonly startup: Figure;
  readonly steps: readonly EstimatedStep[];
}

/** Money: dollars, and where the price is from. */
export interface EstimatedCost {
  readonly pricePerAcceleratorHour: number;
  readonly source: string;
  readonly perHour: number;
  readonly perMillionOutputTokens: Figure;
  /** Input and output tokens together. */
  readonly perMillionTokens: Figure;
  readonly perThousandRequests: Figure;
}

/** Everything `plimsoll estimate` says about one configuration under one load. Times in seconds. */
export interface EstimateReport {
  readonly formatVersion: string;
  readonly pools: readonly EstimatedPool[];
  readonly load: EstimatedLoad;
  readonly latency: Readonly<Record<LatencyMetric, Readonly<Record<'mean' | 'p50' | 'p99', Figure>>>>;
  /**
   * What no load on this configuration can beat by this model: one request of the mean length alone. `ttft` of its tokens
   * that are not cached, `tpot` of one sequence with an empty cache.
   */
  readonly lowerBounds: { readonly ttft: Figure; readonly tpot: Figure };
  readonly throughput: {
    readonly requestsPerSecond: Figure;
    readonly outputTokensPerSecond: Figure;
    /** Input and output tokens together. */
    readonly tokensPerSecond: Figure;
    readonly outputTokensPerSecondPerAccelerator: Figure;
  };
  /** Joules of board power per output token. */
  readonly energyPerOutputToken: Figure;
  readonly cost?: EstimatedCost;
  /** False when requests came faster than they were served. */
  readonly isStationary: boolean;
  /** KV transfer between prefill and decode replicas, seconds per request. */
  readonly transferSeconds?: number;
  /** What was chosen or assumed, in sentences. */
  readonly assumptions: readonly string[];
}
