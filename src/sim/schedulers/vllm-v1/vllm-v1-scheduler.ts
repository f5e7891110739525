import type { SimulationWorkspace } from '../../workspace.ts';
import { IdList } from '../scheduler.ts';
import type { RequestLengths, Scheduler, SchedulerOptions, StepBatch } from '../scheduler.ts';
import { DecodeSet } from './decode-set.ts';
import { RequestList } from './request-list.ts';

/** Where a request stands. `joining`: its last prompt chunk is in flight, it generates from the next step on. */
const WAITING = 0;
const PREFILL = 1;
const JOINING = 2;
const DECODE = 3;

/** A step under construction. */
class MutableBatch implements StepBatch {
  prefillTokens = 0;
  prefillAttended = 0;
  decodeSequences = 0;
  decodeKvTokens = 0;
  sequences = 0;
}

/**
 * The scheduler of vLLM's v1 engine (source: the algorithm of `vllm/v1/core/sched/scheduler.py`, first come first served, in our own words):
 * one token budget per step; the running requests go first in order of admission, so decodes (one token each) win and
 * a partly done prompt takes what is left; a request that finds no KV block preempts the last running one, which loses
 * its blocks and waits at the front to be recomputed whole; waiting requests are admitted only in steps without
 * preemption. At most one prompt is partly done, and it is the last of the running: it took all the budget.
 * Cost of a step: O(1) + requests that start or finish in it; O(running) in steps that preempt.
 */
export class VllmV1Scheduler implements Scheduler {
  readonly batch = new MutableBatch();
  readonly firstTokens = new IdList();
  readonly finished = new IdList();
  outputTokens = 0;
  freeBlocks: number;
  peakBlocks = 0;
  preemptions = 0;
  readonly #lengths: RequestLengths;
  readonly #options: SchedulerOptions;
  readonly #maxSequences: number;
  readonly #columns: SimulationWorkspace;
  readonly #waiting: RequestList;
  readonly #running: RequestList;
  readonly #decodes: DecodeSet[] = [];
  /** Requests whose last prompt chunk is in flight, by cohort. */
  readonly #joining: IdList[] = [];
  /** 1 while a step of the cohort is in flight. */
  readonly #inFlight: Uint8Array;
  /** The request with a partly computed prompt, −1 without one. */
  #partial = -1;
  #preempted = false;

  /** @param workspace reserved for the requests and for one finish ring (of `ring` buckets) per cohort; mutated */
  constructor(
    lengths: RequestLengths,
    options: SchedulerOptions,
    workspace: SimulationWorkspace,
    ring: number,
  ) {
    this.#lengths = lengths;
    this.#options = options;
    this.#maxSequences = Math.min(options.maxSequences, options.maxBatchedTokens);
    this.freeBlocks = options.kvBlocks;
    this.#columns = workspace;
    this.#waiting = new RequestList(workspace);
    this.#running = new RequestList(workspace);
    this.#inFlight = new Uint8Array(options.cohorts);
    for (let c = 0; c < options.cohorts; c++) {
      const buckets = workspace.buckets.subarray(c * ring, (c + 1) * ring);
      const occupied = workspace.occupied.subarray((c * ring) / 32, ((c + 1) * ring) / 32);
      this.#decodes.push(new DecodeSet(workspace, buckets, occupied, options.blockTokens));
      this.#joining.push(new IdList());
    }
  }

  get runningCount(): number {
    return this.#running.length;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get admitsArrivals(): boolean {
    return this.#waiting.length === 0 && this.#running.length < this.#maxSequences;
  }

  enqueue(id: number): void {
    this.#columns.generated[id] = 0;
    this.#columns.phase[id] = WAITING;
    this.#waiting.pushBack(id);
  }

