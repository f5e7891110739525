import type { PrefixBlocks, RequestColumns } from '../../src/model/index.ts';

/** One physical KV block of the reference engine. */
interface Block {
  /** Name of the content that can be found; undefined when nobody can. */
  key: string | undefined;
  holders: number;
}

/** What a request holds, and whether what it computes can still be found by others. */
export interface Holding {
  readonly id: number;
  readonly blocks: Block[];
  published: number;
  diverged: boolean;
}

/** What a lookup found. */
export interface Hit {
  readonly blocks: readonly Block[];
  readonly shared: number;
}

/**
 * KV blocks with a prefix cache as its description reads: one object per block, a list of free blocks in order of
 * release, a map from content to block. Slow and plain on purpose.
 */
export class ReferenceKv {
  readonly #size: number;
  readonly #requests: Omit<RequestColumns, 'arrival'>;
  readonly #names: PrefixBlocks | undefined;
  #free: Block[];
  readonly #found = new Map<string, Block>();

  constructor(count: number, size: number, requests: Omit<RequestColumns, 'arrival'>, isNamed: boolean) {
    this.#size = size;
    this.#requests = requests;
    this.#names = isNamed ? requests.prefixBlocks : undefined;
    this.#free = Array.from({ length: count }, () => ({ key: undefined, holders: 0 }));
  }

  get free(): number {
    return this.#free.length;
  }

  /** The longest cached prefix of at most `most` tokens: others' content, then what the request itself left. */
  lookup(holding: Holding, most: number): Hit {
    const limit = Math.floor(most / this.#size);
    const blocks: Block[] = [];
    while (blocks.length < Math.min(limit, this.#namedBlocks(holding.id))) {
      const block = this.#found.get(this.#name(holding.id, blocks.length));
      if (block === undefined) break;
      blocks.push(block);
    }
    const shared = blocks.length;
    while (shared === holding.published && blocks.length < limit) {
      const block = this.#found.get(own(holding.id, blocks.length));
      if (block === undefined) break;
      blocks.push(block);
    }
    return { blocks, shared };
  }

  fits(hit: Hit, count: number): boolean {
    const fresh = hit.blocks.filter((block) => block.holders === 0).length;
    return count - hit.blocks.length + fresh <= this.free;
  }

  acquire(holding: Holding, hit: Hit): void {
    for (const block of hit.blocks)
      if (block.holders++ === 0) this.#free = this.#free.filter((b) => b !== block);
    holding.blocks.push(...hit.blocks);
    holding.published = hit.shared;
    holding.diverged = hit.blocks.length > hit.shared;
    for (const [key, block] of [...this.#found]) {
      if (key.startsWith(`own ${String(holding.id)} `)) this.#forget(block);
    }
  }

  /** Gives a request new blocks until it has `count`; those least recently released lose their content. */
  extend(holding: Holding, count: number): void {
    while (holding.blocks.length < count) {
      const block = this.#free.shift()!;
      this.#forget(block);
      block.holders = 1;
      holding.blocks.push(block);
    }
  }

  /** Makes computed content findable, up to the first block that already is. */
  publish(holding: Holding, tokens: number): void {
    const full = Math.min(Math.floor(tokens / this.#size), this.#namedBlocks(holding.id));
    while (!holding.diverged && holding.published < full) {
      const key = this.#name(holding.id, holding.published);
      if (this.#found.has(key)) holding.diverged = true;
      else this.#remember(holding.blocks[holding.published++]!, key);
    }
  }

  /** Takes all blocks from a request, last first. */
  release(holding: Holding, tokens: number, isPreempted: boolean): void {
    this.publish(holding, tokens);
    for (let index = holding.blocks.length - 1; index >= 0; index--) {
      const block = holding.blocks[index]!;
      const isOwn = index >= holding.published && (index + 1) * this.#size <= tokens;
      if (isPreempted && isOwn && this.#names !== undefined) this.#remember(block, own(holding.id, index));
      if (block.holders < 1) throw new Error('a block nobody holds is given back');
      if (--block.holders === 0) this.#free.push(block);
    }
    holding.blocks.length = 0;
  }

  #remember(block: Block, key: string): void {
    block.key = key;
    this.#found.set(key, block);
  }

  #forget(block: Block): void {
    if (block.key !== undefined) this.#found.delete(block.key);
    block.key = undefined;
  }

  #namedBlocks(id: number): number {
    if (this.#names === undefined) return 0;
    const { blockTokens, offsets } = this.#names;
    const prompt = this.#requests.isl[id]!;
    const ids = offsets[id + 1]! - offsets[id]!;
    const isBeyondPrompt = ids > Math.ceil(prompt / blockTokens);
    const cover = Math.min(ids * blockTokens, prompt + (isBeyondPrompt ? this.#requests.osl[id]! : 0));
    return Math.floor(cover / this.#size);
  }

  #name(id: number, block: number): string {
    const { blockTokens, offsets, ids } = this.#names!;
    const last = (block + 1) * this.#size - 1;
    const place = Math.floor(last / blockTokens);
    return `${String(ids[offsets[id]! + place]!)} ${String(last - place * blockTokens)}`;
  }
}

function own(id: number, block: number): string {
  return `own ${String(id)} ${String(block)}`;
}
