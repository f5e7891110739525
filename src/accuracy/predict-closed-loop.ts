/** Step times as the engine simulation takes them; a subset of `StepTimeModel`. */
export interface Steps {
  stepTime(prefill: number, attended: number, sequences: number, cached: number): number;
  decodeRun(sequences: number, cached: number, steps: number): number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly ingest: { readonly base: number; readonly perInputToken: number };
  readonly outputLatency: number;
}

/** A benchmark run with a fixed number of requests in flight on one attention data-parallel rank. */
export interface ClosedLoop {
  readonly concurrency: number;
  readonly isl: number;
  readonly osl: number;
  /** Lengths are uniform between these multiples of the nominal ones. */
  readonly spread: readonly [low: number, high: number];
  /** Requests in all, in multiples of the concurrency. */
  readonly rounds: number;
  readonly maxBatchedTokens: number;
}

/** Means over requests, seconds. */
export interface ClosedLoopResult {
  readonly ttft: number;
  readonly tpot: number;
}

interface Sequence {
  readonly isl: number;
  readonly osl: number;
  readonly sent: number;
  readonly ready: number;
  computed: number;
  generated: number;
  first: number;
}

/**
 * Runs a closed loop on a step model: decodes first, prompts chunked into the rest of the token budget, first come
 * first served, admission while the KV cache holds the whole sequence. Runs of pure decode are jumped.
 */
export function runClosedLoop(steps: Steps, loop: ClosedLoop): ClosedLoopResult {
  return new ClosedLoopRun(steps, loop).run();
}

class ClosedLoopRun {
  readonly #steps: Steps;
  readonly #loop: ClosedLoop;
  readonly #total: number;
  readonly #capacity: number;
  readonly #waiting: Sequence[] = [];
  readonly #ttft: number[] = [];
  readonly #tpot: number[] = [];
  #prefilling: Sequence[] = [];
  #decoding: Sequence[] = [];
  #sent = 0;
  #now = 0;
  #reserved = 0;

  constructor(steps: Steps, loop: ClosedLoop) {
    this.#steps = steps;
    this.#loop = loop;
    this.#total = Math.max(loop.concurrency * loop.rounds, 2);
    this.#capacity = steps.kvBlocks * steps.blockTokens;
  }

  run(): ClosedLoopResult {
    for (let i = 0; i < this.#loop.concurrency; i++) this.#send();
    while (this.#waiting.length + this.#prefilling.length + this.#decoding.length > 0) {
      const { prefill, attended } = this.#schedule();
      if (prefill + this.#decoding.length === 0) {
        this.#now = Math.max(this.#now, this.#waiting[0]?.ready ?? this.#now);
        continue;
      }
      this.#finish(this.#advance(prefill, attended));
    }
    return { ttft: mean(this.#ttft), tpot: mean(this.#tpot) };
  }

  /**
   * One more request, until all are sent. Lengths come from an additive sequence with steps 1/ρ and 1/ρ² (ρ the
   * plastic number): evenly spread over pairs, repeatable.
   */
  #send(): void {
    if (this.#sent >= this.#total) return;
    const [low, high] = this.#loop.spread;
    const spread = (step: number): number => low + (high - low) * (((this.#sent + 1) * step) % 1);
    const isl = Math.max(1, Math.round(this.#loop.isl * spread(0.754_877_666)));
    const osl = Math.max(2, Math.round(this.#loop.osl * spread(0.569_840_291)));
    const ready = this.#now + this.#steps.ingest.base + this.#steps.ingest.perInputToken * isl;
    this.#waiting.push({ isl, osl, sent: this.#now, ready, computed: 0, generated: 0, first: 0 });
    this.#sent += 1;
  }

  /** Gives the token budget to running prompts, then to new ones that fit; returns the prompt tokens of the step. */
  #schedule(): { readonly prefill: number; readonly attended: number } {
    let budget = this.#loop.maxBatchedTokens - this.#decoding.length;
    let prefill = 0;
    let attended = 0;
    const chunk = (s: Sequence): void => {
      const tokens = Math.max(0, Math.min(s.isl - s.computed, budget));
      attended += tokens * (s.computed + tokens / 2);
      s.computed += tokens;
      budget -= tokens;
      prefill += tokens;
    };
    for (const s of this.#prefilling) chunk(s);
    for (let head = this.#admissible(); budget > 0 && head !== undefined; head = this.#admissible()) {
      if (head.ready > this.#now) break;
      this.#waiting.shift();
      this.#reserved += head.isl + head.osl;
      this.#prefilling.push(head);
      chunk(head);
    }
    return { prefill, attended };
  }

  /** The request at the head of the queue if the KV cache holds it whole (or holds nothing else). */
  #admissible(): Sequence | undefined {
    const head = this.#waiting[0];
    if (head === undefined || this.#reserved === 0) return head;
    return this.#reserved + head.isl + head.osl <= this.#capacity ? head : undefined;
  }

  /** Moves time over one step, or over a run of decode steps until a sequence ends or a request may enter. */
  #advance(prefill: number, attended: number): number {
    const batch = this.#decoding.length;
    let cached = 0;
    for (const s of this.#decoding) cached += s.isl + s.generated;
    if (prefill > 0) {
      this.#now += this.#steps.stepTime(prefill, attended, batch, cached);
      return 1;
    }
    let count = Infinity;
    for (const s of this.#decoding) count = Math.min(count, s.osl - s.generated);
    const next = this.#admissible();
    if (next !== undefined) {
      const step = this.#steps.stepTime(0, 0, batch, cached);
      count = Math.max(1, Math.min(count, Math.ceil((next.ready - this.#now) / step)));
    }
    this.#now += this.#steps.decodeRun(batch, cached, count);
    return count;
  }

  /** Hands out the tokens of the steps just run: ends sequences, turns finished prompts into decodes. */
  #finish(count: number): void {
    const decoding: Sequence[] = [];
    for (const s of this.#decoding) {
      s.generated += count;
      if (s.generated < s.osl) decoding.push(s);
      else {
        this.#reserved -= s.isl + s.osl;
        this.#tpot.push((this.#now - s.first) / (s.osl - 1));
        this.#send();
      }
    }
    const prefilling: Sequence[] = [];
    for (const s of this.#prefilling) {
      if (s.computed < s.isl) prefilling.push(s);
      else {
        s.first = this.#now;
        s.generated = 1;
        this.#ttft.push(this.#now - s.sent + this.#steps.outputLatency);
        decoding.push(s);
      }
    }
    this.#decoding = decoding;
    this.#prefilling = prefilling;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
