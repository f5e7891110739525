import type { FleetView } from '../../sim/index.ts';

/** Width of a bin of ratios, and their number: up to four times the forecast. */
const BIN = 0.05;
const BINS = 80;
/** Slots to be free, in square roots of all slots (*assumed*: a request in five or so waits a little). */
const FREE_SLOTS = 0.45;
/** Capacities are told apart to a quarter of a replica. */
export const CAPACITY_STEPS = 4;
/** Seconds over which the load is smoothed (*assumed*). */
const SMOOTHING = 400;
/** Half-life of what was learnt, seconds: a week (*assumed*), so that a week's pattern is known and an older one forgotten. */
const HALF_LIFE = 7 * 86_400;
/** Before anything is learnt: loads spread log-normally around the forecast, weighing as much as half an hour of ticks (*assumed*). */
const PRIOR_SPREAD = 0.25;
const PRIOR_SECONDS = 1800;

/** What an outlook starts from. */
export interface DemandOutlookOptions {
  /** Load before any request came, in replicas, > 0. */
  readonly initial: number;
  /** Requests per second that one replica can serve, > 0, and requests that it runs at once. */
  readonly capacity: number;
  readonly slots: number;
  /** Seconds from asking for a replica until it serves. */
  readonly lead: number;
  /** Seconds over which a load is averaged before it is compared with a capacity: shorter peaks wait in line. */
  readonly peak: number;
}

/**
 * What the load will be when a replica asked for now is ready: the smoothed load times a ratio whose distribution is learnt
 * from how loads came out against what was forecast a start-up time before. Load is counted in replicas whose slots are all
 * in use. Stateful: one update per tick.
 */
export class DemandOutlook {
  readonly #capacity: number;
  readonly #slots: number;
  readonly #lead: number;
  readonly #peak: number;
  readonly #weights = new Float64Array(BINS + 1);
  readonly #forecasts: { readonly at: number; readonly load: number }[] = [];
  #load: number;
  #recent: number;
  #begun = false;

  constructor({ initial, capacity, slots, lead, peak }: DemandOutlookOptions) {
    this.#load = initial;
    this.#recent = initial;
    this.#capacity = capacity;
    this.#slots = slots;
    this.#lead = lead;
    this.#peak = peak;
    for (let bin = 0; bin <= BINS; bin++) {
      const ratio = Math.max(BIN / 2, bin * BIN);
      const z = Math.log(ratio) / PRIOR_SPREAD;
      this.#weights[bin] = Math.exp((-z * z) / 2) / ratio;
    }
    const sum = this.#weights.reduce((total, weight) => total + weight, 0);
    for (let bin = 0; bin <= BINS; bin++) this.#weights[bin]! *= PRIOR_SECONDS / sum;
  }

  /** The smoothed load, in replicas. */
  get load(): number {
    return this.#load;
  }

  /**
   * Takes in a tick. Mutates the outlook.
   */
  update({ now, sinceLast, arrivals }: FleetView): void {
    if (!this.#begun && arrivals === 0) return;
    if (!this.#begun) {
      this.#begun = true;
      return;
    }
    const load = arrivals / sinceLast / this.#capacity;
    this.#recent += (load - this.#recent) * Math.min(1, (2 * sinceLast) / (this.#peak + sinceLast));
    const decay = 0.5 ** (sinceLast / HALF_LIFE);
    for (let bin = 0; bin <= BINS; bin++) this.#weights[bin]! *= decay;
    while (this.#forecasts.length > 1 && this.#forecasts[1]!.at <= now - this.#lead) this.#forecasts.shift();
    const forecast = this.#forecasts[0];
    if (forecast !== undefined && forecast.at <= now - this.#lead) {
      const ratio = this.#recent / Math.max(1e-9, forecast.load);
      this.#weights[Math.min(BINS, Math.round(ratio / BIN))]! += sinceLast;
    }
    this.#load += (load - this.#load) * (1 - Math.exp(-sinceLast / SMOOTHING));
    this.#forecasts.push({ at: now, load: this.#load });
  }

  /**
   * Expected load beyond a capacity, as a share of the load: what would not be served in time. Entry i is for i ÷ 4 replicas;
   * `most` replicas are the last entry. Falls from 1 on. Of n slots in all, some √n must be free for the requests not to wait
   * (square-root staffing; Halfin and Whitt, 1981).
   */
  excess(most: number): Float64Array {
    const table = new Float64Array(CAPACITY_STEPS * most + 1);
    let mean = 0;
    for (let bin = 0; bin <= BINS; bin++) mean += this.#weights[bin]! * bin * BIN;
    for (let i = 0; i < table.length; i++) {
      const replicas = i / CAPACITY_STEPS;
      const usable = Math.max(0, replicas - FREE_SLOTS * Math.sqrt(replicas / this.#slots));
      const ratio = usable / Math.max(1e-9, this.#load);
      let beyond = 0;
      for (let bin = Math.min(BINS + 1, Math.ceil(ratio / BIN)); bin <= BINS; bin++)
        beyond += this.#weights[bin]! * (bin * BIN - ratio);
      table[i] = beyond / mean;
    }
    return table;
  }
}
