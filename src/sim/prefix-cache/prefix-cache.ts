import { EMPTY, FreeQueue } from './free-queue.ts';
import type { NamedBlocks } from './named-blocks.ts';

/**
 * The prefix cache of vLLM's v1 engine: every full KV block keeps its content under the name of all tokens up to its end; a free
 * block keeps it, too, until it is the least recently released one and taken for something new (source: the behaviour of
 * `vllm/v1/core/kv_cache_manager.py` and `block_pool.py`, in our own words). A request's blocks are released last block
 * first, so that prefixes survive their continuations. Blocks found are shared and counted once.
 *
 * Content can be found from the moment its step is scheduled; what a request generates, when it gives its blocks back.
 * A request that computes what is cached already (it came when that was not yet so) keeps copies of its own, which
 * nobody else finds, and so are its blocks after them. A preempted request finds its own blocks as long as they last.
 *
 * Blocks of one unit (see `NamedBlocks`) are cached from its start: `fill` counts them. Holders of all of a unit are a
 * number, holders of its first part a short list, free blocks a stack of runs in the queue, deepest first.
 * Cost: O(units of a request) per lookup, admission and release, whatever a unit holds.
 */
export class PrefixCache {
  /** What the last lookup found: blocks, those of them that are free, and those that other requests could find. */
  hitBlocks = 0;
  hitFree = 0;
  #hitShared = 0;
  readonly #names: NamedBlocks;
  readonly #queue = new FreeQueue();
  /** By unit: blocks cached, requests that hold all of it, the first that holds a part, the newest run of free blocks. */
  readonly #fill: Int32Array;
  readonly #holders: Int32Array;
  readonly #partial: Int32Array;
  readonly #runs: Int32Array;
  /** By request: blocks of its own that others may find (or shared), the next holder of a part of the same unit, … */
  readonly #published: Int32Array;
  readonly #partialNext: Int32Array;
  /** … the run of blocks it left at its preemption (−1: none), whether its content is no longer published. */
  readonly #ownRun: Int32Array;
  readonly #isDiverged: Uint8Array;

  constructor(names: NamedBlocks, kvBlocks: number) {
    const requests = names.named.length;
    this.#names = names;
    this.#fill = new Int32Array(names.units);
    this.#holders = new Int32Array(names.units);
    this.#partial = new Int32Array(names.units).fill(-1);
    this.#runs = new Int32Array(names.units).fill(-1);
    this.#published = new Int32Array(requests);
    this.#partialNext = new Int32Array(requests);
    this.#ownRun = new Int32Array(requests).fill(-1);
    this.#isDiverged = new Uint8Array(requests);
    if (kvBlocks > 0) this.#queue.push(EMPTY, kvBlocks);
  }

