import type { MixUnit } from './mix-units.ts';

/** A unit that serves a range of classes, and what is known of how they go together on it. */
export interface MixVariant {
  readonly id: string;
  readonly unit: MixUnit;
  /** Replicas per request per second of each class as they are counted: alone × `factor`; Infinity outside its range. */
  readonly loads: Float64Array;
  /** Of single classes. */
  readonly alone: Float64Array;
  /** First and last class of its range. */
  readonly range: readonly [from: number, to: number];
  readonly factor: number;
  readonly isMeasured: boolean;
  /** How often a trial lowered its factor. */
  readonly lowered: number;
}

/** What a trial told of a variant. */
export interface VariantTrial {
  /** Requests per second of each class that it was given. */
  readonly weights: Float64Array;
  /** Requests per second that one replica carries of them; 0 where none. */
  readonly carried: number;
  readonly isCarried: boolean;
}

/**
 * Classes that are served together are taken to need so much less than each by itself until that was measured (*assumed*: prompts of one use the
 * steps of the other; the optimism makes the search try what is nearly the best).
 */
const OPTIMISM = 0.92;
/** A range whose classes need so much more together than by themselves is also tried in two halves. */
const BAD_COMPANY = 1.2;
/** What fails costs so much more at least than it was taken to. */
const LEAST_CORRECTION = 1.01;

/** A factor follows a mix of classes that goes better together so often; then it only rises, and the search ends. */
const MOST_LOWERINGS = 4;

/** The variants of all units, refined as trials tell. */
export class MixVariants {
  readonly #variants = new Map<string, MixVariant>();

  constructor(units: readonly MixUnit[], loads: readonly Float64Array[]) {
    for (const [index, unit] of units.entries()) {
      const alone = loads[index] ?? new Float64Array();
      const served = [...alone.keys()].filter((c) => Number.isFinite(alone[c]));
      if (served.length > 0) this.#add(unit, alone, [served[0]!, served.at(-1)!]);
    }
  }

  get all(): readonly MixVariant[] {
    return [...this.#variants.values()];
  }

  /** Takes what was seen into account. */
  learn(variant: MixVariant, trial: VariantTrial): void {
    const known = this.#variants.get(variant.id) ?? variant;
    const seen = factorSeen(variant, trial);
    if (!known.isMeasured) this.#put({ ...known, factor: seen, isMeasured: true });
    else if (!trial.isCarried) {
      this.#put({ ...known, factor: Math.max(seen, known.factor * LEAST_CORRECTION) });
    } else if (seen < known.factor && known.lowered < MOST_LOWERINGS) {
      this.#put({ ...known, factor: seen, lowered: known.lowered + 1 });
    }
    if (seen > BAD_COMPANY) this.#halve(known, trial);
  }

  /** Adds the two halves, by load, of the classes that were given to a variant. */
  #halve({ unit, alone }: MixVariant, { weights }: VariantTrial): void {
    const given = [...weights.keys()].filter((c) => (weights[c] ?? 0) > 0);
    const [first, last] = [given[0], given.at(-1)];
    if (first === undefined || last === undefined || first === last) return;
    const work = given.map((c) => (weights[c] ?? 0) * (alone[c] ?? 0));
    const half = work.reduce((sum, value) => sum + value, 0) / 2;
    let sum = 0;
    let cut = first;
    for (const [k, c] of given.slice(0, -1).entries()) {
      cut = c;
      sum += work[k] ?? 0;
      if (sum >= half) break;
    }
    this.#add(unit, alone, [first, cut]);
    this.#add(unit, alone, [cut + 1, last]);
  }

  #add(unit: MixUnit, alone: Float64Array, range: readonly [from: number, to: number]): void {
    const id = `${unit.id} #${range[0]}-${range[1]}`;
    if (this.#variants.has(id)) return;
    // A single class in a range has been measured: nothing comes beside it.
    const isMeasured = range[0] === range[1];
    this.#put({
      id,
      unit,
      alone,
      range,
      factor: isMeasured ? 1 : OPTIMISM,
      isMeasured,
      lowered: 0,
      loads: alone,
    });
  }

  #put(variant: MixVariant): void {
    const [from, to] = variant.range;
    const loads = variant.alone.map((load, c) => (c >= from && c <= to ? load * variant.factor : Infinity));
    this.#variants.set(variant.id, { ...variant, loads });
  }
}

/** How much more its requests need than each class by itself; Infinity where none are carried. */
function factorSeen({ alone }: MixVariant, { weights, carried }: VariantTrial): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const work = weights.reduce((sum, weight, c) => (weight > 0 ? sum + weight * (alone[c] ?? 0) : sum), 0);
  return carried > 0 ? total / (work * carried) : Infinity;
}
