/** Where the engine loop gets requests from: in the order in which they become schedulable. */
export interface RequestSource {
  /** Time at which the next request may be scheduled; Infinity when none is known. */
  readonly nextReady: number;
  /** Takes the next request; `nextReady` must be finite. Mutates the source. */
  take(): number;
  /** Tells the source that a request got its last token, as the client sees it, at `time`. */
  finished(id: number, time: number): void;
}

/** Open loop: requests become schedulable at given times, whatever the engine does. */
export class OpenLoopSource implements RequestSource {
  nextReady: number;
  readonly #ids: Int32Array;
  readonly #ready: Float64Array;
  #at = 0;

  /** @param ids request ids by ascending `ready` @param ready schedulable time by request id */
  constructor(ids: Int32Array, ready: Float64Array) {
    this.#ids = ids;
    this.#ready = ready;
    this.nextReady = ids.length === 0 ? Infinity : ready[ids[0]!]!;
  }

  take(): number {
    const id = this.#ids[this.#at++]!;
    this.nextReady = this.#at < this.#ids.length ? this.#ready[this.#ids[this.#at]!]! : Infinity;
    return id;
  }

  finished(): void {}
}

/** When a request of a closed loop is sent, and when it may be scheduled. Mutated as the run goes on. */
export interface ClosedLoopTimes {
  readonly arrival: Float64Array;
  readonly ready: Float64Array;
  /** Seconds from sending a request until it may be scheduled, by request id. */
  readonly ingest: (id: number) => number;
}

/** Closed loop: `concurrency` clients, each of which sends its next request the moment its last one is answered. */
export class ClosedLoopSource implements RequestSource {
  nextReady = Infinity;
  readonly #ids: Int32Array;
  readonly #times: ClosedLoopTimes;
  #sent = 0;
  /** Requests sent but not yet schedulable, a binary heap by (ready, id). */
  readonly #heap: number[] = [];

  /** @param ids requests in the order in which they are sent; the first `concurrency` go out at time 0 */
  constructor(ids: Int32Array, concurrency: number, times: ClosedLoopTimes) {
    this.#ids = ids;
    this.#times = times;
    for (let client = 0; client < concurrency; client++) this.finished(-1, 0);
  }

  take(): number {
    const id = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) this.#siftDown(last);
    this.#announce();
    return id;
  }

  finished(_id: number, time: number): void {
    if (this.#sent === this.#ids.length) return;
    const id = this.#ids[this.#sent++]!;
    this.#times.arrival[id] = time;
    this.#times.ready[id] = time + this.#times.ingest(id);
    this.#siftUp(id);
    this.#announce();
  }

  #announce(): void {
    const first = this.#heap[0];
    this.nextReady = first === undefined ? Infinity : this.#times.ready[first]!;
  }

  #before(left: number, right: number): boolean {
    const { ready } = this.#times;
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
