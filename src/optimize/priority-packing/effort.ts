/** Steps after which the clock is looked at again: some 5 ms. *Assumed* fine enough. */
const STEPS_BETWEEN_LOOKS = 500_000;

/** What a packing may spend. */
export interface EffortLimits {
  /** Elementary steps (splits of two nodes looked at, and their like); decides the answer, so equal problems get equal answers. */
  readonly work: number;
  /** Seconds on `now`; Infinity for none. A safety net: an answer it cut short says so and may differ between runs. */
  readonly seconds: number;
  /** A clock in seconds. */
  readonly now: () => number;
}

/** Counts the steps of a packing and says when to stop. Mutable. */
export class Effort {
  work = 0;
  /** Set once a limit of the current phase has been met. */
  exhausted: 'work-limit' | 'time-limit' | undefined;
  readonly #limits: EffortLimits;
  readonly #start: number;
  #share = 1;
  #nextLook = 0;

  constructor(limits: EffortLimits) {
    this.#limits = limits;
    this.#start = limits.now();
  }

  /** Begins a phase that may go on until `share` (0 to 1) of the limits is spent. */
  allow(share: number): void {
    this.#share = share;
    this.#nextLook = 0;
    this.exhausted = undefined;
  }

  /** Adds steps; whether a limit of the phase is met. */
  spend(steps: number): boolean {
    this.work += steps;
    if (this.work >= this.#limits.work * this.#share) this.exhausted ??= 'work-limit';
    if (this.work >= this.#nextLook) {
      this.#nextLook = this.work + STEPS_BETWEEN_LOOKS;
      const spent = this.#limits.now() - this.#start;
      if (spent >= this.#limits.seconds * this.#share) this.exhausted ??= 'time-limit';
    }
    return this.exhausted !== undefined;
  }
}
