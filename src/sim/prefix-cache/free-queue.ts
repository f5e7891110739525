/** Owner of a run of blocks without content that anyone could find. */
export const EMPTY = -1;

/**
 * The free KV blocks in order of release, oldest first, as runs of blocks released together: a run has an owner (what
 * its blocks contain) and a count. New blocks are taken from the oldest run; content survives until then.
 * Nodes are numbers into growing arrays; every operation costs O(1).
 */
export class FreeQueue {
  /** The oldest run, −1 without free blocks. */
  head = -1;
  #tail = -1;
  #owner = new Int32Array(64);
  #count = new Int32Array(64);
  #next = new Int32Array(64);
  #previous = new Int32Array(64);
  /** A link for the owner's use: here the next deeper run of the same unit. */
  #older = new Int32Array(64);
  #used = 0;
  #spare = -1;

  owner(run: number): number {
    return this.#owner[run]!;
  }

  count(run: number): number {
    return this.#count[run]!;
  }

  older(run: number): number {
    return this.#older[run]!;
  }

  setOlder(run: number, older: number): void {
    this.#older[run] = older;
  }

  setOwner(run: number, owner: number): void {
    this.#owner[run] = owner;
  }

  /** Takes `blocks` of a run and gives how many are left; a run with none left must be removed. */
  shrink(run: number, blocks: number): number {
    return (this.#count[run]! -= blocks);
  }

  /** Appends a run as the newest; runs of empty blocks side by side become one. */
  push(owner: number, blocks: number): number {
    const tail = this.#tail;
    if (owner === EMPTY && tail >= 0 && this.#owner[tail] === EMPTY) {
      this.#count[tail]! += blocks;
      return tail;
    }
    const run = this.#node();
    this.#owner[run] = owner;
    this.#count[run] = blocks;
    this.#older[run] = -1;
    this.#next[run] = -1;
    this.#previous[run] = tail;
    if (tail < 0) this.head = run;
    else this.#next[tail] = run;
    this.#tail = run;
    return run;
  }

  /** Removes a run. */
  remove(run: number): void {
    const next = this.#next[run]!;
    const previous = this.#previous[run]!;
    if (previous < 0) this.head = next;
    else this.#next[previous] = next;
    if (next < 0) this.#tail = previous;
    else this.#previous[next] = previous;
    this.#next[run] = this.#spare;
    this.#spare = run;
  }

  #node(): number {
    const spare = this.#spare;
    if (spare >= 0) {
      this.#spare = this.#next[spare]!;
      return spare;
    }
    if (this.#used === this.#count.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const grown = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * column.length);
      larger.set(column);
      return larger;
    };
    this.#owner = grown(this.#owner);
    this.#count = grown(this.#count);
    this.#next = grown(this.#next);
    this.#previous = grown(this.#previous);
    this.#older = grown(this.#older);
  }
}
