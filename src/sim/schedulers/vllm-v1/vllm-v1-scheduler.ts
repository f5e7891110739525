import type { SimulationWorkspace } from '../../workspace.ts';
import { IdList } from '../scheduler.ts';
import type { RequestFacts, Scheduler, SchedulerOptions } from '../scheduler.ts';
import { DecodeSet } from './decode-set.ts';
import { KvBlocks } from './kv-blocks.ts';
import { MutableBatch } from './mutable-batch.ts';
import { RequestList } from './request-list.ts';
import { StepWork } from './step-work.ts';
import { FifoQueue, OrderedQueue } from './waiting-queue.ts';
import type { WaitingQueue } from './waiting-queue.ts';

/**
 * Where a request stands. `joining`: its last prompt chunk is in flight, it generates from the next step on.
 * `stalled`: it generates, but the present step had no budget left for it.
 */
const WAITING = 0;
const PREFILL = 1;
const JOINING = 2;
const DECODE = 3;
const STALLED = 4;

/** Flags of a request: its prompt came from elsewhere; it has its last token but stays for one more step. */
const TRANSFERRED = 1;
const ENDED = 2;

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
  readonly batch = new MutableBatch();
  readonly firstTokens = new IdList();
  readonly finished = new IdList();
  outputTokens = 0;
  preemptions = 0;
  queuedTokens = 0;
  enqueuedTokens = 0;
  hitTokens = 0;
  promptTokens = 0;
  readonly #facts: RequestFacts;
  readonly #options: SchedulerOptions;
  readonly #maxSequences: number;
  readonly #chunkLimit: number;
  readonly #hasThreshold: boolean;
  readonly #isLate: boolean;
  readonly #kv: KvBlocks;
  readonly #columns: SimulationWorkspace;
  readonly #waiting: WaitingQueue;
  readonly #running: RequestList;
  readonly #decodes: DecodeSet[] = [];
  /** Requests whose last prompt chunk is in flight, and those without a token in the step; by cohort. */
  readonly #joining: IdList[] = [];
  readonly #stalled: IdList[] = [];
  /** 1 while a step of the cohort is in flight. */
  readonly #inFlight: Uint8Array;
  /** Requests with a partly computed prompt in order of admission. Without a threshold there is one at most. */
  readonly #partial = new IdList();
  readonly #work: StepWork;
  readonly #leaving = new IdList();
  /** Finished requests of a `prefillOnly` scheduler that hold their blocks. */
  readonly #handedOver = new Set<number>();
  #preempted = false;
  #enqueued = 0;
  #admitted = 0;

  /** @param workspace reserved for the requests; mutated @param ring finish buckets per cohort, a power of two */
  constructor(facts: RequestFacts, options: SchedulerOptions, workspace: SimulationWorkspace, ring: number) {
    this.#facts = facts;
    this.#options = options;
    this.#maxSequences = Math.min(options.maxSequences, options.maxBatchedTokens);
    const threshold = options.longPrefillThreshold ?? 0;
    this.#hasThreshold = threshold > 0;
    this.#chunkLimit = threshold > 0 ? threshold : Infinity;
    this.#isLate = options.lateFinish === true && options.prefillOnly !== true;
    this.#kv = new KvBlocks(facts, options.kvBlocks, options.blockTokens);
    this.#columns = workspace;
    this.#work = new StepWork(workspace.inStep);
    this.#waiting =
      options.policy === 'priority'
        ? new OrderedQueue((left, right) => this.#isBefore(left, right))
        : new FifoQueue(workspace);
    this.#running = new RequestList(workspace);
    this.#inFlight = new Uint8Array(options.cohorts);
    for (let c = 0; c < options.cohorts; c++) {
      const { buckets, occupied } = workspace.takeRing(ring);
      this.#decodes.push(new DecodeSet(workspace, buckets, occupied, options.blockTokens));
      this.#joining.push(new IdList());
      this.#stalled.push(new IdList());
    }
  }

  get runningCount(): number {
    return this.#running.length;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get freeBlocks(): number {
    return this.#kv.free;
  }

  get peakBlocks(): number {
    return this.#kv.peak;
  }

  get admitsArrivals(): boolean {
    // By priority an arrival may overtake a head that does not fit.
    const mayBeNext = this.#waiting.length === 0 || this.#options.policy === 'priority';
    return mayBeNext && this.#running.length < this.#maxSequences;
  }

  enqueue(id: number, isTransferred: boolean): void {
    const { generated, phase, flags, rank } = this.#columns;
    generated[id] = isTransferred ? 1 : 0;
    flags[id] = isTransferred ? TRANSFERRED : 0;
    phase[id] = WAITING;
    rank[id] = this.#enqueued++;
    if (!isTransferred) {
      this.queuedTokens += this.#facts.isl[id]!;
      this.enqueuedTokens += this.#facts.isl[id]!;
    }
    this.#waiting.add(id);
  }

  release(id: number): boolean {
    if (!this.#handedOver.delete(id)) return false;
    const tokens = this.#columns.computed[id]!;
    this.#kv.release(id, this.#kv.blocksOf(tokens), tokens, false);
    return true;
  }

  cachedTokens(id: number): number {
    return this.#kv.lookup(id, this.#facts.isl[id]! - 1);
  }

  schedule(cohort: number): boolean {
    const { batch } = this;
    const decodes = this.#decodes[cohort]!;
    this.#preempted = false;
    batch.clear();
    if (this.#stalled[cohort]!.length > 0) this.#resume(cohort, decodes);
    const left = this.#partial.length === 0 ? this.#grow(decodes) : this.#growWithPrompts(cohort, decodes);
    const budget = left >= 0 ? left : this.#walk(cohort, decodes);
    batch.addDecodes(decodes.count, decodes.kvTokens);
    if (!this.#preempted && this.#waiting.length > 0) this.#admit(cohort, budget);
    // The first of the running preempted itself and left the others without a turn: they get it at once.
    if (batch.sequences === 0) return this.#preempted && this.schedule(cohort);
    this.#inFlight[cohort] = 1;
    this.#kv.note();
    return true;
  }

  steadySteps(cohort: number): number {
    // A preemption may have left blocks with which the head of the queue is admitted in the very next step.
    const isSteady =
      this.batch.prefillTokens === 0 && !this.#preempted && this.#stalled[cohort]!.length === 0;
    if (!isSteady) return 1;
    const decodes = this.#decodes[cohort]!;
    // A late sequence leaves one step after its last token: the run ends with either.
    const steps = decodes.stepsToNextFinish() - (this.#isLate ? 1 : 0);
    return steps <= 1 ? 1 : 1 + decodes.stepsWithin(this.#kv.free, steps - 1);
  }

  complete(cohort: number, steps: number): void {
    const decodes = this.#decodes[cohort]!;
    this.firstTokens.length = 0;
    this.finished.length = 0;
    if (steps > 1) {
      this.#kv.take(decodes.blocksAfterNextStep(steps - 1));
      this.#kv.note();
    }
    this.#inFlight[cohort] = 0;
    this.outputTokens += decodes.count * steps;
    decodes.advance(steps);
    for (let id = decodes.takeFinished(); id >= 0; id = decodes.takeFinished()) {
      if ((this.#columns.flags[id]! & ENDED) !== 0) this.outputTokens--;
      this.#leave(id, decodes.tokens(id));
    }
    if (this.#isLate) this.#end(cohort, decodes);
    this.#join(cohort, decodes);
    if (this.#leaving.length > 0) this.#releaseLeaving();
  }

  /** Blocks for all decodes; gives the budget left, or −1 when blocks run short. */
  #grow(decodes: DecodeSet): number {
    const blocks = decodes.blocksForNextStep();
    if (blocks > this.#kv.free) return -1;
    if (blocks > 0) this.#kv.take(blocks);
    return this.#options.maxBatchedTokens - decodes.count;
  }

  /** Blocks for all decodes and the next chunk of every prompt in progress; −1 when blocks or budget run short. */
  #growWithPrompts(cohort: number, decodes: DecodeSet): number {
    const { computed, phase } = this.#columns;
    const kv = this.#kv;
    const partial = this.#partial;
    let left = this.#options.maxBatchedTokens - decodes.count;
    let blocks = decodes.blocksForNextStep();
    for (let i = 0; i < partial.length; i++) {
      const id = partial.at(i);
      const rest = Math.min(this.#known(id) - computed[id]!, this.#chunkLimit);
      // Without a threshold the prompt is the last of the running and decodes come before it, whatever it wants.
      if (rest > left && this.#hasThreshold) return -1;
      const tokens = Math.min(rest, left);
      blocks += kv.blocksOf(computed[id]! + tokens) - kv.blocksOf(computed[id]!);
      left -= tokens;
    }
    if (blocks > kv.free) return -1;
    kv.take(blocks);
    left = this.#options.maxBatchedTokens - decodes.count;
    for (let i = 0; i < partial.length; i++) {
      const id = partial.at(i);
      const tokens = Math.min(this.#known(id) - computed[id]!, this.#chunkLimit, left);
      if (tokens === 0) continue;
      this.#addChunk(id, cohort, tokens);
      left -= tokens;
    }
    partial.keepWhere(phase, PREFILL);
    return left;
  }

  /** Goes through the running requests one by one, preempting where blocks run short; gives the budget left. */
  #walk(cohort: number, decodes: DecodeSet): number {
    const kv = this.#kv;
    const work = this.#work;
    const { phase } = this.#columns;
    let left = this.#options.maxBatchedTokens;
    work.clear();
    for (let id = this.#running.head; id >= 0 && left > 0; id = this.#running.after(id)) {
      const tokens = Math.min(this.#wants(id, cohort), left);
      if (tokens === 0) continue;
      const known = this.#held(id);
      const blocks = kv.blocksOf(known + tokens) - kv.blocksOf(known);
      while (blocks > kv.free && phase[id] !== WAITING) {
        const victim = this.#victim();
        const given = work.drop(victim);
        left += given;
        this.#preempt(victim, given);
      }
      if (phase[id] === WAITING) break;
      if (blocks > 0) kv.take(blocks);
      work.add(id, tokens);
      left -= tokens;
    }
    this.#stallOthers(cohort, decodes);
    for (let i = 0; i < work.length; i++) {
      if (work.tokens(i) > 0 && phase[work.id(i)] === PREFILL)
        this.#addChunk(work.id(i), cohort, work.tokens(i));
    }
    work.clear();
    this.#partial.keepWhere(phase, PREFILL);
    return left;
  }

  /** Tokens that a running request would take of an unlimited budget in a step of a cohort. */
  #wants(id: number, cohort: number): number {
    const { phase, cohort: cohortOf, computed } = this.#columns;
    if (phase[id] === DECODE) return cohortOf[id] === cohort ? 1 : 0;
    return phase[id] === PREFILL ? Math.min(this.#known(id) - computed[id]!, this.#chunkLimit) : 0;
  }

  /** The request that loses its blocks when they run short. */
  #victim(): number {
    if (this.#options.policy !== 'priority') return this.#running.tail;
    let worst = this.#running.head;
    for (let id = worst; id >= 0; id = this.#running.after(id)) if (this.#isBefore(worst, id)) worst = id;
    return worst;
  }

  #isBefore(left: number, right: number): boolean {
    const { rank } = this.#columns;
    const { priority } = this.#facts;
    const difference = priority === undefined ? 0 : priority[left]! - priority[right]!;
    return difference < 0 || (difference === 0 && rank[left]! < rank[right]!);
  }

  /** Takes the decodes of the cohort that the walk gave no token out of its set for this step. */
  #stallOthers(cohort: number, decodes: DecodeSet): void {
    if (this.#work.countIn(this.#columns.phase, DECODE) === decodes.count) return;
    const { phase, cohort: cohortOf, inStep, computed, remaining } = this.#columns;
    for (let id = this.#running.head; id >= 0; id = this.#running.after(id)) {
      if (phase[id] !== DECODE || cohortOf[id] !== cohort || inStep[id] === 1) continue;
      computed[id] = decodes.tokens(id);
      remaining[id] = decodes.remaining(id);
      decodes.remove(id);
      phase[id] = STALLED;
      this.#stalled[cohort]!.push(id);
    }
  }

  /** Lets stalled decodes take part again. */
  #resume(cohort: number, decodes: DecodeSet): void {
    const { phase, cohort: cohortOf, computed, remaining } = this.#columns;
    const stalled = this.#stalled[cohort]!;
    for (let i = 0; i < stalled.length; i++) {
      const id = stalled.at(i);
      if (phase[id] !== STALLED || cohortOf[id] !== cohort) continue;
      phase[id] = DECODE;
      decodes.add(id, computed[id]!, remaining[id]!);
    }
    stalled.length = 0;
  }

  #admit(cohort: number, budget: number): void {
    const kv = this.#kv;
    const waiting = this.#waiting;
    const { reserveFullPrompt, chunkedPrefill } = this.#options;
    let left = budget;
    while (left > 0 && waiting.length > 0 && this.#running.length < this.#maxSequences) {
      const id = waiting.head;
      const known = this.#known(id);
      if ((this.#columns.flags[id]! & TRANSFERRED) !== 0) {
        if (!this.#admitTransferred(id, cohort)) return;
        left--;
        continue;
      }
      const hit = kv.lookup(id, known - 1);
      const tokens = Math.min(known - hit, this.#chunkLimit, left);
      if (chunkedPrefill === false && tokens < known - hit) return;
      const blocks = kv.blocksOf(hit + tokens);
      if (!kv.fits(reserveFullPrompt ? kv.blocksOf(known) : blocks)) return;
      kv.admit(id, blocks);
      this.#start(id, hit);
      this.queuedTokens -= hit;
      this.promptTokens += known;
      this.#columns.computed[id] = hit;
      this.#addChunk(id, cohort, tokens);
      if (this.#columns.phase[id] === PREFILL) this.#partial.push(id);
      left -= tokens;
    }
  }

  /** Admits a request whose prompt is in place: it generates in this very step. */
  #admitTransferred(id: number, cohort: number): boolean {
    const kv = this.#kv;
    const { flags, phase, cohort: cohortOf } = this.#columns;
    const prompt = this.#facts.isl[id]!;
    const hit = kv.lookup(id, prompt);
    const blocks = kv.blocksOf(prompt + 1);
    if (!kv.fits(blocks)) return false;
    kv.admit(id, blocks);
    kv.computed(id, prompt);
    this.#start(id, hit);
    this.promptTokens += prompt;
    flags[id] = 0;
    phase[id] = DECODE;
    cohortOf[id] = cohort;
    this.#decodes[cohort]!.add(id, prompt, this.#facts.osl[id]! - 1 + (this.#isLate ? 1 : 0));
    this.batch.addDecodes(1, prompt + 1);
    return true;
  }

  #start(id: number, hit: number): void {
    this.#waiting.removeHead();
    this.#running.pushBack(id);
    this.#columns.admission[id] = this.#admitted++;
    this.hitTokens += hit;
  }

  /** Puts `tokens` prompt tokens of a running request into the step; its blocks are already taken. */
  #addChunk(id: number, cohort: number, tokens: number): void {
    const { phase, computed, cohort: cohortOf } = this.#columns;
    const before = computed[id]!;
    const after = before + tokens;
    this.batch.addChunk(before, tokens);
    this.queuedTokens -= tokens;
    computed[id] = after;
    cohortOf[id] = cohort;
    this.#kv.computed(id, after);
    if (after === this.#known(id)) {
      phase[id] = JOINING;
      this.#joining[cohort]!.push(id);
    } else {
      phase[id] = PREFILL;
    }
  }

  /** Lets the requests whose prompt is done take their token and generate, unless preempted meanwhile. */
  #join(cohort: number, decodes: DecodeSet): void {
    const { phase, generated, computed, flags, cohort: cohortOf } = this.#columns;
    const { osl } = this.#facts;
    const joining = this.#joining[cohort]!;
    for (let i = 0; i < joining.length; i++) {
      const id = joining.at(i);
      if (phase[id] !== JOINING || cohortOf[id] !== cohort) continue;
      this.outputTokens++;
      generated[id]!++;
      if (generated[id] === 1) this.firstTokens.push(id);
      const remaining = osl[id]! - generated[id]!;
      if (this.#options.prefillOnly === true) {
        this.#running.remove(id);
        this.#handedOver.add(id);
        this.finished.push(id);
      } else if (remaining > 0 || this.#isLate) {
        phase[id] = DECODE;
        decodes.add(id, computed[id]!, remaining + (this.#isLate ? 1 : 0));
        if (remaining === 0) {
          flags[id]! |= ENDED;
          this.finished.push(id);
        }
      } else {
        this.#leave(id, computed[id]!);
      }
    }
    joining.length = 0;
  }

  /** Reports the sequences that have their last token now and leave after one more step. */
  #end(cohort: number, decodes: DecodeSet): void {
    const { flags, phase, computed } = this.#columns;
    for (let id = decodes.firstLeavingNext(); id >= 0; id = decodes.nextLeaving(id)) {
      flags[id]! |= ENDED;
      this.finished.push(id);
    }
    const stalled = this.#stalled[cohort]!;
    for (let i = 0; i < stalled.length; i++) {
      const id = stalled.at(i);
      if (phase[id] !== STALLED || (flags[id]! & ENDED) === 0) continue;
      phase[id] = WAITING;
      this.#leave(id, computed[id]!);
    }
  }

  /** Takes a request out that has all its tokens; `#releaseLeaving` takes its blocks. */
  #leave(id: number, tokens: number): void {
    this.#running.remove(id);
    this.#columns.computed[id] = tokens;
    this.#leaving.push(id);
    if ((this.#columns.flags[id]! & ENDED) === 0) this.finished.push(id);
  }

  /** Takes the blocks of all requests that left, in order of admission: the order in which the cache forgets them. */
  #releaseLeaving(): void {
    const leaving = this.#leaving;
    const { admission, computed } = this.#columns;
    if (leaving.length > 1) leaving.sortBy(admission);
    for (let i = 0; i < leaving.length; i++) {
      const id = leaving.at(i);
      this.#kv.release(id, this.#kv.blocksOf(computed[id]!), computed[id]!, false);
    }
    leaving.length = 0;
  }

  /** KV tokens of a running request that are computed. */
  #held(id: number): number {
    const { phase, cohort, computed } = this.#columns;
    return phase[id] === DECODE ? this.#decodes[cohort[id]!]!.tokens(id) : computed[id]!;
  }

  /** Tokens whose KV a request needs before it generates on: its prompt and, after a preemption, what it generated. */
  #known(id: number): number {
    return this.#facts.isl[id]! + this.#columns.generated[id]!;
  }

  /**
   * Takes all blocks from a running request and puts it back into the queue; its tokens in flight are lost.
   * @param given tokens it was given in the step under construction
   */
  #preempt(id: number, given: number): void {
    const { phase, cohort, generated, computed, flags } = this.#columns;
    const tokens = this.#held(id);
    let held = tokens + given;
    if (phase[id] === DECODE || phase[id] === STALLED) {
      generated[id] = tokens - this.#facts.isl[id]! + 1;
    }
    if (phase[id] === DECODE) {
      held += this.#inFlight[cohort[id]!]!;
      this.#decodes[cohort[id]!]!.remove(id);
    } else if (phase[id] === PREFILL) {
      this.queuedTokens -= this.#known(id) - computed[id]!;
    }
    const isEnded = (flags[id]! & ENDED) !== 0;
    this.#kv.release(id, this.#kv.blocksOf(held), tokens, !isEnded);
    phase[id] = WAITING;
    this.#running.remove(id);
    this.#preempted = true;
    this.preemptions++;
    if (isEnded) return;
    this.queuedTokens += this.#known(id);
    this.#waiting.putBack(id);
  }
}
