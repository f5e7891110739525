import type { RequestColumns } from '../model/index.ts';

const FIRST_CAPACITY = 4096;

/**
 * Columns of requests that grow as rows arrive: 16 bytes per request, 20 with cached tokens.
 * Growing moves a buffer (`ArrayBuffer.transfer`), so that the old one is freed at once.
 */
export class RequestStore {
  #arrival = new Float64Array(FIRST_CAPACITY);
  #isl = new Int32Array(FIRST_CAPACITY);
  #osl = new Int32Array(FIRST_CAPACITY);
  /** Made at the first request with a cached prefix. */
  #cachedTokens: Int32Array<ArrayBuffer> | undefined;
  #count = 0;
  /** How many arrivals lie before their predecessor. */
  #backward = 0;

  get count(): number {
    return this.#count;
  }

  get backward(): number {
    return this.#backward;
  }

  /** Appends one request; cached tokens are held to `isl − 1` because the last prompt token always runs. */
  push(arrival: number, isl: number, osl: number, cachedTokens: number): void {
    const at = this.#count;
    if (at === this.#isl.length) this.#resize(at * 2);
    if (at > 0 && arrival < (this.#arrival[at - 1] ?? 0)) this.#backward++;
    this.#arrival[at] = arrival;
    this.#isl[at] = isl;
    this.#osl[at] = osl;
    if (cachedTokens > 0) {
      this.#cachedTokens ??= new Int32Array(this.#isl.length);
      this.#cachedTokens[at] = Math.min(cachedTokens, isl - 1);
    }
    this.#count++;
  }

  /**
   * The requests in arrival order (stable), and the arrival that became 0. Empties the store.
   * Sorting happens only when arrivals went backward.
   */
  take(): { readonly columns: RequestColumns; readonly firstArrival: number } {
    this.#resize(this.#count);
    let columns: RequestColumns = {
      arrival: this.#arrival,
      isl: this.#isl,
      osl: this.#osl,
      cachedTokens: this.#cachedTokens ?? new Int32Array(this.#count),
    };
    if (this.#backward > 0) columns = sortByArrival(columns);
    const firstArrival = columns.arrival[0] ?? 0;
    for (let i = 0; i < columns.arrival.length; i++) {
      columns.arrival[i] = (columns.arrival[i] ?? 0) - firstArrival;
    }
    return { columns, firstArrival };
  }

  #resize(capacity: number): void {
    this.#arrival = new Float64Array(this.#arrival.buffer.transfer(capacity * 8));
    this.#isl = new Int32Array(this.#isl.buffer.transfer(capacity * 4));
    this.#osl = new Int32Array(this.#osl.buffer.transfer(capacity * 4));
    if (this.#cachedTokens !== undefined) {
      this.#cachedTokens = new Int32Array(this.#cachedTokens.buffer.transfer(capacity * 4));
    }
  }
}

/** The requests ordered by arrival; equal arrivals keep their order. */
export function sortByArrival(columns: RequestColumns): RequestColumns {
  const { arrival } = columns;
  const order = new Uint32Array(arrival.length).map((_, i) => i);
  order.sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b);
  return pick(columns, order);
}

/** The requests at `indices`, in that order. */
export function pick(columns: RequestColumns, indices: Uint32Array): RequestColumns {
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
  return picked;
}
