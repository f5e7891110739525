/** Which of several replicas acts next: an indexed binary heap of their next times; equal times by replica index. */
export class ReplicaClock {
  readonly #time: Float64Array;
  /** Replica at each place of the heap, and the place of each replica. */
  readonly #heap: Int32Array;
  readonly #place: Int32Array;

  /** @param replicas ≥ 1; none of them has anything to do at first */
  constructor(replicas: number) {
    this.#time = new Float64Array(replicas).fill(Infinity);
    this.#heap = Int32Array.from({ length: replicas }, (_, i) => i);
    this.#place = this.#heap.slice();
  }

  /** The earliest next time; Infinity when all replicas are idle. */
  get nextTime(): number {
    return this.#time[this.#heap[0]!]!;
  }

  /** The replica with the earliest next time. */
  get nextReplica(): number {
    return this.#heap[0]!;
  }

  /** Sets the next time of a replica. Mutates the clock. Cost: O(log replicas). */
  set(replica: number, time: number): void {
    const before = this.#time[replica]!;
    if (time === before) return;
    this.#time[replica] = time;
    if (time < before) this.#siftUp(replica);
    else this.#siftDown(replica);
  }

  #isBefore(left: number, right: number): boolean {
    const difference = this.#time[left]! - this.#time[right]!;
    return difference < 0 || (!(difference > 0) && left < right);
  }

  #siftUp(replica: number): void {
    let at = this.#place[replica]!;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1]!;
      if (!this.#isBefore(replica, parent)) break;
      this.#put(at, parent);
      at = (at - 1) >> 1;
    }
    this.#put(at, replica);
  }

  #siftDown(replica: number): void {
    const size = this.#heap.length;
    let at = this.#place[replica]!;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (this.#isBefore(replica, this.#heap[child]!)) break;
      this.#put(at, this.#heap[child]!);
      at = child;
    }
    this.#put(at, replica);
  }

  #put(at: number, replica: number): void {
    this.#heap[at] = replica;
    this.#place[replica] = at;
  }
}
