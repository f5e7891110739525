import type { EngineInstance } from '../engine-instance.ts';

/**
 * How requests are spread over the replicas of a role:
 * - `round-robin`: each in turn;
 * - `least-loaded`: the lowest 4 × waiting + running requests (the score of vLLM's data-parallel balancer, v0.9, 2025);
 * - `prefix-aware`: the lowest prefixWeight × (prompt tokens queued there + those of this request not cached there) +
 *   KV tokens in use there (the form of NVIDIA Dynamo's KV router, v1.3, 2026, in tokens instead of blocks).
 * Equal scores go to the lowest index.
 */
export type RoutingPolicy = 'round-robin' | 'least-loaded' | 'prefix-aware';

/** A routing policy and its constant. */
export interface Routing {
  readonly policy: RoutingPolicy;
  /** Weight of prompt tokens to compute against KV tokens in use, ≥ 0; default 1 (Dynamo's). For `prefix-aware`. */
  readonly prefixWeight?: number;
}

/** One replica as a router sees it. */
export interface RoutedReplica {
  readonly instance: EngineInstance;
  /** KV tokens that fit. */
  readonly kvTokens: number;
}

/** A waiting request counts as so many running ones (vLLM's data-parallel balancer). */
const WAITING_WEIGHT = 4;

/** Chooses a replica for each request. Holds only its place in the round and the requests under way to a replica. */
export class Router {
  readonly #routing: Routing;
  readonly #replicas: readonly RoutedReplica[];
  readonly #isl: Int32Array;
  /** Requests and prompt tokens sent to a replica but not yet submitted there (their KV is on its way). */
  readonly #underWay: Int32Array;
  readonly #tokensUnderWay: Float64Array;
  #turn = 0;

  /**
   * @param replicas ≥ 1
   * @param isl input tokens by request id
   */
  constructor(routing: Routing, replicas: readonly RoutedReplica[], isl: Int32Array) {
    this.#routing = routing;
    this.#replicas = replicas;
    this.#isl = isl;
    this.#underWay = new Int32Array(replicas.length);
    this.#tokensUnderWay = new Float64Array(replicas.length);
  }

  /** Whether any replica can serve the request. */
  canServe(id: number): boolean {
    return this.#replicas.some(({ instance }) => instance.canServe(id));
  }

  /** Index of the replica that takes the request; −1 when none can serve it. Mutates the router's turn. */
  choose(id: number): number {
    return this.#routing.policy === 'round-robin' ? this.#nextInTurn(id) : this.#lowestScore(id);
  }

  /** Notes that a request is on its way to a replica, which does not know of it yet. Mutates the router. */
  send(id: number, replica: number): void {
    this.#underWay[replica] = this.#underWay[replica]! + 1;
    this.#tokensUnderWay[replica] = this.#tokensUnderWay[replica]! + this.#isl[id]!;
  }

  /** Notes that it got there. Mutates the router. */
  arrived(id: number, replica: number): void {
    this.#underWay[replica] = this.#underWay[replica]! - 1;
    this.#tokensUnderWay[replica] = this.#tokensUnderWay[replica]! - this.#isl[id]!;
  }

  #nextInTurn(id: number): number {
    const count = this.#replicas.length;
    for (let i = 0; i < count; i++) {
      const replica = (this.#turn + i) % count;
      if (!this.#replicas[replica]!.instance.canServe(id)) continue;
      this.#turn = (replica + 1) % count;
      return replica;
    }
    return -1;
  }

  #lowestScore(id: number): number {
    let best = -1;
    let lowest = Infinity;
    for (let replica = 0; replica < this.#replicas.length; replica++) {
      if (!this.#replicas[replica]!.instance.canServe(id)) continue;
      const score =
        this.#routing.policy === 'least-loaded' ? this.#loadScore(replica) : this.#prefixScore(id, replica);
      if (score < lowest) {
        lowest = score;
        best = replica;
      }
    }
    return best;
  }

  #loadScore(replica: number): number {
    const { load } = this.#replicas[replica]!.instance;
    return WAITING_WEIGHT * (load.waiting + this.#underWay[replica]!) + load.running;
  }

  #prefixScore(id: number, replica: number): number {
    const { instance, kvTokens } = this.#replicas[replica]!;
    const { load } = instance;
    const toCompute = load.queuedTokens + this.#isl[id]! - instance.cachedPrefixTokens(id);
    return (
      (this.#routing.prefixWeight ?? 1) * toCompute + load.kvShare * kvTokens + this.#tokensUnderWay[replica]!
    );
  }
}
