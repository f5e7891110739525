import type { BatchLimits, RequestColumns } from '../../src/model/index.ts';
import type { StepTimeModel } from '../../src/sim/index.ts';
import { ReferenceKv } from './reference-kv.ts';
import type { Hit, Holding } from './reference-kv.ts';

/** A request inside the reference engine. */
interface Live extends Holding {
  readonly isl: number;
  readonly osl: number;
  readonly hit: number;
  readonly priority: number;
  order: number;
  computed: number;
  generated: number;
  isDecoding: boolean;
}

/** Times by request and the preemptions of a reference run. */
export interface ReferenceRun {
  readonly firstToken: number[];
  readonly lastToken: number[];
  readonly preemptions: number;
  /** Share of the prompt tokens found cached at admission. */
  readonly prefixHitShare: number;
}

/** Limits and switches of the reference engine, as in `EngineSettings`. */
export interface ReferenceSettings extends BatchLimits {
  readonly prefixCache: boolean;
  readonly reserveFullPrompt: boolean;
  readonly policy?: 'fcfs' | 'priority';
  readonly chunkedPrefill?: boolean;
  readonly longPrefillThreshold?: number;
  readonly asyncScheduling?: boolean;
}

interface Work {
  readonly live: Live;
  readonly tokens: number;
}

/**
 * vLLM v1 scheduling as its description reads: objects, arrays and a walk over all running requests in every step;
 * data-parallel ranks in lockstep. Slow and plain on purpose: the simulator is compared with it.
 */
export function referenceEngine(
  steps: StepTimeModel,
  requests: RequestColumns,
  settings: ReferenceSettings,
): ReferenceRun {
  const ranks = Array.from({ length: steps.dataParallel }, () => new Rank(steps, requests, settings));
  const coming = [...requests.isl.keys()].map((id) => {
    const ready = requests.arrival[id]! + steps.ingest.base + steps.ingest.perInputToken * requests.isl[id]!;
    return { ready, id };
  });
  coming.sort((a, b) => a.ready - b.ready || a.id - b.id);
  const run = { firstToken: [] as number[], lastToken: [] as number[] };
  let time = 0;
  let cutoff = 0;
  for (;;) {
    while (coming.length > 0 && coming[0]!.ready <= cutoff) leastLoaded(ranks).enqueue(coming.shift()!.id);
    const works = ranks.map((rank) => rank.schedule());
    if (works.every((work) => work.length === 0)) {
      if (coming.length === 0) break;
      time = cutoff = Math.max(time, coming[0]!.ready);
      continue;
    }
    const start = time;
    time += lockstepTime(steps, works, settings);
    cutoff = settings.asyncScheduling === true ? start : time;
    for (const [index, rank] of ranks.entries()) rank.complete(works[index]!, time, run);
  }
  const sum = (figure: (rank: Rank) => number): number =>
    ranks.reduce((total, rank) => total + figure(rank), 0);
  const prompts = sum((rank) => rank.promptTokens);
  const prefixHitShare = prompts > 0 ? sum((rank) => rank.hitTokens) / prompts : 0;
  return { ...run, preemptions: sum((rank) => rank.preemptions), prefixHitShare };
}

function leastLoaded(ranks: readonly Rank[]): Rank {
  const load = (rank: Rank): number => 4 * rank.waiting.length + rank.running.length;
  return ranks.reduce((best, rank) => (load(rank) < load(best) ? rank : best));
}

/** What one rank computes in a step, in the terms of `StepTimeModel.stepTime`. */
interface Batch {
  readonly prefill: number;
  readonly attended: number;
  readonly sequences: number;
  readonly kvTokens: number;
}

function batchOf(work: readonly Work[]): Batch {
  let prefill = 0;
  let attended = 0;
  let sequences = 0;
  let kvTokens = 0;
  for (const { live, tokens } of work) {
    if (live.isDecoding) {
      sequences++;
      kvTokens += live.computed + 1;
    } else {
      prefill += tokens;
      attended += tokens * (live.computed + tokens / 2);
    }
  }
  return { prefill, attended, sequences, kvTokens };
}

/** The step of all ranks: as long as the slowest has for its own batch, and all for what they compute together. */
function lockstepTime(
  steps: StepTimeModel,
  works: readonly (readonly Work[])[],
  settings: ReferenceSettings,
): number {
  const batches = works.map(batchOf);
  const mean = (figure: (batch: Batch) => number): number =>
    batches.reduce((sum, batch) => sum + figure(batch), 0) / batches.length;
  const shared = steps.lockstep?.sharedTime(
    mean(({ prefill }) => prefill),
    mean(({ sequences }) => sequences),
  );
  const times = works.map((work, rank) => {
    if (work.length === 0) return 0;
    const { prefill, attended, sequences, kvTokens } = batches[rank]!;
    const whole: number =
      shared === undefined
        ? steps.stepTime(prefill, attended, sequences, kvTokens)
        : steps.lockstep!.ownTime(prefill, attended, sequences, kvTokens) + shared;
    if (settings.asyncScheduling !== true || steps.stepOverhead === undefined) return whole;
    const overhead: number = steps.stepOverhead(work.length);
    return Math.max(whole - overhead, overhead);
  });
  return Math.max(...times);
}

class Rank {
  readonly waiting: Live[] = [];
  running: Live[] = [];
  preemptions = 0;
  hitTokens = 0;
  promptTokens = 0;
  readonly #steps: StepTimeModel;
  readonly #requests: RequestColumns;
  readonly #settings: ReferenceSettings;
  readonly #kv: ReferenceKv;
  readonly #isNamed: boolean;
  #entered = 0;

