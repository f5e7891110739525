import type { RequestColumns } from '../model/index.ts';
import type { EngineSettings } from './engine-options.ts';
import type { StepTimeModel } from './step-time-model.ts';
import type { SimulationWorkspace } from './workspace.ts';

/**
 * One replica on a clock that others share: a fleet submits requests, looks at the load, and lets time pass. The
 * same class runs `simulateEngine`, so that a fleet of one replica shows what that shows.
 *
 * How to drive several on one clock: take the earliest of the next arrival and every `nextEventTime`; at that time
 * first submit what arrives, then `advanceUntil` it. Submitting may bring `nextEventTime` forward (a run of equal
 * decode steps is cut at the end of the step in which the request comes), so read it anew after every submit.
 * A step in progress is not interrupted; listeners are told of its tokens when it ends.
 */
export interface EngineInstance {
  /**
   * Puts in a request that may be scheduled from `time` on (arrival plus ingest, which the caller adds); not before
   * the time reached by `advanceUntil`. Requests of one time are taken by id. Throws RangeError when `canServe` is false.
   */
  submit(id: number, time: number): void;
  /**
   * Puts in a request whose prompt's KV arrives at `time` together with its first output token (the decode side of
   * P/D disaggregation; the caller adds what the hand-over takes): it waits as others do, takes blocks for its prompt, and its first step here gives the second
   * output token. `listener.firstToken` is not called for it; after a preemption it is recomputed as any other.
   * Requests of one output token have nothing left to do: throws RangeError for them.
   */
  submitTransferred(id: number, time: number): void;
  /**
   * Gives back the KV blocks of a request that a `prefillOnly` instance has finished, once they are copied away.
   * `time` as in `submit`; until then they stay in use.
   */
  release(id: number, time: number): void;
  /** When something happens next: a step (or run of equal steps) ends, or one may start. Infinity when idle. */
  readonly nextEventTime: number;
  /** Handles every event up to and including `time`; never goes back. */
  advanceUntil(time: number): void;
  /** Figures of the moment for routing; a live view that changes as time passes. */
  readonly load: EngineLoad;
  /**
   * Tokens of a request's prompt that a scheduler would find cached if it were admitted now, 0 ≤ … < isl. Data-parallel
   * ranks: of the rank that has most. Does not change the cache. Cost: O(prefix blocks of the request).
   */
  cachedPrefixTokens(id: number): number;
  /** Whether the request has tokens, fits the KV cache and the model length. */
  canServe(id: number): boolean;
}

/** What a router may know of a replica; sums over its data-parallel ranks. */
export interface EngineLoad {
  /** Requests with tokens in KV that are not finished. */
  readonly running: number;
  /** Requests submitted and not running, those still to become schedulable included. */
  readonly waiting: number;
  /** Prompt tokens of the waiting requests (cached ones included) and what is left of prompts in progress. */
  readonly queuedTokens: number;
  /** KV blocks in use (held by a request) over all blocks, 0..1. */
  readonly kvShare: number;
  /** Largest such share of any rank since the start. */
  readonly peakKvShare: number;
  readonly preemptions: number;
  /** Prompt tokens found cached at admission, and those looked up, since the start. */
  readonly hitTokens: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Steps run, and seconds in which one ran. */
  readonly steps: number;
  readonly busySeconds: number;
  /** Σ over steps of sequences × step time. */
  readonly sequenceSeconds: number;
}

/** Told of requests as they progress; `time` is that of the step's end, without the output latency. It may submit for that time or later. */
export interface EngineListener {
  /** The first output token: for a `prefillOnly` instance the prompt's KV is ready to be copied. */
  firstToken(id: number, time: number): void;
  /** The last output token. */
  finished(id: number, time: number): void;
}

/** How one instance is built. */
export interface EngineInstanceOptions extends EngineSettings {
  readonly steps: StepTimeModel;
  /** The requests of all instances of a fleet; `arrival` and warm-up are the caller's business. */
  readonly requests: Omit<RequestColumns, 'arrival'>;
  readonly listener: EngineListener;
  /**
   * Memory shared by instances that never hold the same request at the same time (so not by a `prefillOnly` one and one
   * that gets its prompts); call `reserve(requests)` on it before the first. Default: memory of its own.
   */
  readonly workspace?: SimulationWorkspace;
  /**
   * Whether the instance only computes prompts: a request is finished with its first output token, whatever its osl,
   * and keeps its KV blocks until `release`. Default false.
   */
  readonly prefillOnly?: boolean;
}
