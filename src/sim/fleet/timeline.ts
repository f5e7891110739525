/** What one pool did over time; one entry per bucket. */
export interface PoolTimeline {
  readonly pool: string;
  /** Mean number of requests running, and waiting, over all replicas of the pool. */
  readonly running: readonly number[];
  readonly waiting: readonly number[];
  /** Mean share of the KV blocks in use, 0..1, mean over the replicas. */
  readonly kvShare: readonly number[];
  /** Output tokens made per second. */
  readonly outputTokensPerSecond: readonly number[];
}

/** A coarse course of a run for charts: buckets of equal width from time 0. */
export interface FleetTimeline {
  /** Width of a bucket, seconds; the last one ends with the run. */
  readonly bucketSeconds: number;
  readonly pools: readonly PoolTimeline[];
}

/** What a replica did between two times: as many requests and blocks all the time, tokens spread evenly. */
export interface ReplicaStretch {
  /** Seconds; `from` ≤ `to`. Tokens of a stretch without length all come at that moment. */
  readonly from: number;
  readonly to: number;
  readonly running: number;
  readonly waiting: number;
  readonly kvShare: number;
  readonly outputTokens: number;
}

/** Buckets at most; when a run is longer, neighbours are joined, so that between half as many and all are used. */
const BUCKETS = 240;
/** Width at the start, seconds: a power of two, so that joined widths are exact (*assumed*; no run is that short). */
const FIRST_WIDTH = 2 ** -6;
/** Sums per bucket: running, waiting and KV share × seconds, and output tokens. */
const SUMS = 4;

/** Sums up states over time into buckets. Memory does not grow with the run. */
export class TimelineRecorder {
  readonly #pools: readonly { readonly name: string; readonly replicas: number }[];
  readonly #sums: Float64Array;
  #width = FIRST_WIDTH;
  #end = 0;

  /** @param pools names and numbers of replicas (≥ 1), by pool index */
  constructor(pools: readonly { readonly name: string; readonly replicas: number }[]) {
    this.#pools = pools;
    this.#sums = new Float64Array(pools.length * BUCKETS * SUMS);
  }

  /** Adds what a replica of a pool did. Mutates the recorder. */
  add(pool: number, stretch: ReplicaStretch): void {
    const { from, to } = stretch;
    while (to > this.#width * BUCKETS) this.#join();
    if (to > this.#end) this.#end = to;
    // A moment on the border of two buckets belongs to the earlier one, which is there even when the run ends.
    const last = Math.max(0, Math.ceil(to / this.#width) - 1);
    const first = Math.min(last, Math.floor(from / this.#width));
    if (first === last) {
      this.#addTo(pool, last, stretch, 1);
      return;
    }
    for (let bucket = first; bucket <= last; bucket++) {
      const span = Math.min(to, (bucket + 1) * this.#width) - Math.max(from, bucket * this.#width);
      this.#addTo(pool, bucket, stretch, span / (to - from));
    }
  }

  /** The course so far. */
  timeline(): FleetTimeline {
    const buckets = Math.ceil(this.#end / this.#width);
    return {
      bucketSeconds: this.#width,
      pools: this.#pools.map(({ name, replicas }, pool) => ({
        pool: name,
        running: this.#means(pool, 0, buckets, 1),
        waiting: this.#means(pool, 1, buckets, 1),
        kvShare: this.#means(pool, 2, buckets, replicas),
        outputTokensPerSecond: this.#means(pool, 3, buckets, 1),
      })),
    };
  }

  #means(pool: number, sum: number, buckets: number, divisor: number): readonly number[] {
    return Array.from({ length: buckets }, (_, bucket) => {
      const span = Math.min(this.#end, (bucket + 1) * this.#width) - bucket * this.#width;
      return this.#sums[(pool * BUCKETS + bucket) * SUMS + sum]! / span / divisor;
    });
  }

  /** Adds a part, 0..1, of a stretch. */
  #addTo(pool: number, bucket: number, stretch: ReplicaStretch, part: number): void {
    const at = (pool * BUCKETS + bucket) * SUMS;
    const sums = this.#sums;
    const span = (stretch.to - stretch.from) * part;
    sums[at] = sums[at]! + stretch.running * span;
    sums[at + 1] = sums[at + 1]! + stretch.waiting * span;
    sums[at + 2] = sums[at + 2]! + stretch.kvShare * span;
    sums[at + 3] = sums[at + 3]! + stretch.outputTokens * part;
  }

  /** Joins neighbouring buckets. */
  #join(): void {
    const sums = this.#sums;
    for (let pool = 0; pool < this.#pools.length; pool++) {
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const to = (pool * BUCKETS + bucket) * SUMS;
        const from = (pool * BUCKETS + 2 * bucket) * SUMS;
        const isPresent = 2 * bucket < BUCKETS;
        for (let i = 0; i < SUMS; i++)
          sums[to + i] = isPresent ? sums[from + i]! + sums[from + SUMS + i]! : 0;
      }
    }
    this.#width *= 2;
  }
}