  /** Looks up the longest cached prefix of at most `most` blocks; fills `hitBlocks` and `hitFree`. */
  lookup(id: number, most: number): void {
    const { offsets, ids, named, blocksPerUnit } = this.#names;
    const limit = Math.min(most, named[id]!);
    let hit = 0;
    let free = 0;
    let found = blocksPerUnit;
    for (let at = offsets[id]!; hit < limit && found === blocksPerUnit; at++) {
      const unit = ids[at]!;
      found = Math.min(this.#fill[unit]!, limit - hit);
      if (found === 0) break;
      free += Math.max(0, found - this.#heldDepth(unit));
      hit += found;
    }
    const run = this.#ownRun[id]!;
    const own = run >= 0 && hit === this.#published[id]! ? Math.min(this.#queue.count(run), most - hit) : 0;
    this.#hitShared = hit;
    this.hitBlocks = hit + own;
    this.hitFree = free + own;
  }

  /** Gives the blocks that the lookup just before found to the request. */
  acquire(id: number): void {
    const { offsets, ids, blocksPerUnit } = this.#names;
    let left = this.#hitShared;
    let at = offsets[id]!;
    for (; left >= blocksPerUnit; left -= blocksPerUnit) {
      const unit = ids[at++]!;
      if (this.#holders[unit]! === 0) this.#takeRuns(unit, blocksPerUnit - this.#heldDepth(unit));
      this.#holders[unit]!++;
    }
    this.#published[id] = this.#hitShared;
    if (left > 0) {
      const unit = ids[at]!;
      this.#takeRuns(unit, left - this.#heldDepth(unit));
      this.#addPartial(unit, id);
    }
    this.#reclaimOwn(id, this.hitBlocks - this.#hitShared);
  }

  /** Makes the first `blocks` full blocks of a request findable, as far as they have names and nobody was faster. */
  publish(id: number, blocks: number): void {
    const { offsets, ids, named, blocksPerUnit } = this.#names;
    const target = Math.min(blocks, named[id]!);
    let at = this.#published[id]!;
    if (this.#isDiverged[id] === 1 || at >= target) return;
    for (let k = Math.floor(at / blocksPerUnit); at < target; k++) {
      const unit = ids[offsets[id]! + k]!;
      const start = k * blocksPerUnit;
      if (this.#fill[unit]! !== at - start) {
        this.#isDiverged[id] = 1;
        return;
      }
      if (at > start) this.#removePartial(unit, id);
      at = Math.min(start + blocksPerUnit, target);
      this.#published[id] = at;
      this.#fill[unit] = at - start;
      if (at - start === blocksPerUnit) this.#holders[unit]!++;
      else this.#addPartial(unit, id);
    }
  }

  /**
   * Takes all blocks from a request, last first, and gives how many became free.
   * @param held blocks it holds @param content full blocks with content
   * @param keepsOwn whether it may come back for what only it can find (a preemption)
   */
  release(id: number, held: number, content: number, keepsOwn: boolean): number {
    this.publish(id, content);
    const { offsets, ids, blocksPerUnit } = this.#names;
    const shared = this.#published[id]!;
    const own = keepsOwn ? Math.max(0, content - shared) : 0;
    if (held > shared + own) this.#queue.push(EMPTY, held - shared - own);
    if (own > 0) this.#ownRun[id] = this.#queue.push(-2 - id, own);
    let freed = held - shared;
    let k = Math.floor(shared / blocksPerUnit);
    const depth = shared - k * blocksPerUnit;
    if (depth > 0) {
      const unit = ids[offsets[id]! + k]!;
      this.#removePartial(unit, id);
      freed += this.#pushRun(unit, depth);
    }
    while (--k >= 0) {
      const unit = ids[offsets[id]! + k]!;
      if (--this.#holders[unit]! === 0) freed += this.#pushRun(unit, blocksPerUnit);
    }
    return freed;
  }

  /** Takes the `blocks` least recently released free blocks for new content; what they held is forgotten. */
  evict(blocks: number): void {
    const queue = this.#queue;
    for (let left = blocks; left > 0;) {
      const run = queue.head;
      const owner = queue.owner(run);
      const taken = Math.min(left, queue.count(run));
      left -= taken;
      if (owner >= 0) this.#fill[owner]! -= taken;
      if (queue.shrink(run, taken) > 0) continue;
      if (owner >= 0) this.#dropDeepest(owner, run);
      else if (owner !== EMPTY) this.#ownRun[-2 - owner] = -1;
      queue.remove(run);
    }
  }

  /** Blocks of a unit, from its start, that some request holds. */
  #heldDepth(unit: number): number {
    if (this.#holders[unit]! > 0) return this.#names.blocksPerUnit;
    let depth = 0;
    for (let id = this.#partial[unit]!; id >= 0; id = this.#partialNext[id]!) {
      const own = this.#published[id]! % this.#names.blocksPerUnit;
      if (own > depth) depth = own;
    }
    return depth;
  }

  /** Takes the first `blocks` free blocks of a unit out of the queue: those of its newest runs. */
  #takeRuns(unit: number, blocks: number): void {
    for (let left = blocks; left > 0;) {
      const run = this.#runs[unit]!;
      const taken = Math.min(left, this.#queue.count(run));
      left -= taken;
      if (this.#queue.shrink(run, taken) > 0) continue;
      this.#runs[unit] = this.#queue.older(run);
      this.#queue.remove(run);
    }
  }

  /** Appends what nobody holds of the first `depth` blocks of a unit to the queue; gives how many that are. */
  #pushRun(unit: number, depth: number): number {
    const blocks = depth - this.#heldDepth(unit);
    if (blocks <= 0) return 0;
    const run = this.#queue.push(unit, blocks);
    this.#queue.setOlder(run, this.#runs[unit]!);
    this.#runs[unit] = run;
    return blocks;
  }

  /** Takes the oldest run of a unit, which holds its deepest blocks, out of the unit's stack. */
  #dropDeepest(unit: number, run: number): void {
    let at = this.#runs[unit]!;
    if (at === run) {
      this.#runs[unit] = -1;
      return;
    }
    while (this.#queue.older(at) !== run) at = this.#queue.older(at);
    this.#queue.setOlder(at, -1);
  }

  /** Takes the first `blocks` of what a preempted request left to itself; the rest is nobody's any more. */
  #reclaimOwn(id: number, blocks: number): void {
    const run = this.#ownRun[id]!;
    this.#isDiverged[id] = blocks > 0 ? 1 : 0;
    if (run < 0) return;
    this.#ownRun[id] = -1;
    if (this.#queue.shrink(run, blocks) === 0) this.#queue.remove(run);
    else this.#queue.setOwner(run, EMPTY);
  }

  #addPartial(unit: number, id: number): void {
    this.#partialNext[id] = this.#partial[unit]!;
    this.#partial[unit] = id;
  }

  #removePartial(unit: number, id: number): void {
    let at = this.#partial[unit]!;
    if (at === id) {
      this.#partial[unit] = this.#partialNext[id]!;
      return;
    }
    while (this.#partialNext[at] !== id) at = this.#partialNext[at]!;
    this.#partialNext[at] = this.#partialNext[id]!;
  }
}
