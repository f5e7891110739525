import type { AvailabilityModel } from './availability-model.ts';

/**
 * What is believed about the phase of an offering after all that was seen of it: Bayes' rule under a model. Mutated by `see`.
 * Seen at intervals other than the model's step, the chain moves by the share of a step that passed (first order; whole steps first).
 */
export class AvailabilityBelief {
  readonly model: AvailabilityModel;
  /** Probability of each phase, sum 1. */
  readonly phases: Float64Array;
  readonly #next: Float64Array;
  #isFresh = true;

  constructor(model: AvailabilityModel) {
    this.model = model;
    this.phases = Float64Array.from(model.occupancy);
    this.#next = new Float64Array(model.phases);
  }

  /** Forgets all that was seen. */
  reset(): void {
    this.phases.set(this.model.occupancy);
    this.#isFresh = true;
  }

  /** Takes an observation `seconds` (> 0) after the one before; the first one takes no time. */
  see(isAvailable: boolean, seconds: number): void {
    if (!this.#isFresh) {
      let steps = seconds / this.model.stepSeconds;
      for (; steps > 1; steps--) this.#move(1);
      this.#move(steps);
    }
    this.#isFresh = false;
    const { upPhases, phases } = this.model;
    const [low, high] = isAvailable ? [0, upPhases] : [upPhases, phases];
    let sum = 0;
    for (let phase = low; phase < high; phase++) sum += this.phases[phase] ?? 0;
    for (let phase = 0; phase < phases; phase++) {
      const value = phase >= low && phase < high ? (this.phases[phase] ?? 0) : 0;
      this.phases[phase] = sum > 0 ? value / sum : phase >= low && phase < high ? 1 / (high - low) : 0;
    }
  }

  #move(share: number): void {
    const { phases, transition } = this.model;
    const next = this.#next;
    for (let to = 0; to < phases; to++) {
      let value = 0;
      for (let from = 0; from < phases; from++) {
        value += (this.phases[from] ?? 0) * (transition[from * phases + to] ?? 0);
      }
      next[to] = (1 - share) * (this.phases[to] ?? 0) + share * value;
    }
    this.phases.set(next);
  }
}
