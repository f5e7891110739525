/** Columns by request id that a decode set keeps; shared by the sets of all cohorts, since a request is in one. */
export interface DecodeColumns {
  /** KV tokens of the sequence minus `step` of its set: constant while it decodes. */
  readonly offset: Int32Array;
  /** Value of `step` after which the sequence is finished. */
  readonly finishStep: Int32Array;
  /** Next sequence of the same finish bucket, −1 at the end. */
  readonly bucketNext: Int32Array;
}

/** Size of the ring that holds runs of up to `steps` decode steps: a power of two, at least 32. */
export function ringSize(steps: number): number {
  return Math.max(32, 2 ** Math.ceil(Math.log2(steps + 1)));
}

/**
 * The sequences of one cohort that generate one token per step, kept so that a step costs O(1): all advance
 * together, so only the step counter moves. Finishes stand in a ring of buckets by step; `growth[r]` counts the
 * sequences that need a new KV block in the steps with remainder r modulo the block size.
 */
export class DecodeSet {
  count = 0;
  /** Σ over the sequences of the KV tokens the next step reads, the token being computed included. */
  kvTokens = 0;
  /** Decode steps done. */
  step = 0;
  /** Sequences per step remainder that need a block; one entry per token of a block. */
  readonly growth: Int32Array;
  readonly #columns: DecodeColumns;
  readonly #buckets: Int32Array;
  readonly #occupied: Int32Array;
  readonly #mask: number;
  readonly #blockTokens: number;

  /**
   * @param columns shared columns by request id
   * @param buckets ring of bucket heads, a power of two ≥ 32 entries, longer than any run of decode steps; cleared here
   * @param occupied one bit per bucket; cleared here
   */
  constructor(columns: DecodeColumns, buckets: Int32Array, occupied: Int32Array, blockTokens: number) {
    this.#columns = columns;
    this.#buckets = buckets.fill(-1);
    this.#occupied = occupied.fill(0);
    this.#mask = buckets.length - 1;
    this.#blockTokens = blockTokens;
    this.growth = new Int32Array(blockTokens);
  }

  /** Adds a sequence with `tokens` KV tokens that generates for `remaining` ≥ 1 more steps. */
  add(id: number, tokens: number, remaining: number): void {
    const { offset, finishStep, bucketNext } = this.#columns;
    offset[id] = tokens - this.step;
    finishStep[id] = this.step + remaining;
    const slot = (this.step + remaining) & this.#mask;
    bucketNext[id] = this.#buckets[slot]!;
    this.#buckets[slot] = id;
    this.#occupied[slot >>> 5]! |= 1 << (slot & 31);
    this.count++;
    this.kvTokens += tokens + 1;
    this.growth[this.#remainder(id)]!++;
  }

  /** Takes out a sequence before it is finished. Cost: length of its finish bucket. */
  remove(id: number): void {
    const { finishStep, bucketNext } = this.#columns;
    const slot = finishStep[id]! & this.#mask;
    let at = this.#buckets[slot]!;
    if (at === id) {
      this.#buckets[slot] = bucketNext[id]!;
      if (bucketNext[id]! < 0) this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    } else {
      while (bucketNext[at] !== id) at = bucketNext[at]!;
      bucketNext[at] = bucketNext[id]!;
    }
    this.#forget(id);
  }

  /** KV tokens of a sequence before the next step. */
  tokens(id: number): number {
    return this.#columns.offset[id]! + this.step;
  }

  /** Steps until a sequence is finished, ≥ 1. */
  remaining(id: number): number {
    return this.#columns.finishStep[id]! - this.step;
  }

  /** A sequence that finishes with the next step, −1 without one; `nextLeaving` gives the others. */
  firstLeavingNext(): number {
    return this.#buckets[(this.step + 1) & this.#mask]!;
  }

  nextLeaving(id: number): number {
    return this.#columns.bucketNext[id]!;
  }

  /** Blocks that all sequences together need for the next step. */
  blocksForNextStep(): number {
    return this.growth[this.step % this.#blockTokens]!;
  }

  /** Lets `steps` steps pass; the caller takes the finished sequences with `takeFinished`. */
  advance(steps: number): void {
    this.step += steps;
    this.kvTokens += this.count * steps;
  }

  /** Takes one sequence that is finished at the present step, or gives −1. */
  takeFinished(): number {
    const slot = this.step & this.#mask;
    const id = this.#buckets[slot]!;
    if (id < 0) return -1;
    const next = this.#columns.bucketNext[id]!;
    this.#buckets[slot] = next;
    if (next < 0) this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    this.#forget(id);
    return id;
  }

  /** Steps until the next sequence finishes, ≥ 1; Infinity when the set is empty. */
  stepsToNextFinish(): number {
    if (this.count === 0) return Infinity;
    const words = this.#occupied.length;
    const start = (this.step + 1) & this.#mask;
    let word = start >>> 5;
    let bits = this.#occupied[word]! & (-1 << (start & 31));
    for (let looked = 0; bits === 0 && looked <= words; looked++) {
      word = word + 1 === words ? 0 : word + 1;
      bits = this.#occupied[word]!;
    }
    const slot = (word << 5) + 31 - Math.clz32(bits & -bits);
    return ((slot - start) & this.#mask) + 1;
  }

  /** Blocks needed for the `steps` steps that follow the next one. */
  blocksAfterNextStep(steps: number): number {
    const rounds = Math.floor(steps / this.#blockTokens);
    let blocks = rounds * this.count;
    for (let i = 1 + rounds * this.#blockTokens; i <= steps; i++) {
      blocks += this.growth[(this.step + i) % this.#blockTokens]!;
    }
    return blocks;
  }

  /** The most steps, up to `limit`, after the next one for which `free` blocks suffice. */
  stepsWithin(free: number, limit: number): number {
    if (Math.ceil(limit / this.#blockTokens) * this.count <= free) return limit;
    const rounds = Math.floor(free / this.count);
    let left = free - rounds * this.count;
    let steps = rounds * this.#blockTokens;
    while (steps < limit) {
      left -= this.growth[(this.step + steps + 1) % this.#blockTokens]!;
      if (left < 0) break;
      steps++;
    }
    return Math.min(steps, limit);
  }

  #forget(id: number): void {
    this.count--;
    this.kvTokens -= this.tokens(id) + 1;
    this.growth[this.#remainder(id)]!--;
  }

  /** Remainder of the steps in which the sequence needs a block: step ≡ step − tokens modulo the block size. */
  #remainder(id: number): number {
    const size = this.#blockTokens;
    return ((this.step % size) - (this.tokens(id) % size) + size) % size;
  }
}
