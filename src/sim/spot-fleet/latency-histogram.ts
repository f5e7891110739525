/** Least latency told apart, seconds; width of a bin as a share; bins up to about a day. */
const LEAST = 1e-3;
const WIDTH = 0.01;
const BINS = 1840;

/** Latencies counted in bins of 1 % width: percentiles within 1 % from as many samples as there are, in little memory. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BINS);
  #samples = 0;
  #sum = 0;

  /** Mutates the histogram. @param seconds ≥ 0 */
  add(seconds: number): void {
    const bin = seconds <= LEAST ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(seconds / LEAST) / WIDTH));
    this.#counts[bin]!++;
    this.#samples++;
    this.#sum += seconds;
  }

  /** Mean in seconds; 0 without samples. */
  get mean(): number {
    return this.#samples > 0 ? this.#sum / this.#samples : 0;
  }

  /** Upper end of the bin that holds the nearest-rank percentile; 0 without samples. @param share 0..1 */
  percentile(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.#samples));
    if (this.#samples === 0) return 0;
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#counts[bin]!;
      if (left <= 0) return LEAST * Math.exp(bin * WIDTH);
    }
    return LEAST * Math.exp((BINS - 1) * WIDTH);
  }
}
