import { DEFAULT_BATCH, OTHER_SCREENS } from '../candidates/batch-limits.ts';
import type { Measured } from '../capacity/measure.ts';
import type { RacedShape } from './contenders.ts';
import type { Lane } from './lane.ts';
import type { Track } from './track.ts';

/** A shape in its lane. */
export interface Entry {
  readonly lane: Lane;
  readonly shape: RacedShape;
}

/** Limits with which every shape is tried first. */
export const SCREENS = [DEFAULT_BATCH, ...OTHER_SCREENS];

/** Searches the most promising shape of each family of every lane, and further ones of lanes where none has any capacity. */
export async function setPace(lanes: readonly Lane[], track: Track): Promise<void> {
  const leaders = lanes.flatMap((lane) => lane.leaders.map((shape): Entry => ({ lane, shape })));
  await measureEntries(leaders, track);
  const tried = new Set(leaders.map(({ shape }) => shape));
  const waiting = new Map(lanes.map((lane) => [lane, lane.shapes.filter((shape) => !tried.has(shape))]));
  for (;;) {
    const next = lanes
      .filter((lane) => lane.best === undefined)
      .flatMap((lane): Entry[] => {
        const [shape] = waiting.get(lane)?.splice(0, 1) ?? [];
        return shape === undefined ? [] : [{ lane, shape }];
      });
    const isPaced = lanes.some((lane) => lane.best !== undefined);
    if (next.length === 0 || (isPaced && track.isCut())) return;
    await measureEntries(next, track);
  }
}

/** Searches entries by short runs, with other limits where the default ones have no capacity, and lets their lanes consider them. */
export async function measureEntries(entries: readonly Entry[], track: Track): Promise<void> {
  const results = new Map<Entry, Measured>();
  let left = entries;
  for (const batch of SCREENS) {
    if (left.length === 0) break;
    const found = await track.find(
      left.map(({ shape }) => shape.contender(batch)),
      track.options.effort.short,
    );
    for (const [index, entry] of left.entries()) {
      const measured = found[index];
      if (measured !== undefined && (measured.rate > 0 || !results.has(entry))) results.set(entry, measured);
    }
    left = left.filter((entry) => (results.get(entry)?.rate ?? 0) === 0);
  }
  for (const [{ lane }, measured] of results) {
    if (measured.rate > 0) lane.consider(measured);
    else track.fail(measured);
  }
}
