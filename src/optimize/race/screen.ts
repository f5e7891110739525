import type { RacedShape } from './contenders.ts';
import { MOST_TUNING_GAIN, SCREENED_GAIN } from './effort.ts';
import type { Lane } from './lane.ts';
import { SCREENS, measureEntries } from './pace.ts';
import type { Entry } from './pace.ts';
import { asBeaten, asNotMeasured } from './reasons.ts';
import type { Standings } from './standings.ts';
import type { Track } from './track.ts';

/** Shapes per lane that may raise its pace after the screening. */
const PACE_SETTERS = 2;

/** A shape that passed the screening, with its least ratio of latency to limit at one load. */
interface Screened extends Entry {
  readonly load: number;
  readonly ratio: number;
}

/**
 * The shapes of each lane whose limits are worth trying: those not out of reach by their bound or by one short run below the
 * pace, of which the best raise it, and the nearest to it stay.
 */
export async function screen(
  lanes: readonly Lane[],
  standings: Standings,
  track: Track,
): Promise<ReadonlyMap<Lane, readonly RacedShape[]>> {
  const entries = lanes.flatMap((lane) =>
    lane.shapes
      .filter(({ shape }) => shape.id !== lane.best?.shape.id && !track.failed.has(shape.id))
      .filter((item) => standings.isWithinBound(item, lane))
      .map((shape) => ({ lane, shape, load: loadOf(shape, standings.ceiling(lane) * MOST_TUNING_GAIN) })),
  );
  const passed = await withinReach(entries, track);
  const held = new Map(lanes.map((lane) => [lane, lane.best?.shape.id]));
  if (!track.isCut()) await measureEntries(bestOf(passed), track);
  return nearest(lanes, [...passed, ...overtaken(lanes, held, standings)], { standings, track });
}

/** The shapes that set the pace of their lanes before and do no longer: they stay in the race as others do. */
function overtaken(
  lanes: readonly Lane[],
  held: ReadonlyMap<Lane, string | undefined>,
  standings: Standings,
): readonly Screened[] {
  return lanes.flatMap((lane) =>
    lane.shapes
      .filter(({ shape }) => shape.id === held.get(lane) && shape.id !== lane.best?.shape.id)
      .map((shape) => ({ lane, shape, load: loadOf(shape, standings.ceiling(lane)), ratio: 1 })),
  );
}

/** The load at which a shape costs so much per load. */
function loadOf({ price }: RacedShape, cost: number): number {
  return price / cost;
}

/** Entries that pass one short run at their load with any of the first limits. */
async function withinReach(
  entries: readonly (Entry & { readonly load: number })[],
  track: Track,
): Promise<readonly Screened[]> {
  const passed: Screened[] = [];
  let left = entries;
  for (const batch of SCREENS) {
    if (track.isCut()) break;
    const runs = left.map(({ shape, load }) => ({ contender: shape.contender(batch), load }));
    const ratios = await track.ratios(runs, track.options.effort.short.count);
    const judged = left.map((item, index): Screened => ({ ...item, ratio: ratios[index] ?? Infinity }));
    passed.push(...judged.filter((item) => item.ratio <= 1));
    left = judged.filter((item) => item.ratio > 1);
  }
  for (const item of left) rejectEntry(item, item.load, track);
  return passed;
}

function bestOf(passed: readonly Screened[]): readonly Entry[] {
  return [...Map.groupBy(passed, (item) => item.lane).values()].flatMap((members) =>
    byRatio(members).slice(0, PACE_SETTERS),
  );
}

function byRatio(items: readonly Screened[]): readonly Screened[] {
  return [...items].sort((a, b) => a.ratio - b.ratio || (a.shape.shape.id < b.shape.shape.id ? -1 : 1));
}

/** The best of each lane, and the shapes with the most room at one load near its pace with the better of the first limits. */
async function nearest(
  lanes: readonly Lane[],
  passed: readonly Screened[],
  { standings, track }: { readonly standings: Standings; readonly track: Track },
): Promise<ReadonlyMap<Lane, readonly RacedShape[]>> {
  const others = passed.filter(({ lane, shape }) => shape.shape.id !== lane.best?.shape.id);
  const runs = others.flatMap((item) => {
    const load = loadOf(item.shape, standings.ceiling(item.lane) * SCREENED_GAIN);
    return SCREENS.map((batch) => ({ item, contender: item.shape.contender(batch), load }));
  });
  const ratios = track.isCut() ? [] : await track.ratios(runs, track.options.effort.short.count);
  const least = new Map<Screened, Screened>();
  for (const [index, { item, load }] of runs.entries()) {
    const ratio = Math.min(least.get(item)?.ratio ?? Infinity, ratios[index] ?? Infinity);
    least.set(item, { ...item, load, ratio });
  }
  const near = Map.groupBy(least.values(), (item) => item.lane);
  return new Map(
    lanes.map((lane) => {
      const sorted = byRatio(near.get(lane) ?? []);
      const kept = sorted.filter((item) => item.ratio <= 1).slice(0, track.options.effort.keptShapes);
      for (const item of sorted) if (!kept.includes(item)) rejectEntry(item, item.load, track);
      const best = lane.shapes.filter(({ shape }) => shape.id === lane.best?.shape.id);
      return [lane, [...best, ...kept.map((item) => item.shape)]];
    }),
  );
}

function rejectEntry({ shape: { shape, price } }: Entry, load: number, track: Track): void {
  const { unit } = track.options;
  track.reject(track.wasCut ? asNotMeasured(shape) : asBeaten(shape, { cost: price / load, load, unit }));
}
