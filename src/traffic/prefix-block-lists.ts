import type { PrefixBlocks } from '../model/index.ts';

/** Prefix blocks of requests as they arrive: 4 bytes per request and 4 per block. */
export class PrefixBlockLists {
  readonly #blockTokens: number;
  #offsets = new Int32Array(1024);
  #ids = new Int32Array(8192);
  #requests = 0;
  #length = 0;

  /** @param blockTokens prompt tokens of one block, ≥ 1 */
  constructor(blockTokens: number) {
    this.#blockTokens = blockTokens;
  }

  /** Appends the blocks of the next request; an empty list for one that shares nothing. Mutates the lists. */
  push(ids: readonly number[]): void {
    if (this.#requests + 2 > this.#offsets.length) this.#offsets = doubled(this.#offsets, this.#requests + 2);
    if (this.#length + ids.length > this.#ids.length) {
      this.#ids = doubled(this.#ids, this.#length + ids.length);
    }
    for (const id of ids) this.#ids[this.#length++] = id;
    this.#offsets[++this.#requests] = this.#length;
  }

  /** The blocks of all requests. To be called once: the lists are void afterwards. */
  take(): PrefixBlocks {
    return {
      blockTokens: this.#blockTokens,
      offsets: new Int32Array(this.#offsets.buffer.transfer(4 * (this.#requests + 1))),
      ids: new Int32Array(this.#ids.buffer.transfer(4 * this.#length)),
    };
  }
}

/** The blocks of the requests at `indices`, in that order; ids stay as they are. */
export function pickPrefixBlocks(blocks: PrefixBlocks, indices: Uint32Array): PrefixBlocks {
  const { blockTokens, offsets, ids } = blocks;
  const picked = new Int32Array(indices.length + 1);
  indices.forEach((from, to) => {
    picked[to + 1] = (picked[to] ?? 0) + (offsets[from + 1] ?? 0) - (offsets[from] ?? 0);
  });
  const pickedIds = new Int32Array(picked[indices.length] ?? 0);
  indices.forEach((from, to) => {
    pickedIds.set(ids.subarray(offsets[from] ?? 0, offsets[from + 1] ?? 0), picked[to] ?? 0);
  });
  return { blockTokens, offsets: picked, ids: pickedIds };
}

function doubled(array: Int32Array<ArrayBuffer>, atLeast: number): Int32Array<ArrayBuffer> {
  return new Int32Array(array.buffer.transfer(4 * Math.max(atLeast, 2 * array.length)));
}
