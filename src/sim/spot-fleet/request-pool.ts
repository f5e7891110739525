/** What `RequestPool.replica` says of a request that waits, and of one that was lost before its finishing event came. */
export const WAITING = -1;
export const LOST = -2;

/**
 * Requests that are waiting or running, in slots that are used again. Columns by slot. A request that is lost with its
 * replica gets a new slot; the old one is given back when its finishing event, now void, has come.
 */
export class RequestPool {
  arrival = new Float64Array(256);
  isl = new Int32Array(256);
  osl = new Int32Array(256);
  /** Seconds from the arrival to the first token of the latest attempt. */
  firstToken = new Float64Array(256);
  /** Id of the replica that runs it, or `WAITING`, or `LOST`. */
  replica = new Int32Array(256);
  /** Place among the requests of its replica. */
  place = new Int32Array(256);
  retries = new Int32Array(256);
  #free: number[] = [];
  #used = 0;

  /** A slot for a request that has just come. Mutates the pool. */
  take(arrival: number, isl: number, osl: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.arrival.length) this.#grow();
    this.arrival[slot] = arrival;
    this.isl[slot] = isl;
    this.osl[slot] = osl;
    this.replica[slot] = WAITING;
    this.retries[slot] = 0;
    return slot;
  }

  /** Gives a slot back whose events have all come. Mutates the pool. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  #grow(): void {
    const size = 2 * this.arrival.length;
    const doubled = <Column extends Float64Array | Int32Array>(from: Column, into: Column): Column => {
      into.set(from);
      return into;
    };
    this.arrival = doubled(this.arrival, new Float64Array(size));
    this.firstToken = doubled(this.firstToken, new Float64Array(size));
    this.isl = doubled(this.isl, new Int32Array(size));
    this.osl = doubled(this.osl, new Int32Array(size));
    this.replica = doubled(this.replica, new Int32Array(size));
    this.place = doubled(this.place, new Int32Array(size));
    this.retries = doubled(this.retries, new Int32Array(size));
  }
}

/** Waiting requests: first come, first served, with retried ones in front. A ring that grows. */
export class WaitingLine {
  #ring = new Int32Array(256);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The request in front; the line must not be empty. */
  get front(): number {
    return this.#ring[this.#head]!;
  }

  /** Mutates the line. */
  pushBack(slot: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) % this.#ring.length] = slot;
    this.#length++;
  }

  /** Mutates the line. */
  pushFront(slot: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#head = (this.#head + this.#ring.length - 1) % this.#ring.length;
    this.#ring[this.#head] = slot;
    this.#length++;
  }

  /** Takes the request in front. Mutates the line. */
  shift(): number {
    const slot = this.front;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length--;
    return slot;
  }

  #grow(): void {
    const ring = new Int32Array(2 * this.#ring.length);
    for (let i = 0; i < this.#length; i++) ring[i] = this.#ring[(this.#head + i) % this.#ring.length]!;
    this.#ring = ring;
    this.#head = 0;
  }
}
