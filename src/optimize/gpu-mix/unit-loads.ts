import { RacedShape } from '../race/contenders.ts';
import { mixedLengths } from './request-classes.ts';
import type { RequestClass } from './request-classes.ts';
import { serving } from './mix-units.ts';
import type { MixUnit } from './mix-units.ts';
import { SPANNING_BATCHES } from './stream-meter.ts';
import type { MeterEffort, RoutedStream, StreamMeter } from './stream-meter.ts';

/** Runs of single classes. */
const CLASS_EFFORT: MeterEffort = { count: 1000, tolerance: 0.03 };
/** Requests that a mixed stream is drawn from. */
const MIXED_REQUESTS = 4000;
/** Share of its bound that a replica may reach at most (*assumed*: 1 / 1.1; bounds are 1.1 to 1.4 × what simulations carry, design note 0005). */
const REACHED = 0.9;
/** Units are dropped where one replica costs so many times what one kind needs for everything, by loads of single classes (*assumed* to err by less). */
const ENOUGH = 1.25;
/** Classes that cost so many times more on a unit than on another are not given to it (*assumed*). */
const MOST_TIMES_DEARER = 8;

/** The stream of one class by itself. */
export function classStream(item: RequestClass): RoutedStream {
  return { key: item.id, lengths: item.lengths, share: item.share };
}

/** The stream of classes in proportion to weights; `share` of all requests. */
export function mixedStream(
  classes: readonly RequestClass[],
  weights: ArrayLike<number>,
  share: number,
): RoutedStream {
  const key = classes.map((item, c) => `${item.id}:${weights[c] ?? 0}`).join(' ');
  return { key, lengths: mixedLengths(classes, weights, MIXED_REQUESTS), share };
}

/** A unit with its loads; see `unitLoads`. */
export interface MeasuredUnit {
  readonly unit: MixUnit;
  readonly loads: Float64Array;
}

/**
 * Measures units from the cheapest replica up. Left out are those whose single replica costs more than serving everything with one kind measured
 * before, and those that cheaper ones outdo: for every class one of these, as many of it as cost no more, was seen to carry at least what the
 * unit can by its analytic bound, but for a margin that no simulation came near.
 * @param service `rate` in requests per second; `known` loads by unit, taken from and added to: between calls the rate must not fall
 */
export function measureUnits(
  units: readonly MixUnit[],
  classes: readonly RequestClass[],
  service: {
    readonly meter: StreamMeter;
    readonly rate: number;
    readonly known: Map<string, Float64Array>;
  },
): readonly MeasuredUnit[] {
  const { meter, rate, known } = service;
  const measured: MeasuredUnit[] = [];
  const priced = units.map((unit) => ({ unit, price: leastPrice(unit) }));
  priced.sort((a, b) => a.price - b.price || (a.unit.id < b.unit.id ? -1 : 1));
  // One that serves everything for little sets the floors: weak units are slow to measure without.
  const first = cheapestByBound(priced, classes, meter);
  let enough = Infinity;
  for (const item of first === undefined ? priced : [first, ...priced.filter((other) => other !== first)]) {
    const { unit, price } = item;
    if (price > ENOUGH * enough) continue;
    if (item !== first && isOutdone(unit, price, { classes, measured, meter })) continue;
    const loads =
      known.get(unit.id) ??
      unitLoads(unit, classes, { meter, floors: floorsFor(price, classes, { measured, rate, enough }) });
    known.set(unit.id, loads);
    measured.push({ unit, loads });
    const replicas = Math.ceil(
      classes.reduce((sum, { share }, c) => sum + rate * share * (loads[c] ?? 0), 0),
    );
    enough = Math.min(enough, costOf(unit, replicas));
  }
  return measured;
}

interface PricedUnit {
  readonly unit: MixUnit;
  readonly price: number;
}

