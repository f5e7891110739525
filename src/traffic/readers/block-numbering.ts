/** Ids below this are looked up in an array (at most 64 MiB); published traces number their blocks densely from 0. */
const DENSE_IDS = 2 ** 24;

/**
 * Numbers prefix blocks from 0 in the order in which they appear first, where an id stands for a block and everything
 * before it. The numbers seen so far are the content of an unbounded prefix cache.
 */
export class BlockNumbering {
  /** Number + 1 by id; 0 for an id not seen. */
  #dense = new Int32Array(1024);
  readonly #sparse = new Map<number, number>();
  #count = 0;

  /** Blocks numbered so far. */
  get count(): number {
    return this.#count;
  }

  /** How many of the leading ids were seen before. */
  known(ids: readonly number[]): number {
    let known = 0;
    while (known < ids.length && this.#find(ids[known] ?? 0) >= 0) known++;
    return known;
  }

  /** The numbers of the ids, new ones for those not seen before. Mutates the numbering. */
  number(ids: readonly number[]): number[] {
    return ids.map((id) => {
      const found = this.#find(id);
      return found >= 0 ? found : this.#add(id);
    });
  }

  #find(id: number): number {
    return isDense(id) ? (this.#dense[id] ?? 0) - 1 : (this.#sparse.get(id) ?? -1);
  }

  #add(id: number): number {
    const number = this.#count++;
    if (!isDense(id)) {
      this.#sparse.set(id, number);
      return number;
    }
    if (id >= this.#dense.length) {
      const grown = new Int32Array(Math.min(DENSE_IDS, Math.max(id + 1, this.#dense.length * 2)));
      grown.set(this.#dense);
      this.#dense = grown;
    }
    this.#dense[id] = number + 1;
    return number;
  }
}

function isDense(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < DENSE_IDS;
}
