import { PiecewiseLinear } from './piecewise-linear.ts';

/** One measured block of routed experts on one rank. */
export interface ExpertSample {
  readonly tokens: number;
  /** Distinct experts that the tokens touch on the rank. */
  readonly activatedExperts: number;
  readonly seconds: number;
}

/** Time of one layer's routed experts over tokens × touched experts; linear between measured values along both. */
export class ExpertGrid {
  readonly #tokens: readonly number[];
  readonly #rows: readonly PiecewiseLinear[];

  /** @param samples at least one */
  constructor(samples: readonly ExpertSample[]) {
    if (samples.length === 0) throw new RangeError('an expert grid needs a sample');
    const groups = [...Map.groupBy(samples, (s) => s.tokens)].sort(([a], [b]) => a - b);
    this.#tokens = groups.map(([tokens]) => tokens);
    this.#rows = groups.map(
      ([, group]) => new PiecewiseLinear(group.map((s) => [s.activatedExperts, s.seconds])),
    );
  }

  /** Seconds of one layer's experts. */
  at(tokens: number, activatedExperts: number): number {
    return new PiecewiseLinear(
      this.#tokens.map((at, i) => [at, this.#rows[i]!.at(activatedExperts)] as const),
    ).at(tokens);
  }
}
