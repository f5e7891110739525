import type { BatchLimits } from '../../model/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';
import type { RequestWork } from './request-work.ts';
import type { StepCosts } from './step-costs.ts';

/** One replica whose largest load is bounded. */
export interface BoundedReplica {
  readonly steps: StepTimeModel;
  /** On a grid that covers `batch`. */
  readonly costs: StepCosts;
  readonly batch: BatchLimits;
}

/** What the requests ask for and how fast they must be served. */
export interface BoundedLoad {
  /** Work of the share of the requests that must keep the TPOT limit; of all without one. */
  readonly work: RequestWork;
  /** Least TPOT limit in seconds per token; Infinity without. */
  readonly tpotLimit: number;
  /** Longest time after its arrival within which a request that keeps the limits is served to its end, seconds; Infinity if none says so. */
  readonly longestStay: number;
}

/** What step times may lie below a straight line between two points of the grid (*assumed*; held by the shipped laws, tested on random steps). */
export const GRID_ERROR = 1.01;
/** Overload that the verdict on stationarity may miss where no limit bounds the stay of a request (*assumed*; it misses 2 %). */
const UNSEEN_OVERLOAD = 1.1;
/** Steps of a golden-section search; the interval shrinks to 1 %. */
const GOLDEN_STEPS = 10;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * A request rate that no simulation of the replica can sustain within the TPOT limit, requests per second.
 *
 * Every run is a sequence of steps with p prompt tokens and n decode sequences of one rank, each lasting at least t(p, n).
 * For any prices α, β ≥ 0 of a prompt token and a decode token, μ ≥ 0 of lateness, ν ≥ 0 of cache and o in 0..1 of occupancy with
 *
 *     t·(1 − o + o·n·pass/S) + μ·n·(pass·t − L) + ν·(c·n − K) ≥ α·p + β·n   for every step that the limits allow, t = t(p, n),
 *
 * the requests that keep the limit L take at least α·prompt + β·decode + (slopes × attended pairs and cached reads) seconds of the
 * rank each, as summing over the steps shows: sequences within the limit make Σ n·(pass·t − L) ≤ 0; caches of K tokens
 * make Σ (c·n − K) ≤ 0 with mean context c; and as a sequence is in one of the batches in flight, the S sequences that the
 * replica runs at most (by limit and cache) make Σ n·pass·t at most S times the whole time. The bound is the weak dual of the
 * linear program that mixes steps best; it holds for whatever multipliers the search below ends with.
 *
 * A step of ranks in lockstep lasts at least t of their mean batch less the start of prompts and of decodes, which no rank may pay both
 * (to 1 %, tested): what they share is that of the mean, and the largest of their own parts is not below the mean of them.
 * Cost: some 100 passes over the grid.
 */
export function capacityBound(replica: BoundedReplica, load: BoundedLoad): number {
  const problem = new DualProblem(replica, load);
  const seconds = problem.leastSecondsPerRequest() / GRID_ERROR;
  if (!(seconds > 0)) return Infinity;
  const { work, longestStay } = load;
  const ranks = replica.steps.dataParallel;
  if (!Number.isFinite(longestStay)) return (UNSEEN_OVERLOAD * ranks) / (seconds * work.share);
  // The counted requests arrive within requests ÷ rate seconds and have left `longestStay` later.
  const busy = work.requests * work.share * (seconds / ranks) - longestStay;
  return busy > 0 ? work.requests / busy : Infinity;
}

interface Multipliers {
  /** Share of a request's price that its prompt carries: α·prompt / (α·prompt + β·decode), 0..1. */
  readonly promptShare: number;
  /** μ·L, and ν·K in seconds. */
  readonly lateness: number;
  readonly cache: number;
  readonly occupancy: number;
}

/** The dual of the best mix of steps. */
class DualProblem {
  readonly #replica: BoundedReplica;
  readonly #load: BoundedLoad;
  readonly #steps: readonly number[];
  readonly #context: number;
  readonly #cacheTokens: number;
  /** Sequences that the replica runs at once at most. */
  readonly #running: number;

