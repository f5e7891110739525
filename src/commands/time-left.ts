/** No time is told before the work has taken so long, in seconds, and before so much of it is done: it would be a guess. */
const LEAST_SECONDS = 1;
const LEAST_SHARE = 0.02;
/** Seconds in which a told time follows a change of what is measured by some two thirds. */
const FOLLOWS_IN_SECONDS = 3;

/**
 * Time left of a work whose share done is told now and then. What it says falls with the clock and follows new shares
 * slowly, so that it never jumps. A share that falls back means that another work began.
 */
export class TimeLeft {
  #startedAt: number | undefined;
  #toldAt = 0;
  #share = 0;
  #left: number | undefined;

  /**
   * Takes the share done (0..1) at a time in seconds of a monotonic clock.
   * @returns seconds left, ≥ 0; undefined while it is too early to say
   */
  update(share: number, now: number): number | undefined {
    if (this.#startedAt === undefined || share < this.#share) {
      this.#startedAt = now;
      this.#left = undefined;
    }
    this.#share = share;
    const elapsed = now - this.#startedAt;
    if (elapsed < LEAST_SECONDS || share < LEAST_SHARE) return undefined;
    const measured = (elapsed * (1 - share)) / share;
    const passed = now - this.#toldAt;
    this.#toldAt = now;
    if (this.#left === undefined) this.#left = measured;
    else {
      const expected = Math.max(0, this.#left - passed);
      this.#left = expected + (measured - expected) * (1 - Math.exp(-passed / FOLLOWS_IN_SECONDS));
    }
    return this.#left;
  }
}

/** Seconds left in words that do not pretend to be exact: `about 12 s left`, `about 3 min left`. */
export function timeLeftPhrase(seconds: number): string {
  if (seconds < 1) return 'nearly done';
  if (seconds < 20) return `about ${Math.round(seconds)} s left`;
  if (seconds < 58) return `about ${5 * Math.round(seconds / 5)} s left`;
  if (seconds < 58 * 60) return `about ${Math.max(1, Math.round(seconds / 60))} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}
