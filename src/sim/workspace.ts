import type { PrefixBlocks } from '../model/index.ts';
import { nameBlocks } from './prefix-cache/named-blocks.ts';
import type { NamedBlocks } from './prefix-cache/named-blocks.ts';

/** Heads of the finish buckets of one decode set, and one bit per bucket that is not empty. */
export interface FinishRing {
  readonly buckets: Int32Array;
  readonly occupied: Int32Array;
}

/**
 * Memory of a simulation, reused between calls so that thousands of short runs allocate nothing.
 * One workspace serves one simulation at a time; the result arrays of a call are views into it and hold
 * until the next call with the same workspace.
 */
export class SimulationWorkspace {
  #requests = 0;
  #rings: FinishRing[] = [];
  #ringsTaken = 0;
  /** Time at which each request may be scheduled. */
  ready = new Float64Array(0);
  /** Time at which the first and the last output token left the engine; NaN while it has not. */
  firstToken = new Float64Array(0);
  lastToken = new Float64Array(0);
  ttft = new Float64Array(0);
  tpot = new Float64Array(0);
  e2e = new Float64Array(0);
  /** Room to sort samples in. */
  sorted = new Float64Array(0);
  series = new Float64Array(0);
  order = new Int32Array(0);
  hitTokens = new Int32Array(0);
  /** Scheduler columns by request id; see `VllmV1Scheduler`. */
  next = new Int32Array(0);
  previous = new Int32Array(0);
  bucketNext = new Int32Array(0);
  offset = new Int32Array(0);
  finishStep = new Int32Array(0);
  computed = new Int32Array(0);
  generated = new Int32Array(0);
  phase = new Uint8Array(0);
  cohort = new Uint8Array(0);
  /** Order of entry and of admission, steps left to stalled decodes, flags, and whether a request is in the step at hand. */
  rank = new Int32Array(0);
  admission = new Int32Array(0);
  remaining = new Int32Array(0);
  flags = new Uint8Array(0);
  inStep = new Uint8Array(0);

  #named:
    { readonly blocks: PrefixBlocks; readonly blockTokens: number; readonly names: NamedBlocks } | undefined;

  /** The names of the requests' KV blocks; made once for all instances that share the workspace. */
  namesOf(
    blocks: PrefixBlocks,
    lengths: { readonly isl: Int32Array; readonly osl: Int32Array },
    blockTokens: number,
  ): NamedBlocks {
    const known = this.#named;
    if (known?.blocks === blocks && known.blockTokens === blockTokens) return known.names;
    const names = nameBlocks(blocks, lengths, blockTokens);
    this.#named = { blocks, blockTokens, names };
    return names;
  }

  /** Makes room for `requests` requests and takes back all rings. Mutates; old contents become meaningless. */
  reserve(requests: number): void {
    if (requests > this.#requests) this.#growRequests(Math.max(requests, Math.ceil(this.#requests * 1.5)));
    this.#ringsTaken = 0;
    this.#named = undefined;
  }

  /** Memory for a ring of `size` finish buckets, a multiple of 32; its contents are arbitrary. */
  takeRing(size: number): FinishRing {
    const index = this.#ringsTaken++;
    const known = this.#rings[index];
    if (known !== undefined && known.buckets.length >= size) {
      return { buckets: known.buckets.subarray(0, size), occupied: known.occupied.subarray(0, size / 32) };
    }
    return (this.#rings[index] = { buckets: new Int32Array(size), occupied: new Int32Array(size / 32) });
  }

  #growRequests(size: number): void {
    this.#requests = size;
    this.ready = new Float64Array(size);
    this.firstToken = new Float64Array(size);
    this.lastToken = new Float64Array(size);
    this.ttft = new Float64Array(size);
    this.tpot = new Float64Array(size);
    this.e2e = new Float64Array(size);
    this.sorted = new Float64Array(size);
    this.series = new Float64Array(size);
    this.order = new Int32Array(size);
    this.hitTokens = new Int32Array(size);
    this.next = new Int32Array(size);
    this.previous = new Int32Array(size);
    this.bucketNext = new Int32Array(size);
    this.offset = new Int32Array(size);
    this.finishStep = new Int32Array(size);
    this.computed = new Int32Array(size);
    this.generated = new Int32Array(size);
    this.phase = new Uint8Array(size);
    this.cohort = new Uint8Array(size);
    this.rank = new Int32Array(size);
    this.admission = new Int32Array(size);
    this.remaining = new Int32Array(size);
    this.flags = new Uint8Array(size);
    this.inStep = new Uint8Array(size);
  }
}
