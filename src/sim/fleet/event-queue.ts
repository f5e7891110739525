/**
 * Events of a fleet in the order (time, kind, sequence of entry): a binary heap on typed arrays, so that equal inputs
 * give equal runs whatever the heap's shape. An event is a small number (its kind) and a request id.
 */
export class EventQueue {
  #time = new Float64Array(64);
  #kind = new Uint8Array(64);
  #sequence = new Float64Array(64);
  #id = new Int32Array(64);
  #size = 0;
  #entered = 0;

  /** Time of the first event; Infinity when there is none. */
  get nextTime(): number {
    return this.#size > 0 ? this.#time[0]! : Infinity;
  }

  /** Kind of the first event; the queue must not be empty. */
  get nextKind(): number {
    return this.#kind[0]!;
  }

  /** Enters an event; `kind` 0..255, lower ones come first at equal times. Mutates the queue. */
  push(time: number, kind: number, id: number): void {
    if (this.#size === this.#time.length) this.#grow();
    const sequence = this.#entered++;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(time, kind, sequence, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#time[at] = time;
    this.#kind[at] = kind;
    this.#sequence[at] = sequence;
    this.#id[at] = id;
  }

  /** Takes the first event and gives its request id; the queue must not be empty. Mutates the queue. */
  pop(): number {
    const id = this.#id[0]!;
    const last = --this.#size;
    if (last > 0) this.#siftDown(last);
    return id;
  }

  #siftDown(from: number): void {
    const time = this.#time[from]!;
    const kind = this.#kind[from]!;
    const sequence = this.#sequence[from]!;
    const id = this.#id[from]!;
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#isEntryBefore(child + 1, child)) child++;
      if (this.#isBefore(time, kind, sequence, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#time[at] = time;
    this.#kind[at] = kind;
    this.#sequence[at] = sequence;
    this.#id[at] = id;
  }

  #isEntryBefore(left: number, right: number): boolean {
    return this.#isBefore(this.#time[left]!, this.#kind[left]!, this.#sequence[left]!, right);
  }

  #isBefore(time: number, kind: number, sequence: number, entry: number): boolean {
    if (time !== this.#time[entry]!) return time < this.#time[entry]!;
    if (kind !== this.#kind[entry]!) return kind < this.#kind[entry]!;
    return sequence < this.#sequence[entry]!;
  }

  #move(from: number, to: number): void {
    this.#time[to] = this.#time[from]!;
    this.#kind[to] = this.#kind[from]!;
    this.#sequence[to] = this.#sequence[from]!;
    this.#id[to] = this.#id[from]!;
  }

  #grow(): void {
    const size = 2 * this.#time.length;
    this.#time = copied(this.#time, new Float64Array(size));
    this.#kind = copied(this.#kind, new Uint8Array(size));
    this.#sequence = copied(this.#sequence, new Float64Array(size));
    this.#id = copied(this.#id, new Int32Array(size));
  }
}

function copied<Column extends Float64Array | Uint8Array | Int32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