  schedule(cohort: number): boolean {
    const { batch } = this;
    const decodes = this.#decodes[cohort]!;
    this.#preempted = false;
    batch.prefillTokens = 0;
    batch.prefillAttended = 0;
    const blocks = decodes.blocksForNextStep();
    if (blocks <= this.freeBlocks) this.freeBlocks -= blocks;
    else this.#growWithPreemption(cohort, decodes);
    batch.decodeSequences = decodes.count;
    batch.decodeKvTokens = decodes.kvTokens;
    batch.sequences = decodes.count;
    let budget = this.#options.maxBatchedTokens - decodes.count;
    if (this.#partial >= 0) budget -= this.#continuePrompt(this.#partial, cohort, budget);
    if (!this.#preempted && this.#waiting.length > 0) this.#admit(cohort, budget);
    if (batch.sequences === 0) return false;
    this.#inFlight[cohort] = 1;
    const used = this.#options.kvBlocks - this.freeBlocks;
    if (used > this.peakBlocks) this.peakBlocks = used;
    return true;
  }

  steadySteps(cohort: number): number {
    // A preemption may have left blocks with which the head of the queue is admitted in the very next step.
    if (this.batch.prefillTokens > 0 || this.#preempted) return 1;
    const decodes = this.#decodes[cohort]!;
    const steps = decodes.stepsToNextFinish();
    return steps <= 1 ? 1 : 1 + decodes.stepsWithin(this.freeBlocks, steps - 1);
  }

  complete(cohort: number, steps: number): void {
    const decodes = this.#decodes[cohort]!;
    this.firstTokens.length = 0;
    this.finished.length = 0;
    if (steps > 1) {
      this.freeBlocks -= decodes.blocksAfterNextStep(steps - 1);
      this.peakBlocks = Math.max(this.peakBlocks, this.#options.kvBlocks - this.freeBlocks);
    }
    this.#inFlight[cohort] = 0;
    this.outputTokens += decodes.count * steps;
    decodes.advance(steps);
    for (let id = decodes.takeFinished(); id >= 0; id = decodes.takeFinished()) {
      this.#finish(id, decodes.tokens(id));
    }
    this.#join(cohort, decodes);
  }

  /** Gives every decode of the cohort its block in running order, preempting from the end of the running requests. */
  #growWithPreemption(cohort: number, decodes: DecodeSet): void {
    const { phase, cohort: cohortOf } = this.#columns;
    for (let id = this.#running.head; id >= 0; id = this.#running.after(id)) {
      if (phase[id] !== DECODE || cohortOf[id] !== cohort || !decodes.needsBlock(id)) continue;
      while (this.freeBlocks === 0) {
        const victim = this.#running.tail;
        this.#preempt(victim);
        if (victim === id) return;
      }
      this.freeBlocks--;
    }
  }

  /** Schedules the next chunk of the partly done prompt; gives the tokens taken. Without blocks it preempts itself. */
  #continuePrompt(id: number, cohort: number, budget: number): number {
    const computed = this.#columns.computed[id]!;
    const tokens = Math.min(this.#lengths.isl[id]! + this.#columns.generated[id]! - computed, budget);
    const blocks = this.#blocks(computed + tokens) - this.#blocks(computed);
    if (tokens <= 0) return 0;
    if (blocks > this.freeBlocks) {
      this.#preempt(id);
      return 0;
    }
    this.freeBlocks -= blocks;
    this.#addChunk(id, cohort, tokens);
    return tokens;
  }

  #admit(cohort: number, budget: number): void {
    const { isl, hitTokens } = this.#lengths;
    const { generated, computed } = this.#columns;
    let left = budget;
    while (left > 0 && this.#waiting.length > 0 && this.#running.length < this.#maxSequences) {
      const id = this.#waiting.head;
      const target = isl[id]! + generated[id]!;
      const hit = hitTokens[id]!;
      const tokens = Math.min(target - hit, left);
      const blocks = this.#blocks(hit + tokens);
      if ((this.#options.reserveFullPrompt ? this.#blocks(target) : blocks) > this.freeBlocks) return;
      this.freeBlocks -= blocks;
      this.#waiting.remove(id);
      this.#running.pushBack(id);
      computed[id] = hit;
      this.#addChunk(id, cohort, tokens);
      left -= tokens;
    }
  }

  /** Puts `tokens` prompt tokens of a running request into the step; its blocks are already taken. */
  #addChunk(id: number, cohort: number, tokens: number): void {
    const { phase, computed, generated, cohort: cohortOf } = this.#columns;
    const before = computed[id]!;
    this.batch.prefillTokens += tokens;
    this.batch.prefillAttended += tokens * (before + tokens / 2);
    this.batch.sequences++;
    computed[id] = before + tokens;
    cohortOf[id] = cohort;
    if (before + tokens === this.#lengths.isl[id]! + generated[id]!) {
      phase[id] = JOINING;
      this.#joining[cohort]!.push(id);
      if (this.#partial === id) this.#partial = -1;
    } else {
      phase[id] = PREFILL;
      this.#partial = id;
    }
  }

  /** Lets the requests whose prompt is done take their token and generate, unless preempted meanwhile. */
  #join(cohort: number, decodes: DecodeSet): void {
    const { phase, generated, computed, cohort: cohortOf } = this.#columns;
    const { osl } = this.#lengths;
    const joining = this.#joining[cohort]!;
    for (let i = 0; i < joining.length; i++) {
      const id = joining.at(i);
      if (phase[id] !== JOINING || cohortOf[id] !== cohort) continue;
      this.outputTokens++;
      generated[id]!++;
      if (generated[id] === 1) this.firstTokens.push(id);
      if (generated[id] === osl[id]) {
        this.#finish(id, computed[id]!);
      } else {
        phase[id] = DECODE;
        decodes.add(id, computed[id]!, osl[id]! - generated[id]!);
      }
    }
    joining.length = 0;
  }

  #finish(id: number, tokens: number): void {
    this.#running.remove(id);
    this.freeBlocks += this.#blocks(tokens);
    this.finished.push(id);
  }

  /** Takes all blocks from a running request and puts it at the front of the queue; its tokens in flight are lost. */
  #preempt(id: number): void {
    const { phase, cohort, computed, generated } = this.#columns;
    let held = computed[id]!;
    if (phase[id] === DECODE) {
      const decodes = this.#decodes[cohort[id]!]!;
      held = decodes.tokens(id) + this.#inFlight[cohort[id]!]!;
      generated[id] = decodes.tokens(id) - this.#lengths.isl[id]! + 1;
      decodes.remove(id);
    }
    if (this.#partial === id) this.#partial = -1;
    this.freeBlocks += this.#blocks(held);
    phase[id] = WAITING;
    this.#running.remove(id);
    this.#waiting.pushFront(id);
    this.#preempted = true;
    this.preemptions++;
  }

  #blocks(tokens: number): number {
    return Math.ceil(tokens / this.#options.blockTokens);
  }
}
