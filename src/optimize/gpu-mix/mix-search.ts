import { breathe } from '../progress.ts';
import { loadOn } from './check-mix.ts';
import type { MixPlace, MixUnit } from './mix-units.ts';
import type { Mix, MixOption, MixProblem } from './mix-problem.ts';
import { MixVariants } from './mix-variants.ts';
import type { MixVariant } from './mix-variants.ts';
import { trialOf } from './part-trial.ts';
import type { PartTrial, TrialledPart } from './part-trial.ts';
import type { MixPart, SpotRules } from './plan-gpu-mix.ts';
import type { RequestClass } from './request-classes.ts';
import { solveMix } from './solve-mix.ts';
import type { StreamMeter } from './stream-meter.ts';

/** Rounds at most; the search ends by itself after five to fifteen (measured 2026-11 by `bench:gpu-mix`). */
const MOST_ROUNDS = 40;
/** Solves stop within this of their bound: estimates are not better known. */
const SOLVE_LIMITS = { nodes: 1000, seconds: 5, relativeGap: 1e-3 } as const;
/** What fails to be confirmed is taken to carry so much less than it was given, relative (*assumed*). */
const STEP_BACK = 0.03;
/** Savings that are not worth a round, relative. */
const LEAST_SAVING = 1e-3;

/** What a search works on. `loads` has one row per unit. */
export interface MixSearchFacts {
  readonly classes: readonly RequestClass[];
  readonly units: readonly MixUnit[];
  readonly loads: readonly Float64Array[];
  readonly places: readonly MixPlace[];
  /** Requests per second. */
  readonly rate: number;
  readonly spot?: SpotRules;
  readonly meter: StreamMeter;
  /** Requests of the runs that confirm. */
  readonly longest: number;
}

/** What a search found. */
export interface MixSearchResult {
  readonly mix?: Mix;
  readonly isConfirmed: boolean;
  readonly parts: readonly MixPart[];
  /** Shares by part id, one entry per class. */
  readonly routing: readonly Readonly<Record<string, number>>[];
  /** Micro-dollars per hour; see `GpuMixResult.estimatedBound`. */
  readonly bound: number;
  readonly unserved: readonly string[];
  readonly rounds: number;
}

/** Solve, simulate what was chosen, correct the loads by what was seen, and again until nothing cheaper is left. */
export class MixSearch {
  readonly #facts: MixSearchFacts;
  readonly #variants: MixVariants;
  readonly #trial: PartTrial;
  #best: { readonly mix: Mix; readonly parts: readonly TrialledPart[] } | undefined;

  constructor(facts: MixSearchFacts) {
    this.#facts = facts;
    this.#variants = new MixVariants(facts.units, facts.loads);
    this.#trial = trialOf(facts);
  }

  async run(): Promise<MixSearchResult> {
    let bound = 0;
    let last: { readonly mix: Mix; readonly parts: readonly TrialledPart[] } | undefined;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      await breathe();
      const problem = this.#problem();
      const answer = await solveMix(problem, { limits: SOLVE_LIMITS });
      if (!('mix' in answer)) {
        return this.#result({ bound, rounds: round, unserved: answer.unserved, last });
      }
      bound = answer.bound;
      if (this.#best !== undefined && answer.mix.cost >= this.#best.mix.cost * (1 - LEAST_SAVING)) {
        return this.#result({ bound, rounds: round, unserved: [], last });
      }
      const parts = this.#partsOf(problem, answer.mix);
      last = { mix: answer.mix, parts };
      const isKept = this.#learn(parts);
      if (isKept && this.#confirm(parts)) this.#best = { mix: answer.mix, parts };
    }
    return this.#result({ bound, rounds: MOST_ROUNDS, unserved: [], last });
  }

  #problem(): MixProblem {
    const { classes, places, rate, spot } = this.#facts;
    const options = this.#variants.all.flatMap((variant) =>
      variant.unit.places.map((place) => this.#optionOf(variant, place)),
    );
    const onSpot = options.filter(({ node }) => node.endsWith('/spot')).map(({ id }) => id);
    return {
      classes: classes.map(({ id, share }) => ({ id, rate: rate * share })),
      nodes: places.map(({ id, offering, accelerators }) => ({ id, price: offering.price, accelerators })),
      options,
      ...(spot === undefined || spot.mostShare >= 1
        ? {}
        : { shareLimits: [{ options: onSpot, most: spot.mostShare }] }),
    };
  }

  #optionOf(variant: MixVariant, place: MixPlace): MixOption {
    const { spot } = this.#facts;
    const isSpot = place.capacityType === 'spot';
    const perNode = Math.max(1, place.accelerators / variant.unit.accelerators);
    return {
      id: `${place.id} ${variant.id}`,
      node: place.id,
      accelerators: variant.unit.accelerators,
      loads: [variant.loads],
      ...(isSpot ? { spare: (spot?.spareNodes ?? 0) * perNode } : {}),
    };
  }

  /** The used options of a mix, each tried with its requests. */
  #partsOf(problem: MixProblem, mix: Mix): readonly TrialledPart[] {
    const { classes, rate } = this.#facts;
    return this.#variants.all.flatMap((variant) =>
      variant.unit.places.flatMap((place) => {
        const option = this.#optionOf(variant, place);
        const replicas = mix.replicas[option.id] ?? 0;
        if (replicas === 0 || loadOn(problem, mix, option.id) === 0) return [];
        const weights = Float64Array.from(
          classes,
          ({ share }, c) => rate * share * (mix.routing[c]?.[option.id] ?? 0),
        );
        const spare = option.spare ?? 0;
        return [this.#trial.part({ id: option.id, variant, place, weights, replicas, spare })];
      }),
    );
  }

  /** Whether all parts carry their requests; what was seen corrects the loads. */
  #learn(parts: readonly TrialledPart[]): boolean {
    for (const part of parts) this.#variants.learn(part.variant, part);
    return parts.every((part) => part.isCarried);
  }

  /** Whether all parts keep the limits in long runs; those that do not get more load. */
  #confirm(parts: readonly TrialledPart[]): boolean {
    let isKept = true;
    for (const part of parts) {
      if (this.#trial.isConfirmed(part)) continue;
      isKept = false;
      this.#variants.learn(part.variant, {
        ...part,
        isCarried: false,
        carried: part.rateEach * (1 - STEP_BACK),
      });
    }
    return isKept;
  }

  #result(facts: {
    readonly bound: number;
    readonly rounds: number;
    readonly unserved: readonly string[];
    readonly last: { readonly mix: Mix; readonly parts: readonly TrialledPart[] } | undefined;
  }): MixSearchResult {
    const { bound, rounds, unserved, last } = facts;
    const shown = this.#best ?? last;
    if (shown === undefined) {
      return { isConfirmed: false, parts: [], routing: [], bound: Infinity, unserved, rounds };
    }
    const { mix, parts } = shown;
    return {
      mix,
      isConfirmed: this.#best !== undefined,
      parts: parts.map(partOf),
      routing: mix.routing,
      bound: Math.min(bound, mix.cost),
      unserved,
      rounds,
    };
  }
}

function partOf(part: TrialledPart): MixPart {
  const { id, variant, place, batch, replicas, spare, rateEach, carried, maxModelLength } = part;
  return {
    id,
    unit: variant.unit,
    pool: place.pool,
    capacityType: place.capacityType,
    batch,
    replicas,
    spare,
    rateEach,
    carriedEach: carried,
    maxModelLength,
  };
}
