/**
 * A deterministic stream of random numbers. Every subsystem draws from its own stream,
 * derived from the one seed of a run and a name, so that a new draw in one place never
 * shifts the numbers seen in another.
 */
export interface RandomStream {
  /** A uniform number in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A uniform integer in [0, bound); `bound` is a positive integer. */
  integer(bound: number): number;
  /** A standard normal number (mean 0, variance 1), by the polar method. */
  normal(): number;
  /** An exponential number of mean 1. */
  exponential(): number;
  /** A Gamma number of shape `shape` > 0 and scale 1 (Marsaglia and Tsang, 2000). */
  gamma(shape: number): number;
}

/**
 * Makes the stream called `name` of the run with `seed`.
 * Generator: xoshiro128** (Blackman and Vigna, 2018), state filled by SplitMix32 from an FNV-1a hash of seed and name.
 */
export function randomStream(seed: number, name: string): RandomStream {
  return new Xoshiro128(`${seed}/${name}`);
}

class Xoshiro128 implements RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spareNormal: number | undefined;

  constructor(key: string) {
    let mix = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) mix = Math.imul(mix ^ key.charCodeAt(i), 0x01000193);
    const next = (): number => {
      mix = (mix + 0x9e3779b9) | 0;
      let z = mix;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1;
  }

  #bits(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  uniform(): number {
    return this.#bits() / 4_294_967_296;
  }

  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }

  exponential(): number {
    return -Math.log(1 - this.uniform());
  }

  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(1 - this.uniform(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = 1 - this.uniform();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}
