import type { Markup } from '../markup/markup.ts';

/**
 * How much of a workload is drawn: all of it, its drawings without what only repeats them, or its figures alone. A page of hundreds of workloads would
 * be too large to mail or to open quickly with everything in it.
 */
export type Detail = 'full' | 'brief' | 'figures';

/**
 * Characters of the page that workloads may take in each detail, in the order in which it is given up. With the other sections (about 0.6 MB for 200
 * workloads as measured by `npm run bench:report-page`) the page stays below the 3 MB that a report may have.
 */
const ROOM: readonly (readonly [Detail, number])[] = [
  ['full', 700_000],
  ['brief', 1_300_000],
];

/** Something drawn with the detail it got. */
export interface Drawn {
  readonly detail: Detail;
  readonly markup: Markup;
}

/** Draws items in order, each with the most detail that there is room for. */
export function drawWithin<T>(
  items: readonly T[],
  draw: (item: T, detail: Detail) => Markup,
): readonly Drawn[] {
  const used = new Map<Detail, number>();
  let level = 0;
  return items.map((item) => {
    for (; level < ROOM.length; level += 1) {
      const [detail, room] = ROOM[level] ?? ['figures', Infinity];
      const markup = draw(item, detail);
      const size = (used.get(detail) ?? 0) + markup.markup.length;
      if (size > room) continue;
      used.set(detail, size);
      return { detail, markup };
    }
    return { detail: 'figures', markup: draw(item, 'figures') };
  });
}