/** Of the units of one accelerator that hold every class the one that serves all for least, by bounds; undefined where none does. */
function cheapestByBound(
  priced: readonly PricedUnit[],
  classes: readonly RequestClass[],
  meter: StreamMeter,
): PricedUnit | undefined {
  let best: { readonly item: PricedUnit; readonly cost: number } | undefined;
  for (const item of priced) {
    if (item.unit.accelerators > 1 || item.unit.classes < classes.length) continue;
    const bounds = boundsOf(item.unit, classes, meter);
    const load = classes.reduce((sum, { share }, c) => sum + share / (bounds[c] ?? 0), 0);
    if (best === undefined || item.price * load < best.cost) best = { item, cost: item.price * load };
  }
  return best?.item;
}

function isOutdone(
  unit: MixUnit,
  price: number,
  facts: {
    readonly classes: readonly RequestClass[];
    readonly measured: readonly MeasuredUnit[];
    readonly meter: StreamMeter;
  },
): boolean {
  const { classes, measured, meter } = facts;
  const others = measured.map((other) => ({ ...other, count: replicasFor(other.unit, price) }));
  return boundsOf(unit, classes, meter).every(
    (bound, c) =>
      bound === 0 || others.some(({ loads, count }) => count / (loads[c] ?? Infinity) >= REACHED * bound),
  );
}

/**
 * Rates below which a replica at a price is of no use for each class: others carry it for so much less, and it would cost more than serving everything
 * with one kind. Both must hold: where few requests come, they may ride on replicas that are bought for others.
 */
function floorsFor(
  price: number,
  classes: readonly RequestClass[],
  facts: { readonly measured: readonly MeasuredUnit[]; readonly rate: number; readonly enough: number },
): Float64Array {
  const { measured, rate, enough } = facts;
  return Float64Array.from(classes, ({ share }, c) => {
    const least = Math.min(...measured.map(({ unit, loads }) => leastPrice(unit) * (loads[c] ?? Infinity)));
    return Math.min(price / (MOST_TIMES_DEARER * least), (rate * share * price) / (ENOUGH * enough));
  });
}

/** The least price of a replica over the places, its share of a node, micro-dollars per hour. */
function leastPrice({ places, accelerators }: MixUnit): number {
  return Math.min(...places.map((place) => (place.offering.price * accelerators) / place.accelerators));
}

/** How many replicas whole nodes for no more than a price hold. */
function replicasFor({ places, accelerators }: MixUnit, price: number): number {
  return Math.max(
    ...places.map((place) => Math.floor(price / place.offering.price) * (place.accelerators / accelerators)),
  );
}

/** What whole nodes for so many replicas cost. */
function costOf({ places, accelerators }: MixUnit, replicas: number): number {
  return Math.min(
    ...places.map(
      (place) => Math.ceil((replicas * accelerators) / place.accelerators) * place.offering.price,
    ),
  );
}

/** Rates that no replica exceeds, by class; 0 where it cannot serve the class. */
function boundsOf(unit: MixUnit, classes: readonly RequestClass[], meter: StreamMeter): readonly number[] {
  return classes.map((item, c) => {
    if (c >= unit.classes) return 0;
    const bench = meter.bench(classStream(item));
    const loads = meter.loadsOf(classStream(item)).under(bench.limitsFor(unit.shape));
    return new RacedShape(unit.shape, { bench, loads, price: 1 }).guess;
  });
}

/**
 * Replicas that one request per second of each class keeps busy, each class by itself, by simulation with the best of a few batch
 * limits; Infinity where it has no memory for the class or keeps the limits at no rate, or at none as high as its floor.
 */
export function unitLoads(
  unit: MixUnit,
  classes: readonly RequestClass[],
  { meter, floors }: { readonly meter: StreamMeter; readonly floors?: Float64Array },
): Float64Array {
  let longest = 0;
  return Float64Array.from(classes, (item, c) => {
    if (c >= unit.classes) return Infinity;
    longest = Math.max(longest, item.longest);
    const { rate } = meter.carried(meter.bench(classStream(item)), serving(unit.shape, longest), {
      batches: SPANNING_BATCHES,
      effort: CLASS_EFFORT,
      floor: floors?.[c] ?? 0,
    });
    return rate > 0 ? 1 / rate : Infinity;
  });
}
