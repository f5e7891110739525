import type { SimulationWorkspace } from '../../workspace.ts';
import { IdList } from '../scheduler.ts';
import type { RequestFacts, SchedulerOptions } from '../scheduler.ts';
import { DecodeSet } from './decode-set.ts';
import { KvBlocks } from './kv-blocks.ts';
import { MutableBatch } from './mutable-batch.ts';
import { DECODE } from './request-phase.ts';
import { RequestList } from './request-list.ts';
import { StepWork } from './step-work.ts';
import { FifoQueue, OrderedQueue } from './waiting-queue.ts';
import type { WaitingQueue } from './waiting-queue.ts';

/** What belongs to one batch in flight: a cohort of sequences that generate together. */
export interface Cohort {
  readonly index: number;
  readonly decodes: DecodeSet;
  /** Requests whose last prompt chunk is in flight, and those without a token in the step. */
  readonly joining: IdList;
  readonly stalled: IdList;
  /** 1 while a step of the cohort is in flight, else 0. */
  inFlight: number;
}

/** All that a vLLM v1 scheduler knows; the files of this folder change it. */
export class SchedulerState {
  readonly facts: RequestFacts;
  readonly options: SchedulerOptions;
  readonly columns: SimulationWorkspace;
  readonly maxSequences: number;
  /** Most tokens of one prompt per step. */
  readonly chunkLimit: number;
  /** Whether sequences stay for a step after their last token. */
  readonly isLate: boolean;
  readonly kv: KvBlocks;
  readonly waiting: WaitingQueue;
  /** In order of admission. */
  readonly running: RequestList;
  readonly cohorts: readonly Cohort[];
  /** Requests with a partly computed prompt in order of admission. Without a threshold there is one at most. */
  readonly partial = new IdList();
  readonly work: StepWork;
  /** Requests that finished in the step being completed and still hold their blocks. */
  readonly leaving = new IdList();
  /** Finished requests of a `prefillOnly` scheduler that hold their blocks. */
  readonly handedOver = new Set<number>();
  readonly batch = new MutableBatch();
  readonly firstTokens = new IdList();
  readonly finished = new IdList();
  /** Whether the step under construction preempted a request. */
  hasPreempted = false;
  /** Counters since the start. */
  enqueued = 0;
  admitted = 0;
  outputTokens = 0;
  preemptions = 0;
  enqueuedTokens = 0;
  hitTokens = 0;
  promptTokens = 0;
  /** Tokens of waiting prompts and what is left of prompts in progress. */
  queuedTokens = 0;

  /** @param workspace reserved for the requests; mutated @param ring finish buckets per cohort, a power of two */
  constructor(facts: RequestFacts, options: SchedulerOptions, workspace: SimulationWorkspace, ring: number) {
    this.facts = facts;
    this.options = options;
    this.columns = workspace;
    this.maxSequences = Math.min(options.maxSequences, options.maxBatchedTokens);
    this.chunkLimit = options.longPrefillThreshold === 0 ? Infinity : options.longPrefillThreshold;
    this.isLate = options.lateFinish && !options.prefillOnly;
    this.kv = new KvBlocks(facts, options.kvBlocks, options.blockTokens);
    this.work = new StepWork(workspace.inStep);
    this.waiting =
      options.policy === 'priority'
        ? new OrderedQueue((left, right) => this.isBefore(left, right))
        : new FifoQueue(workspace);
    this.running = new RequestList(workspace);
    this.cohorts = Array.from({ length: options.cohorts }, (_, index) => {
      const { buckets, occupied } = workspace.takeRing(ring);
      const decodes = new DecodeSet(workspace, buckets, occupied, options.blockTokens);
      return { index, decodes, joining: new IdList(), stalled: new IdList(), inFlight: 0 };
    });
  }

  /** Whether a request goes before another by (priority, order of entry). */
  isBefore(left: number, right: number): boolean {
    const { rank } = this.columns;
    const { priority } = this.facts;
    const difference = priority === undefined ? 0 : priority[left]! - priority[right]!;
    return difference < 0 || (difference === 0 && rank[left]! < rank[right]!);
  }

  /** KV tokens of a running request that are computed. */
  held(id: number): number {
    const { phase, cohort, computed } = this.columns;
    return phase[id] === DECODE ? this.cohorts[cohort[id]!]!.decodes.tokens(id) : computed[id]!;
  }

  /** Tokens whose KV a request needs before it generates on: its prompt and, after a preemption, what it generated. */
  known(id: number): number {
    return this.facts.isl[id]! + this.columns.generated[id]!;
  }
}
