import type { SimulationWorkspace } from '../../workspace.ts';
import type { IdList, RequestFacts, Scheduler, SchedulerOptions, StepBatch } from '../scheduler.ts';
import { admitWaiting } from './admission.ts';
import { completeSteps } from './completion.ts';
import { TRANSFERRED, WAITING } from './request-phase.ts';
import { scheduleRunning } from './running-step.ts';
import { SchedulerState } from './scheduler-state.ts';

/**
 * The scheduler of vLLM's v1 engine (source: the algorithm of `vllm/v1/core/sched/scheduler.py`, in our own words):
 * one token budget per step; the running requests go first in order of admission, so decodes (one token each) win and
 * a partly done prompt takes what is left; a request that finds no KV block preempts the last running one (or the worst
 * by priority), which loses its blocks and waits to be recomputed; waiting requests are admitted only in steps without
 * preemption.
 * Cost of a step: O(1) + prompts in progress + requests that start or finish in it; O(running) in steps that run short
 * of blocks, or of budget with several prompts in progress.
 */
export class VllmV1Scheduler implements Scheduler {
  readonly batch: StepBatch;
  readonly firstTokens: IdList;
  readonly finished: IdList;
  readonly #state: SchedulerState;

  /** @param workspace reserved for the requests; mutated @param ring finish buckets per cohort, a power of two */
  constructor(facts: RequestFacts, options: SchedulerOptions, workspace: SimulationWorkspace, ring: number) {
    this.#state = new SchedulerState(facts, options, workspace, ring);
    this.batch = this.#state.batch;
    this.firstTokens = this.#state.firstTokens;
    this.finished = this.#state.finished;
  }

  get runningCount(): number {
    return this.#state.running.length;
  }

  get waitingCount(): number {
    return this.#state.waiting.length;
  }

  get freeBlocks(): number {
    return this.#state.kv.free;
  }

  get peakBlocks(): number {
    return this.#state.kv.peak;
  }

  get preemptions(): number {
    return this.#state.preemptions;
  }

  get outputTokens(): number {
    return this.#state.outputTokens;
  }

  get queuedTokens(): number {
    return this.#state.queuedTokens;
  }

  get enqueuedTokens(): number {
    return this.#state.enqueuedTokens;
  }

  get hitTokens(): number {
    return this.#state.hitTokens;
  }

  get promptTokens(): number {
    return this.#state.promptTokens;
  }

  get admitsArrivals(): boolean {
    const { waiting, running, maxSequences, options } = this.#state;
    // By priority an arrival may overtake a head that does not fit.
    const mayBeNext = waiting.length === 0 || options.policy === 'priority';
    return mayBeNext && running.length < maxSequences;
  }

  enqueue(id: number, isTransferred: boolean): void {
    const state = this.#state;
    const { generated, phase, flags, rank } = state.columns;
    generated[id] = isTransferred ? 1 : 0;
    flags[id] = isTransferred ? TRANSFERRED : 0;
    phase[id] = WAITING;
    rank[id] = state.enqueued++;
    if (!isTransferred) {
      state.queuedTokens += state.facts.isl[id]!;
      state.enqueuedTokens += state.facts.isl[id]!;
    }
    state.waiting.add(id);
  }

  release(id: number): boolean {
    const { handedOver, kv, columns } = this.#state;
    if (!handedOver.delete(id)) return false;
    const tokens = columns.computed[id]!;
    kv.release(id, kv.blocksOf(tokens), tokens, false);
    return true;
  }

  cachedTokens(id: number): number {
    const { kv, facts } = this.#state;
    return kv.lookup(id, facts.isl[id]! - 1);
  }

  schedule(cohort: number): boolean {
    const state = this.#state;
    const own = state.cohorts[cohort]!;
    state.hasPreempted = false;
    state.batch.clear();
    const budget = scheduleRunning(state, own);
    if (!state.hasPreempted && state.waiting.length > 0) admitWaiting(state, own, budget);
    // The first of the running preempted itself and left the others without a turn: they get it at once.
    if (state.batch.sequences === 0) return state.hasPreempted && this.schedule(cohort);
    own.inFlight = 1;
    state.kv.note();
    return true;
  }

  steadySteps(cohort: number): number {
    const { batch, hasPreempted, cohorts, kv, isLate } = this.#state;
    const { decodes, stalled } = cohorts[cohort]!;
    // A preemption may have left blocks with which the head of the queue is admitted in the very next step.
    if (batch.prefillTokens > 0 || hasPreempted || stalled.length > 0) return 1;
    // A late sequence leaves one step after its last token: the run ends with either.
    const steps = decodes.stepsToNextFinish() - (isLate ? 1 : 0);
    return steps <= 1 ? 1 : 1 + decodes.stepsWithin(kv.free, steps - 1);
  }

  complete(cohort: number, steps: number): void {
    const { cohorts, kv } = this.#state;
    const own = cohorts[cohort]!;
    if (steps > 1) {
      kv.take(own.decodes.blocksAfterNextStep(steps - 1));
      kv.note();
    }
    completeSteps(this.#state, own, steps);
  }
}
