/**
 * Requests under way, one numbered frame for each: which program it runs, how far it is, and whom it answers. Frames of
 * finished requests are used again.
 */
export class RequestFrames {
  program = new Int32Array(256);
  /** Number of the next group of calls. */
  group = new Int32Array(256);
  /** Calls of the present group that have not come back. */
  pending = new Int32Array(256);
  /** Frame that waits for it; −1 outside. */
  parent = new Int32Array(256);
  /** Arrival time of a request from outside, and its number in order of arrival. */
  start = new Float64Array(256);
  number = new Int32Array(256);
  #free = new Int32Array(256);
  #freeCount = 0;
  #used = 0;

  /** A frame for a request, its columns not yet set but for `group` and `pending` (0). */
  take(): number {
    const frame = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#used++;
    if (frame === this.program.length) this.#grow();
    this.group[frame] = 0;
    this.pending[frame] = 0;
    return frame;
  }

  /** Gives a frame back. */
  release(frame: number): void {
    this.#free[this.#freeCount++] = frame;
  }

  #grow(): void {
    const size = 2 * this.program.length;
    this.program = enlarged(this.program, new Int32Array(size));
    this.group = enlarged(this.group, new Int32Array(size));
    this.pending = enlarged(this.pending, new Int32Array(size));
    this.parent = enlarged(this.parent, new Int32Array(size));
    this.start = enlarged(this.start, new Float64Array(size));
    this.number = enlarged(this.number, new Int32Array(size));
    this.#free = enlarged(this.#free, new Int32Array(size));
  }
}

function enlarged<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