  constructor(replica: BoundedReplica, load: BoundedLoad) {
    this.#replica = replica;
    this.#load = load;
    const { costs, batch, steps } = replica;
    const { work } = load;
    this.#context = work.decode > 0 ? work.reads / work.decode : 0;
    this.#cacheTokens = work.isPrivate ? steps.kvBlocks * steps.blockTokens : Infinity;
    const most = Math.min(batch.maxSequences, this.#cacheTokens / Math.max(1, work.shortestContext));
    this.#running = Math.min(batch.maxSequences, this.#cacheTokens / Math.max(1, this.#context));
    this.#steps = [...costs.time.keys()].filter((i) => {
      const p = costs.prompt[i] ?? 0;
      const n = costs.sequences[i] ?? 0;
      return n <= most && (p === 0 || p + n <= batch.maxBatchedTokens);
    });
  }

  leastSecondsPerRequest(): number {
    const { work, tpotLimit } = this.#load;
    const isMixed = work.prompt > 0 && work.decode > 0;
    const promptShare = isMixed ? 0.5 : work.prompt > 0 ? 1 : 0;
    let at: Multipliers = { promptShare, lateness: 0, cache: 0, occupancy: 0 };
    const { costs } = this.#replica;
    const improve = (change: (x: number) => Partial<Multipliers>, high: number): void => {
      const x = maximise((value) => this.#price({ ...at, ...change(value) }), high);
      const next = { ...at, ...change(x) };
      if (this.#price(next) > this.#price(at)) at = next;
    };
    if (isMixed) improve((share) => ({ promptShare: share }), 1);
    if (Number.isFinite(tpotLimit)) improve((lateness) => ({ lateness }), 4);
    if (costs.pass > 1) improve((occupancy) => ({ occupancy }), 1);
    else if (Number.isFinite(this.#cacheTokens)) improve((cache) => ({ cache }), 1);
    if (isMixed) improve((share) => ({ promptShare: share }), 1);
    return this.#price(at) + costs.perPair * work.pairs + costs.perRead * work.reads;
  }

  /** Seconds per request that these multipliers prove, less those of pairs and reads; at least 0. */
  #price({ promptShare, lateness, cache, occupancy }: Multipliers): number {
    const { costs } = this.#replica;
    const { pass } = costs;
    const { work, tpotLimit } = this.#load;
    const alpha = promptShare / Math.max(1e-9, work.prompt);
    const beta = work.decode > 0 ? (1 - promptShare) / work.decode : 0;
    const mu = Number.isFinite(tpotLimit) ? lateness / tpotLimit : 0;
    const perSequence = Number.isFinite(this.#cacheTokens) ? this.#context / this.#cacheTokens : 0;
    let scale = Infinity;
    for (const i of this.#steps) {
      const n = costs.sequences[i] ?? 0;
      const time = costs.time[i] ?? 0;
      const late = n > 0 && mu > 0 ? mu * n * (pass * time - tpotLimit) : 0;
      const held = cache > 0 ? cache * (perSequence * n - 1) : 0;
      const busy = occupancy > 0 ? time * (1 - occupancy + (occupancy * n * pass) / this.#running) : time;
      const worth = alpha * (costs.prompt[i] ?? 0) + beta * n;
      if (worth > 0) scale = Math.min(scale, (busy + late + held) / worth);
    }
    return Math.max(0, scale === Infinity ? 0 : scale);
  }
}

/** Where a unimodal function on [0, high] is largest, by golden section. */
function maximise(f: (x: number) => number, high: number): number {
  let [low, up] = [0, high];
  let left = up - GOLDEN * (up - low);
  let right = low + GOLDEN * (up - low);
  let [atLeft, atRight] = [f(left), f(right)];
  for (let step = 0; step < GOLDEN_STEPS; step++) {
    if (atLeft >= atRight) {
      up = right;
      [right, atRight] = [left, atLeft];
      left = up - GOLDEN * (up - low);
      atLeft = f(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + GOLDEN * (up - low);
      atRight = f(right);
    }
  }
  return (low + up) / 2;
}
