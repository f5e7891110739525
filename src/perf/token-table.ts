/** Knots per octave above 32 tokens; linear interpolation between them errs below 0.1 % on the operator laws. */
const KNOTS_PER_OCTAVE = 32;
const OCTAVE_BITS = 5;
/** Octaves covered: up to 2^25 tokens. */
const OCTAVES = 26;

/**
 * A function of a token count (0 < tokens < 2^25) as a piecewise linear table: exact at whole numbers up to 64, then
 * 32 knots per octave. Knots are computed on first use; reading allocates nothing. A growing function stays growing.
 */
export class TokenTable {
  readonly #knots = new Float64Array(KNOTS_PER_OCTAVE * OCTAVES).fill(NaN);
  readonly #evaluate: (tokens: number) => number;

  constructor(evaluate: (tokens: number) => number) {
    this.#evaluate = evaluate;
  }

  /** The value at `tokens`; counts below one read as one. */
  at(tokens: number): number {
    if (tokens < 1) return this.#knot(0, 0);
    const octave = 31 - Math.clz32(tokens);
    const position = (tokens / (1 << octave) - 1) * KNOTS_PER_OCTAVE;
    const index = Math.floor(position);
    const fraction = position - index;
    const low = this.#knot(octave, index);
    if (fraction === 0) return low;
    const high = index + 1 < KNOTS_PER_OCTAVE ? this.#knot(octave, index + 1) : this.#knot(octave + 1, 0);
    return low + (high - low) * fraction;
  }

  #knot(octave: number, index: number): number {
    const slot = (octave << OCTAVE_BITS) + index;
    const known = this.#knots[slot]!;
    // Every number but NaN equals itself.
    if (known === known) return known;
    const value = this.#evaluate((1 << octave) * (1 + index / KNOTS_PER_OCTAVE));
    this.#knots[slot] = value;
    return value;
  }
}
