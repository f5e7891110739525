/** Share of time taken as seen in each phase before the first step (assumed). */
const PRIOR_STEPS = 1;

/** The state of a fit by expectation maximisation. Mutated by `improve`. */
export class Expectation {
  readonly transition: Float64Array;
  readonly occupancy: Float64Array;
  /** Of the sequences under the chain before the last improvement. */
  logLikelihood = -Infinity;
  readonly #each: number;
  readonly #phases: number;
  #forward = new Float64Array(0);
  #scale = new Float64Array(0);

  constructor(phasesEach: number, transition: Float64Array) {
    this.#each = phasesEach;
    this.#phases = 2 * phasesEach;
    this.transition = transition;
    this.occupancy = new Float64Array(this.#phases).fill(1 / this.#phases);
  }

  /** One iteration over sequences of 0 and 1; `prior` transitions are taken as seen, one entry per pair of phases. */
  improve(sequences: readonly Uint8Array[], prior: Float64Array): void {
    const phases = this.#phases;
    const counts = Float64Array.from(prior);
    this.logLikelihood = 0;
    for (const seen of sequences) {
      this.#filter(seen);
      this.#count(seen, counts);
    }
    let all = 0;
    for (let from = 0; from < phases; from++) {
      let sum = 0;
      for (let to = 0; to < phases; to++) sum += counts[from * phases + to] ?? 0;
      for (let to = 0; to < phases; to++) {
        this.transition[from * phases + to] = (counts[from * phases + to] ?? 0) / sum;
      }
      this.occupancy[from] = sum + PRIOR_STEPS / phases;
      all += this.occupancy[from] ?? 0;
    }
    for (let phase = 0; phase < phases; phase++) this.occupancy[phase] = (this.occupancy[phase] ?? 0) / all;
  }

  /** Probability of each phase given all seen so far, per step; and the likelihood of each step. */
  #filter(seen: Uint8Array): void {
    const [phases, each] = [this.#phases, this.#each];
    if (this.#forward.length < seen.length * phases) {
      this.#forward = new Float64Array(seen.length * phases);
      this.#scale = new Float64Array(seen.length);
    }
    const forward = this.#forward;
    const { transition, occupancy } = this;
    for (let step = 0; step < seen.length; step++) {
      const low = seen[step] === 1 ? 0 : each;
      const before = step > 0 && seen[step - 1] === 1 ? 0 : each;
      let sum = 0;
      for (let to = low; to < low + each; to++) {
        let value = 0;
        if (step === 0) value = occupancy[to] ?? 0;
        else {
          const row = (step - 1) * phases;
          for (let from = before; from < before + each; from++) {
            value += (forward[row + from] ?? 0) * (transition[from * phases + to] ?? 0);
          }
        }
        forward[step * phases + to] = value;
        sum += value;
      }
      for (let to = low; to < low + each; to++) {
        forward[step * phases + to] = (forward[step * phases + to] ?? 0) / sum;
      }
      this.#scale[step] = sum;
      this.logLikelihood += Math.log(sum);
    }
  }

  /** Adds the expected transitions of a filtered sequence to `counts`, backwards through time. */
  #count(seen: Uint8Array, counts: Float64Array): void {
    const [phases, each] = [this.#phases, this.#each];
    const { transition } = this;
    let later = new Float64Array(phases).fill(1);
    let now = new Float64Array(phases);
    for (let step = seen.length - 2; step >= 0; step--) {
      const low = seen[step] === 1 ? 0 : each;
      const next = seen[step + 1] === 1 ? 0 : each;
      const scale = 1 / (this.#scale[step + 1] ?? 1);
      for (let from = low; from < low + each; from++) {
        const weight = this.#forward[step * phases + from] ?? 0;
        let sum = 0;
        for (let to = next; to < next + each; to++) {
          const value = (transition[from * phases + to] ?? 0) * (later[to] ?? 0) * scale;
          const at = from * phases + to;
          counts[at] = (counts[at] ?? 0) + weight * value;
          sum += value;
        }
        now[from] = sum;
      }
      [later, now] = [now, later];
    }
  }
}
