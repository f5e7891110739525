/** Where a clock gets requests from: in the order in which they become schedulable. */
export interface RequestSource {
  /** Time at which the next request may be scheduled; Infinity when none is known. */
  readonly nextReady: number;
  /** Requests known and not taken yet. */
  readonly pending: number;
  /** Takes the next request; `nextReady` must be finite. Mutates the source. */
  take(): number;
  /** Whether the prompt of the request taken last comes computed. */
  readonly isTransferred: boolean;
}

/** Requests that become schedulable at times given beforehand. */
export class SortedSource implements RequestSource {
  nextReady: number;
  readonly isTransferred = false;
  readonly #ids: Int32Array;
  readonly #ready: Float64Array;
  #at = 0;

  /** @param ids request ids by ascending `ready` @param ready schedulable time by request id */
  constructor(ids: Int32Array, ready: Float64Array) {
    this.#ids = ids;
    this.#ready = ready;
    this.nextReady = ids.length === 0 ? Infinity : ready[ids[0]!]!;
  }

  get pending(): number {
    return this.#ids.length - this.#at;
  }

  take(): number {
    const id = this.#ids[this.#at++]!;
    this.nextReady = this.#at < this.#ids.length ? this.#ready[this.#ids[this.#at]!]! : Infinity;
    return id;
  }
}

/** Requests put in while time passes: a binary heap by (schedulable time, id), O(log pending). */
export class ReadyQueue implements RequestSource {
  nextReady = Infinity;
  isTransferred = false;
  readonly #ready: Float64Array;
  readonly #heap: number[] = [];
  readonly #transferred = new Set<number>();

  /** @param ready schedulable time by request id; written by `push` */
  constructor(ready: Float64Array) {
    this.#ready = ready;
  }

  get pending(): number {
    return this.#heap.length;
  }

  /** Puts a request in that may be scheduled from `time` on. Mutates the queue. */
  push(id: number, time: number, isTransferred = false): void {
    this.#ready[id] = time;
    if (isTransferred) this.#transferred.add(id);
    this.#siftUp(id);
    this.#announce();
  }

  take(): number {
    const id = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) this.#siftDown(last);
    this.#announce();
    this.isTransferred = this.#transferred.size > 0 && this.#transferred.delete(id);
    return id;
  }

  #announce(): void {
    const first = this.#heap[0];
    this.nextReady = first === undefined ? Infinity : this.#ready[first]!;
  }

  #before(left: number, right: number): boolean {
    const ready = this.#ready;
    return ready[left]! < ready[right]! || (ready[left] === ready[right] && left < right);
  }

  #siftUp(id: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(id, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = id;
  }

  #siftDown(id: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, id)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = id;
  }
}

/** Ids sorted in place by (ready, id); close to linear when they nearly are sorted, as arrivals are. */
export function sortByReady(ids: Int32Array, ready: Float64Array): void {
  let moves = 0;
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i]!;
    let at = i;
    while (at > 0 && ready[ids[at - 1]!]! > ready[id]!) {
      ids[at] = ids[at - 1]!;
      at--;
      moves++;
    }
    ids[at] = id;
    if (moves > 64 * ids.length) {
      ids.sort((left, right) => ready[left]! - ready[right]! || left - right);
      return;
    }
  }
}
