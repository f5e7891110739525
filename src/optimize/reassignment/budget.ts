/** How long a search may run: by a clock, by a count of judged moves, or by what comes first. */
export interface SearchLimits {
  /** Most seconds on `now`. */
  readonly seconds?: number;
  /** The clock, seconds from any start; a search without one is bound by `trials` alone. */
  readonly now?: () => number;
  /** Most moves judged. With no clock, an equal count gives equal answers. */
  readonly trials?: number;
}

/** Counts what a search has used of its limits. Stateful. */
export class SearchBudget {
  trials = 0;
  readonly #limits: SearchLimits;
  readonly #start: number;

  constructor(limits: SearchLimits) {
    this.#limits = limits;
    this.#start = limits.now?.() ?? 0;
  }

  /** Seconds since the start; 0 without a clock. */
  get seconds(): number {
    return (this.#limits.now?.() ?? 0) - this.#start;
  }

  /** Whether the clock says that the search is over; never without a clock. */
  get isLate(): boolean {
    const { seconds = Infinity, now } = this.#limits;
    return now !== undefined && this.seconds >= seconds;
  }

  /** Share of the limits that is used, from 0; 1 and more: the search is over. */
  used(): number {
    const { seconds = Infinity, trials = Infinity } = this.#limits;
    return Math.max(seconds > 0 ? this.seconds / seconds : 1, trials > 0 ? this.trials / trials : 1);
  }
}
