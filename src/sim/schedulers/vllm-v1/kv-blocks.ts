import { PrefixCache } from '../../prefix-cache/prefix-cache.ts';
import type { RequestFacts } from '../scheduler.ts';

/**
 * The KV blocks of a scheduler: how many are free, and which prompts find theirs computed. With named blocks the
 * prefix cache is simulated; without, a prompt finds its `hitTokens` always and holds blocks of its own for them.
 */
export class KvBlocks {
  free: number;
  /** Most blocks ever in use at once. */
  peak = 0;
  /** Blocks that the request looked up last needs not be given, and those of them that are free until then. */
  #shared = 0;
  #sharedFree = 0;
  readonly total: number;
  readonly #blockTokens: number;
  readonly #hitTokens: Int32Array;
  readonly #cache: PrefixCache | undefined;

  constructor(facts: RequestFacts, total: number, blockTokens: number) {
    this.free = this.total = total;
    this.#blockTokens = blockTokens;
    this.#hitTokens = facts.hitTokens;
    this.#cache = facts.names === undefined ? undefined : new PrefixCache(facts.names, total);
  }

  /** Blocks that `tokens` tokens fill, the last one in part. */
  blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.#blockTokens);
  }

  /** Tokens of a waiting request that need not be computed: full blocks, at most `most` tokens. */
  lookup(id: number, most: number): number {
    const cache = this.#cache;
    if (cache === undefined) return Math.min(this.#hitTokens[id]!, most);
    cache.lookup(id, Math.floor(most / this.#blockTokens));
    this.#shared = cache.hitBlocks;
    this.#sharedFree = cache.hitFree;
    return cache.hitBlocks * this.#blockTokens;
  }

  /** Whether the request looked up last can have `blocks` blocks, those found included. */
  fits(blocks: number): boolean {
    return blocks - this.#shared + this.#sharedFree <= this.free;
  }

  /** Gives the request looked up last `blocks` blocks, those found included; they must fit. */
  admit(id: number, blocks: number): void {
    if (this.#cache === undefined) {
      this.free -= blocks;
      return;
    }
    this.#cache.acquire(id);
    this.free -= this.#sharedFree;
    this.take(blocks - this.#shared);
  }

  /** Takes `blocks` ≤ `free` blocks for new content. */
  take(blocks: number): void {
    this.free -= blocks;
    if (this.#cache !== undefined) this.#cache.evict(blocks);
  }

  /** Notes that the first `tokens` tokens of a request's prompt are computed or being computed. */
  computed(id: number, tokens: number): void {
    if (this.#cache !== undefined) this.#cache.publish(id, Math.floor(tokens / this.#blockTokens));
  }

  /** Takes its `held` blocks from a request, of which `tokens` tokens are computed; a preempted one may come back. */
  release(id: number, held: number, tokens: number, isPreempted: boolean): void {
    if (this.#cache === undefined) this.free += held;
    else this.free += this.#cache.release(id, held, Math.floor(tokens / this.#blockTokens), isPreempted);
  }

  /** Notes the use of the moment for `peak`. */
  note(): void {
    const used = this.total - this.free;
    if (used > this.peak) this.peak = used;
  }
}
