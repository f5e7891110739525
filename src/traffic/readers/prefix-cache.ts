/** Ids below this are kept in a bit field (at most 32 MiB); published traces number their blocks densely from 0. */
const DENSE_IDS = 2 ** 28;

/** An unbounded prefix cache of block ids, where an id stands for a block and everything before it. */
export class PrefixCache {
  #dense = new Uint8Array(1024);
  readonly #sparse = new Set<number>();

  /** Counts the leading ids seen before, then remembers all of them. */
  admit(ids: readonly number[]): number {
    let hits = 0;
    while (hits < ids.length && this.#has(ids[hits] ?? 0)) hits++;
    for (let i = hits; i < ids.length; i++) this.#add(ids[i] ?? 0);
    return hits;
  }

  #has(id: number): boolean {
    if (!isDense(id)) return this.#sparse.has(id);
    return ((this.#dense[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  #add(id: number): void {
    if (!isDense(id)) {
      this.#sparse.add(id);
      return;
    }
    const index = id >>> 3;
    if (index >= this.#dense.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.#dense.length * 2));
      grown.set(this.#dense);
      this.#dense = grown;
    }
    this.#dense[index] = (this.#dense[index] ?? 0) | (1 << (id & 7));
  }
}

function isDense(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < DENSE_IDS;
}
