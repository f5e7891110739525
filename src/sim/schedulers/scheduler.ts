import type { NamedBlocks } from '../prefix-cache/named-blocks.ts';

/** Schedulers built so far. */
export type SchedulerName = 'vllm-v1';

/** Order of waiting requests and choice of the preempted one. */
export type SchedulingPolicy = 'fcfs' | 'priority';

/** Whether the attention data-parallel ranks of a replica step together or each on its own. */
export type RankStepping = 'lockstep' | 'independent';

/** How requests are spread over data-parallel ranks. */
export type RankAssignment = 'least-loaded' | 'in-turn';

/** What one engine step computes, in the terms of `StepTimeModel.stepTime`. */
export interface StepBatch {
  readonly prefillTokens: number;
  readonly prefillAttended: number;
  readonly decodeSequences: number;
  readonly decodeKvTokens: number;
  /** Sequences with at least one token in the step. */
  readonly sequences: number;
}

/** What a scheduler knows of the requests of a run; entries by request id. */
export interface RequestFacts {
  readonly isl: Int32Array;
  readonly osl: Int32Array;
  /** Prompt tokens found in the prefix cache: whole blocks, at most isl − 1; all zeros without a prefix cache. */
  readonly hitTokens: Int32Array;
  /** Names of the KV blocks: a prefix cache that evicts takes the place of `hitTokens`. */
  readonly names?: NamedBlocks;
  /** Lower goes first under the policy `priority`; absent: all alike. */
  readonly priority?: Int32Array;
}

/** Limits and switches of a scheduler; all limits are those of one data-parallel rank. */
export interface SchedulerOptions {
  /** Tokens of one step, ≥ 1. */
  readonly maxBatchedTokens: number;
  /** Sequences running at once, ≥ 1; never more than `maxBatchedTokens`. */
  readonly maxSequences: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  /** Batches in flight at once: pipeline stages, ≥ 1. */
  readonly cohorts: number;
  /** Whether a waiting request is admitted only when KV blocks for all its known tokens are free. */
  readonly reserveFullPrompt: boolean;
  readonly policy: SchedulingPolicy;
  /** Whether prompts may be computed in several steps. */
  readonly chunkedPrefill: boolean;
  /** Most tokens of one prompt per step; 0: no limit of its own. */
  readonly longPrefillThreshold: number;
  /**
   * Whether a sequence stays for one more step after its last token, whose outcome is thrown away, because that step
   * was scheduled before the token was known (asynchronous scheduling).
   */
  readonly lateFinish: boolean;
  /** Whether requests finish with their first token and keep their blocks until `release`. */
  readonly prefillOnly: boolean;
}

/**
 * Decides what each engine step computes and owns the KV blocks. The engine loop owns time: it puts requests in
 * with `enqueue`, asks for a step with `schedule`, lets its time pass, and reports it done with `complete`.
 *
 * A cohort is one of the batches in flight (always 0 without pipeline stages); a sequence that generates stays in
 * its cohort. Every implementation passes `conformance.test.ts`: tokens are conserved, KV is never over-committed,
 * requests start first come first served where promised, every request that fits finishes.
 */
export interface Scheduler {
  /**
   * Puts a request into the waiting queue. Its isl + osl − 1 tokens (one more with `lateFinish`) must fit `kvBlocks`.
   * @param isTransferred whether its prompt's KV and first output token (of at least two) come from elsewhere
   */
  enqueue(id: number, isTransferred: boolean): void;
  /** Takes back the blocks that a `prefillOnly` scheduler left to a finished request; false when it has none. */
  release(id: number): boolean;
  /** Prompt tokens that would be found cached if the request were admitted now. */
  cachedTokens(id: number): number;
  /** Forms the next step of an idle cohort in `batch`; false when there is nothing to run. */
  schedule(cohort: number): boolean;
  /** The step that `schedule` formed last. */
  readonly batch: StepBatch;
  /**
   * How many consecutive steps (≥ 1), the one just scheduled included, are the same pure decode batch as long as
   * no request is enqueued: up to the next finish or the next shortage of KV blocks.
   */
  steadySteps(cohort: number): number;
  /** Whether a request enqueued now could change the next step; when false, arrivals need not end a steady run. */
  readonly admitsArrivals: boolean;
  /** Completes the scheduled step of a cohort, or `steps` ≤ `steadySteps` of them; fills `firstTokens` and `finished`. */
  complete(cohort: number, steps: number): void;
  /** Requests that got their first output token in the step completed last. */
  readonly firstTokens: IdList;
  /** Requests that got their last output token in the step completed last; none twice. */
  readonly finished: IdList;
  /** Output tokens since the start. */
  readonly outputTokens: number;
  readonly runningCount: number;
  readonly waitingCount: number;
  readonly freeBlocks: number;
  /** Most KV blocks ever in use at once. */
  readonly peakBlocks: number;
  readonly preemptions: number;
  /** Tokens of waiting prompts (and of what preempted requests must recompute), and what is left of prompts in progress. */
  readonly queuedTokens: number;
  /** Prompt tokens of all requests enqueued since the start whose prompts are not transferred. */
  readonly enqueuedTokens: number;
  /** Prompt tokens found cached at admission, and those looked up. */
  readonly hitTokens: number;
  readonly promptTokens: number;
}

/** A list of request ids that is refilled in place; only the first `length` entries count. */
export class IdList {
  length = 0;
  #ids = new Int32Array(64);

  /** The id at `index`, which must be below `length`. */
  at(index: number): number {
    return this.#ids[index]!;
  }

  /** Replaces the entry at `index`, which must be below `length`. Mutates the list. */
  set(index: number, id: number): void {
    this.#ids[index] = id;
  }

  /** Drops the ids whose entry in a column is not `value`, keeping the order of the others. Mutates the list. */
  keepWhere(column: Uint8Array, value: number): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const id = this.#ids[i]!;
      if (column[id] === value) this.#ids[kept++] = id;
    }
    this.length = kept;
  }

  /** Sorts the ids by ascending entry of a column; quick for short lists. Mutates the list. */
  sortBy(column: Int32Array): void {
    const ids = this.#ids;
    for (let i = 1; i < this.length; i++) {
      const id = ids[i]!;
      let at = i;
      for (; at > 0 && column[ids[at - 1]!]! > column[id]!; at--) ids[at] = ids[at - 1]!;
      ids[at] = id;
    }
  }

  /** Appends an id. Mutates the list. */
  push(id: number): void {
    if (this.length === this.#ids.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[this.length++] = id;
  }
}
