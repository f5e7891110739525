import type { RandomStream } from '../../random/index.ts';
import type { ServiceBalancing } from './service-options.ts';

/** Where the times of the requests of one service come from. */
export interface ServiceTimes {
  /** Requests served at once by one replica; 0: without limit. */
  readonly servers: number;
  /** Draws the time of one request at a server, seconds. */
  readonly draw: () => number;
  /** Seconds after that in which it holds no server. */
  readonly idle: number;
}

/**
 * The replicas of one service: each a queue served first come, first served. A request's end is known when it arrives,
 * because requests arrive in the order of time; so a queue is only the times at which its servers are free.
 */
export class ReplicaSet {
  readonly times: ServiceTimes;
  /** Seconds of work handed out. */
  busy = 0;
  served = 0;
  readonly replicas: number;
  readonly #free: Float64Array;
  readonly #balancing: ServiceBalancing;
  readonly #choice: RandomStream;
  #turn = 0;

  constructor(
    times: ServiceTimes,
    options: {
      readonly replicas: number;
      readonly balancing: ServiceBalancing;
      readonly choice: RandomStream;
    },
  ) {
    this.times = times;
    this.replicas = options.replicas;
    this.#free = new Float64Array(options.replicas * times.servers);
    this.#balancing = options.balancing;
    this.#choice = options.choice;
  }

  /** Takes a request that arrives at `now`, no earlier than the one before, and gives the time of its end. Mutates the set. */
  serve(now: number): number {
    const { servers, idle } = this.times;
    const time = this.times.draw();
    this.served += 1;
    this.busy += time;
    if (servers === 0) return now + time + idle;
    const from = this.#replica() * servers;
    let earliest = from;
    for (let i = from + 1; i < from + servers; i++) {
      if (this.#free[i]! < this.#free[earliest]!) earliest = i;
    }
    const end = Math.max(now, this.#free[earliest]!) + time;
    this.#free[earliest] = end;
    return end + idle;
  }

  #replica(): number {
    if (this.replicas === 1) return 0;
    if (this.#balancing === 'random') return this.#choice.integer(this.replicas);
    this.#turn = this.#turn + 1 === this.replicas ? 0 : this.#turn + 1;
    return this.#turn;
  }
}
