import type { FleetView } from './fleet-policy.ts';

/** How many replicas a request rate asks for, as SkyServe's autoscaler decides it (SkyPilot, 2025). */
export interface ReplicaTargetOptions {
  /** Requests per second that one replica is given, > 0. */
  readonly ratePerReplica: number;
  /** Replicas before any request came, and at least and at most. */
  readonly initial: number;
  readonly least?: number;
  readonly most?: number;
  /** Seconds over which the rate is taken (60), and for which it must ask for more (300) or fewer (1200) replicas. */
  readonly window?: number;
  readonly upscaleDelay?: number;
  readonly downscaleDelay?: number;
}

/** The target with its hysteresis. Stateful: `update` once per tick. */
export class ReplicaTarget {
  readonly #options: Required<ReplicaTargetOptions>;
  readonly #arrivals: { readonly seconds: number; readonly count: number }[] = [];
  #seconds = 0;
  #count = 0;
  #target: number;
  #above = 0;
  #below = 0;

  constructor(options: ReplicaTargetOptions) {
    this.#options = {
      least: 1,
      most: Infinity,
      window: 60,
      upscaleDelay: 300,
      downscaleDelay: 1200,
      ...options,
    };
    this.#target = options.initial;
  }

  /** Requests per second over the window. */
  get rate(): number {
    return this.#seconds > 0 ? this.#count / this.#seconds : 0;
  }

  /** The target after another tick. Mutates the state. */
  update({ sinceLast, arrivals }: FleetView): number {
    const { window, ratePerReplica, least, most, upscaleDelay, downscaleDelay } = this.#options;
    this.#arrivals.push({ seconds: sinceLast, count: arrivals });
    this.#seconds += sinceLast;
    this.#count += arrivals;
    while (this.#arrivals.length > 1 && this.#seconds - this.#arrivals[0]!.seconds >= window) {
      const { seconds, count } = this.#arrivals.shift()!;
      this.#seconds -= seconds;
      this.#count -= count;
    }
    const wanted = Math.min(most, Math.max(least, Math.ceil(this.rate / ratePerReplica)));
    this.#above = wanted > this.#target ? this.#above + sinceLast : 0;
    this.#below = wanted < this.#target ? this.#below + sinceLast : 0;
    if (this.#above >= upscaleDelay || this.#below >= downscaleDelay) {
      this.#target = wanted;
      this.#above = 0;
      this.#below = 0;
    }
    return this.#target;
  }
}
