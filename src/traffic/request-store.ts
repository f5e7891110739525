import type { RequestColumns } from '../model/index.ts';
import { PrefixBlockLists, pickPrefixBlocks } from './prefix-block-lists.ts';
import type { Row } from './readers/reader.ts';

/** Requests per block: a power of two, large enough that starting a block is rare, small enough for short traces. */
const BLOCK = 2 ** 16;

/** Columns of one stretch of requests; the first three share one buffer. */
interface Block {
  readonly buffer: ArrayBuffer;
  readonly arrival: Float64Array<ArrayBuffer>;
  readonly isl: Int32Array<ArrayBuffer>;
  readonly osl: Int32Array<ArrayBuffer>;
  /** Made at the first request of the block with a cached prefix. */
  cachedTokens: Int32Array<ArrayBuffer> | undefined;
}

/**
 * Requests as they arrive, in blocks of columns: 16 bytes per request, 20 with cached tokens
 * (prefix blocks come on top). `take` moves them into whole
 * columns and gives the memory of each block back at once, so that the peak is little more than the result.
 */
export class RequestStore {
  readonly #blocks: Block[] = [];
  #current: Block | undefined;
  /** Made at the first request if its format tells prefix blocks. */
  #prefixBlocks: PrefixBlockLists | undefined;
  #count = 0;
  #lastArrival = -Infinity;
  /** How many arrivals lie before their predecessor. */
  #backward = 0;

  get count(): number {
    return this.#count;
  }

  get backward(): number {
    return this.#backward;
  }

  /** Appends one request; cached tokens are held to `isl − 1` because the last prompt token always runs. */
  push(row: Omit<Row, 'problem'>): void {
    const { arrival, isl, osl, cachedTokens, blockTokens } = row;
    if (this.#count === 0 && blockTokens > 0) this.#prefixBlocks = new PrefixBlockLists(blockTokens);
    this.#prefixBlocks?.push(row.prefixBlocks);
    const at = this.#count % BLOCK;
    if (at === 0 || this.#current === undefined) this.#current = this.#startBlock();
    const block = this.#current;
    if (arrival < this.#lastArrival) this.#backward++;
    this.#lastArrival = arrival;
    block.arrival[at] = arrival;
    block.isl[at] = isl;
    block.osl[at] = osl;
    if (cachedTokens > 0) {
      block.cachedTokens ??= new Int32Array(BLOCK);
      block.cachedTokens[at] = Math.min(cachedTokens, isl - 1);
    }
    this.#count++;
  }

  /**
   * The requests in arrival order (stable), the first at 0, and the arrival it had. To be called once: the store is void
   * afterwards. Sorting happens only when arrivals went backward.
   */
  take(): { readonly columns: RequestColumns; readonly firstArrival: number } {
    let columns: RequestColumns = this.#joined();
    if (this.#backward > 0) columns = sortByArrival(columns);
    const firstArrival = columns.arrival[0] ?? 0;
    for (let i = 0; i < columns.arrival.length; i++) {
      columns.arrival[i] = (columns.arrival[i] ?? 0) - firstArrival;
    }
    return { columns, firstArrival };
  }

  #startBlock(): Block {
    const buffer = new ArrayBuffer(BLOCK * 16);
    const block: Block = {
      buffer,
      arrival: new Float64Array(buffer, 0, BLOCK),
      isl: new Int32Array(buffer, BLOCK * 8, BLOCK),
      osl: new Int32Array(buffer, BLOCK * 12, BLOCK),
      cachedTokens: undefined,
    };
    this.#blocks.push(block);
    return block;
  }

  /**
   * Whole columns. The last block goes first: memory freed at the top of the heap returns to the system, holes in it do not.
   */
  #joined(): RequestColumns {
    const whole = {
      arrival: new Float64Array(this.#count),
      isl: new Int32Array(this.#count),
      osl: new Int32Array(this.#count),
      cachedTokens: new Int32Array(this.#count),
    };
    for (let block = this.#blocks.pop(); block !== undefined; block = this.#blocks.pop()) {
      const start = this.#blocks.length * BLOCK;
      const used = Math.min(BLOCK, this.#count - start);
      whole.arrival.set(block.arrival.subarray(0, used), start);
      whole.isl.set(block.isl.subarray(0, used), start);
      whole.osl.set(block.osl.subarray(0, used), start);
      if (block.cachedTokens !== undefined)
        whole.cachedTokens.set(block.cachedTokens.subarray(0, used), start);
      block.cachedTokens?.buffer.transfer(0);
      block.buffer.transfer(0);
    }
    return this.#prefixBlocks === undefined ? whole : { ...whole, prefixBlocks: this.#prefixBlocks.take() };
  }
}

/** The requests ordered by arrival; equal arrivals keep their order. */
export function sortByArrival(columns: RequestColumns): RequestColumns {
  const { arrival } = columns;
  const order = new Uint32Array(arrival.length).map((_, i) => i);
  order.sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b);
  return pick(columns, order);
}

/** The requests at `indices`, in that order, with their prefix blocks and priorities. */
export function pick(columns: RequestColumns, indices: Uint32Array): RequestColumns {
  const { prefixBlocks, priority } = columns;
  const count = indices.length;
  const picked = {
    arrival: new Float64Array(count),
    isl: new Int32Array(count),
    osl: new Int32Array(count),
    cachedTokens: new Int32Array(count),
  };
  indices.forEach((from, to) => {
    picked.arrival[to] = columns.arrival[from] ?? 0;
    picked.isl[to] = columns.isl[from] ?? 0;
    picked.osl[to] = columns.osl[from] ?? 0;
    picked.cachedTokens[to] = columns.cachedTokens[from] ?? 0;
  });
  return {
    ...picked,
    ...(prefixBlocks === undefined ? {} : { prefixBlocks: pickPrefixBlocks(prefixBlocks, indices) }),
    ...(priority === undefined ? {} : { priority: Int32Array.from(indices, (from) => priority[from] ?? 0) }),
  };
}
