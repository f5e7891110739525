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
/** Rates by bounds differ from those simulated by up to so much from one unit to another (*assumed*; 1.1 to 1.4 in `bench:search`). */
const CLEAR_LEAD = 1.3;
/** Cuts of one accelerator and size that are measured: the most promising by their bounds (*assumed* to hold the best). */
const KEPT_CUTS = 2;

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

/**
 * The units worth measuring, by analytic bounds of what one replica carries of each class; nothing is simulated. Left out are units of which
 * other replicas that cost no more carry much more of every class, each its own; of the cuts of one accelerator and size two stay.
 */
export function promisingUnits(
  units: readonly MixUnit[],
  classes: readonly RequestClass[],
  meter: StreamMeter,
): readonly MixUnit[] {
  const judged = units.map((unit) => ({
    unit,
    price: leastPrice(unit),
    bounds: boundsOf(unit, classes, meter),
  }));
  const groups = Map.groupBy(
    judged,
    ({ unit }) => `${unit.shape.configuration.accelerator.name} ${unit.accelerators}`,
  );
  const worthOf = ({ bounds }: JudgedUnit): number =>
    classes.reduce((sum, { share }, c) => sum + share * Math.log1p(bounds[c] ?? 0), 0);
  const left = [...groups.values()].flatMap((members) =>
    [...members]
      .sort((a, b) => worthOf(b) - worthOf(a) || (a.unit.id < b.unit.id ? -1 : 1))
      .slice(0, KEPT_CUTS),
  );
  const isOutdone = (item: JudgedUnit): boolean =>
    item.bounds.every(
      (bound, c) =>
        bound === 0 ||
        left.some(
          (other) =>
            other !== item && other.price <= item.price && (other.bounds[c] ?? 0) >= CLEAR_LEAD * bound,
        ),
    );
  return left.filter((item) => !isOutdone(item)).map(({ unit }) => unit);
}

interface JudgedUnit {
  readonly unit: MixUnit;
  /** Of one replica where it is cheapest, micro-dollars per hour. */
  readonly price: number;
  /** Rates that no replica exceeds, by class; 0 where it cannot serve the class. */
  readonly bounds: readonly number[];
}

/** The least price of a replica over the places, its share of a node; that of spot capacity counts as well. */
function leastPrice({ places, accelerators }: MixUnit): number {
  return Math.min(...places.map((place) => (place.offering.price * accelerators) / place.accelerators));
}

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
 * limits; Infinity where it has no memory for the class or keeps the limits at no rate.
 */
export function unitLoads(unit: MixUnit, classes: readonly RequestClass[], meter: StreamMeter): Float64Array {
  let longest = 0;
  return Float64Array.from(classes, (item, c) => {
    if (c >= unit.classes) return Infinity;
    longest = Math.max(longest, item.longest);
    const { rate } = meter.carried(meter.bench(classStream(item)), serving(unit.shape, longest), {
      batches: SPANNING_BATCHES,
      effort: CLASS_EFFORT,
    });
    return rate > 0 ? 1 / rate : Infinity;
  });
}
