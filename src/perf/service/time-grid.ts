import { Convolver } from './fourier.ts';
import { gammaShare } from './gamma-distribution.ts';
import { twoPhases } from './waiting.ts';
import type { Waiting } from './waiting.ts';

/** Probability of each point of a grid; what is missing to 1 lies beyond its end. */
export type Masses = Float64Array;

/** Evenly spaced times 0, step, 2·step, … on which distributions of response times are added and compared. */
export class TimeGrid {
  /** Seconds between points. */
  readonly step: number;
  readonly length: number;
  readonly #convolver: Convolver;

  /** A grid up to `longest` seconds with `length` points, a power of two. */
  constructor(longest: number, length: number) {
    this.step = longest / (length - 2);
    this.length = length;
    this.#convolver = new Convolver(length);
  }

  /** A time that is always the same, shared by the two points around it so that its mean is exact. */
  constant(time: number): Masses {
    const masses = new Float64Array(this.length);
    const place = time / this.step;
    const low = Math.floor(place);
    if (low < this.length) masses[low] = 1 - (place - low);
    if (low + 1 < this.length) masses[low + 1] = place - low;
    return masses;
  }

  /** Gamma distribution of this mean and coefficient of variation; a variability of 0 is a constant. */
  gamma(mean: number, variability: number): Masses {
    if (variability < 1e-3 || mean <= 0) return this.constant(mean);
    const shape = 1 / variability ** 2;
    return this.fromShares((time) => gammaShare(shape, (time * shape) / mean));
  }

  /** The distribution of which `shareBelow(time)` lies at or below a time; every point gets what is nearest to it. */
  fromShares(shareBelow: (time: number) => number): Masses {
    const masses = new Float64Array(this.length);
    let below = 0;
    for (let i = 0; i < this.length; i++) {
      const share = below > 1 - 1e-13 ? 1 : shareBelow((i + 0.5) * this.step);
      masses[i] = Math.max(0, share - below);
      below = share;
    }
    return masses;
  }

  /** Time `masses` plus the wait before it, which does not depend on it. */
  afterWaiting(masses: Masses, waiting: Waiting): Masses {
    if (waiting.share <= 0 || waiting.conditionalMean <= 0) return masses;
    const phases = twoPhases(waiting.conditionalMean, waiting.conditionalSquare);
    const first = this.#plusExponential(masses, phases.first);
    const second =
      phases.kind === 'in-turn'
        ? this.#plusExponential(first, phases.second)
        : this.#plusExponential(masses, phases.second);
    const sideShare = phases.kind === 'in-turn' ? 0 : phases.share;
    return masses.map(
      (mass, i) =>
        (1 - waiting.share) * mass + waiting.share * (sideShare * first[i]! + (1 - sideShare) * second[i]!),
    );
  }

  /** Time `masses` plus an exponential time, by one pass: an exponential on a grid is geometric. */
  #plusExponential(masses: Masses, mean: number): Masses {
    if (mean * 60 < this.step) return masses;
    const decay = Math.exp(-this.step / mean);
    const start = 1 - Math.sqrt(decay);
    const gain = 1 / Math.sqrt(decay) - Math.sqrt(decay);
    const result = new Float64Array(masses.length);
    let carried = 0;
    let before = 0;
    for (let i = 0; i < masses.length; i++) {
      carried = decay * (carried + before);
      before = masses[i]!;
      result[i] = start * before + gain * carried;
    }
    return result;
  }

  /** One time after the other, independent. */
  sum(a: Masses, b: Masses): Masses {
    return this.#convolver.convolve(a, b);
  }

  /** The longest of independent times, each drawn `count` times (a broken number means one more with that probability). */
  longest(parts: readonly { readonly masses: Masses; readonly count: number }[]): Masses {
    const below = new Float64Array(this.length).fill(1);
    for (const { masses, count } of parts) {
      const whole = Math.floor(count);
      const part = count - whole;
      let share = 0;
      for (let i = 0; i < below.length; i++) {
        share = Math.min(1, share + masses[i]!);
        below[i]! *= (whole === 1 ? share : share ** whole) * (1 - part + part * share);
      }
    }
    for (let i = below.length - 1; i > 0; i--) below[i]! -= below[i - 1]!;
    return below;
  }

  /** Share of `masses` at or below `time`, the masses spread evenly around their points. */
  shareBelow(masses: Masses, time: number): number {
    const place = Math.min(time / this.step + 0.5, this.length);
    const whole = Math.floor(place);
    let sum = 0;
    for (let i = 0; i < whole; i++) sum += masses[i]!;
    return whole < this.length ? sum + (place - whole) * masses[whole]! : sum;
  }

  /** Smallest time at or below which the share `share` of `masses` lies; undefined when it is beyond the grid. */
  quantile(masses: Masses, share: number): number | undefined {
    let sum = 0;
    for (let i = 0; i < masses.length; i++) {
      const next = sum + masses[i]!;
      if (next >= share) return Math.max(0, (i - 0.5 + (share - sum) / masses[i]!) * this.step);
      sum = next;
    }
    return undefined;
  }
}

/** Weighted mean of distributions; weights need not add up to 1. */
export function mixture(
  parts: readonly { readonly masses: Masses; readonly weight: number }[],
  length: number,
): Masses {
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  const result = new Float64Array(length);
  for (const { masses, weight } of parts) {
    for (let i = 0; i < length; i++) result[i]! += (weight / total) * masses[i]!;
  }
  return result;
}