  constructor(steps: StepTimeModel, requests: RequestColumns, settings: ReferenceSettings) {
    this.#steps = steps;
    this.#requests = requests;
    this.#settings = settings;
    this.#isNamed = settings.prefixCache && requests.prefixBlocks !== undefined;
    this.#kv = new ReferenceKv(steps.kvBlocks, steps.blockTokens, requests, this.#isNamed);
  }

  enqueue(id: number): void {
    const { isl, osl, cachedTokens, priority } = this.#requests;
    const size = this.#steps.blockTokens;
    const isCounted = this.#settings.prefixCache && !this.#isNamed;
    this.waiting.push({
      id,
      isl: isl[id]!,
      osl: osl[id]!,
      hit: isCounted ? Math.floor(Math.min(cachedTokens[id]!, isl[id]! - 1) / size) * size : 0,
      priority: priority?.[id] ?? 0,
      order: this.#entered++,
      computed: 0,
      generated: 0,
      isDecoding: false,
      blocks: [],
      published: 0,
      diverged: false,
    });
    this.#sortWaiting();
  }

  schedule(): Work[] {
    let work: Work[] = [];
    let budget = this.#settings.maxBatchedTokens;
    let preempted = false;
    for (let i = 0; i < this.running.length && budget > 0; i++) {
      const live = this.running[i]!;
      const rest = live.isl + live.generated - live.computed;
      const tokens = Math.min(rest, this.#settings.longPrefillThreshold || Infinity, budget);
      const count = this.#blocksOf(live.computed + tokens);
      while (count - live.blocks.length > this.#kv.free && this.running.includes(live)) {
        const victim = this.#victim();
        if (this.running.indexOf(victim) < i) i--;
        budget += work.find((item) => item.live === victim)?.tokens ?? 0;
        work = work.filter((item) => item.live !== victim);
        this.#preempt(victim);
        preempted = true;
      }
      if (!this.running.includes(live)) break;
      this.#kv.extend(live, count);
      budget -= tokens;
      work.push({ live, tokens });
    }
    for (const { live, tokens } of work) if (!live.isDecoding) this.#kv.publish(live, live.computed + tokens);
    if (!preempted) this.#admit(work, budget);
    // Nothing to run, but blocks came free: the engine schedules again at once.
    return preempted && work.length === 0 ? this.schedule() : work;
  }

  complete(work: readonly Work[], time: number, run: { firstToken: number[]; lastToken: number[] }): void {
    for (const { live, tokens } of work) {
      live.computed += tokens;
      if (live.generated === live.osl) continue;
      if (live.computed < live.isl + live.generated) continue;
      live.generated++;
      live.isDecoding = true;
      if (live.generated === 1) run.firstToken[live.id] = time;
      if (live.generated === live.osl) run.lastToken[live.id] = time;
    }
    const isLate = this.#settings.asyncScheduling === true;
    for (const live of [...this.running]) {
      if (live.generated < live.osl) continue;
      // Scheduled in advance, a sequence stays one step longer than it has tokens to give.
      if (isLate && run.lastToken[live.id] === time) continue;
      this.running = this.running.filter((other) => other !== live);
      this.#kv.release(live, live.computed, false);
    }
  }

  #admit(work: Work[], budget: number): void {
    const { maxSequences, chunkedPrefill, longPrefillThreshold, reserveFullPrompt } = this.#settings;
    for (let left = budget; left > 0 && this.waiting.length > 0 && this.running.length < maxSequences;) {
      const live = this.waiting[0]!;
      const context = live.isl + live.generated;
      const found: Hit = this.#kv.lookup(live, context - 1);
      const hit = this.#isNamed ? found.blocks.length * this.#steps.blockTokens : live.hit;
      const tokens = Math.min(context - hit, longPrefillThreshold || Infinity, left);
      if (chunkedPrefill === false && tokens < context - hit) return;
      const count = this.#blocksOf(hit + tokens);
      if (!this.#kv.fits(found, reserveFullPrompt ? this.#blocksOf(context) : count)) return;
      this.#kv.acquire(live, found);
      this.#kv.extend(live, count);
      this.#kv.publish(live, hit + tokens);
      this.waiting.shift();
      this.running.push(live);
      live.computed = hit;
      this.hitTokens += hit;
      this.promptTokens += context;
      left -= tokens;
      work.push({ live, tokens });
    }
  }

  #victim(): Live {
    if (this.#settings.policy !== 'priority') return this.running.at(-1)!;
    return this.running.reduce((worst, live) => (before(worst, live) ? live : worst));
  }

  #preempt(victim: Live): void {
    this.running = this.running.filter((other) => other !== victim);
    const isEnded = victim.generated === victim.osl;
    this.#kv.release(victim, victim.computed, !isEnded);
    victim.computed = 0;
    victim.isDecoding = false;
    this.preemptions++;
    if (isEnded) return;
    this.waiting.unshift(victim);
    this.#sortWaiting();
  }

  #sortWaiting(): void {
    if (this.#settings.policy === 'priority') this.waiting.sort((a, b) => (before(a, b) ? -1 : 1));
  }

  #blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.#steps.blockTokens);
  }
}

function before(left: Live, right: Live): boolean {
  return left.priority < right.priority || (left.priority === right.priority && left.order < right.order);
}
