import type { Rejection } from '../../model/index.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { MeasuringWork } from '../capacity/counted-crew.ts';
import type { Measured } from '../capacity/measure.ts';
import type { RacedShape } from './contenders.ts';
import { lanesOf } from './lane.ts';
import type { Lane } from './lane.ts';
import { setPace } from './pace.ts';
import { withoutCapacity } from './reasons.ts';
import { finalRound, middleRound, tryLimits } from './rounds.ts';
import { screen } from './screen.ts';
import { Standings } from './standings.ts';
import { Track } from './track.ts';
import type { RaceOptions } from './track.ts';

/** What came of a race. */
export interface Race {
  /** The best of each lane that goes on, cheapest per load first. */
  readonly finalists: readonly Measured[];
  readonly rejected: readonly Rejection[];
  /** Shapes without capacity, each with its reading at the lowest load tried. */
  readonly failed: readonly Measured[];
  readonly work: MeasuringWork;
  readonly isComplete: boolean;
}

/**
 * Finds the cheapest candidate per load of every lane (pool and size of replica) by racing: successive halving in which
 * every run sees the same requests, and nobody is measured further than needed to see that it loses.
 *
 * 1. Pace: the most promising shape of each family of a lane is searched by short runs.
 * 2. Bound: shapes, and later limits, that could not match the pace by an analytic bound are left out. Sound: the pace is
 *    lowered by what short runs may flatter.
 * 3. Screen: one short run of every other shape at a load below the pace by what limits may gain; the best set a new pace,
 *    and those nearest to it go on.
 * 4. Limits: one short run of every pair of limits of the shapes left, near the pace; the best few go on by their ratio of
 *    latency to limit.
 * 5. Middle: those by longer runs.
 * 6. Final: the best of each lane that may be a finalist is searched by the longest runs, the next must beat it in one run first.
 *
 * Lanes are cut to those within 1.5 × the cheapest of their pool; of pools far above the cheapest of all one lane stays.
 * Deterministic for crews of every size.
 */
export async function race(shapes: readonly RacedShape[], options: RaceOptions): Promise<Race> {
  const lanes = lanesOf(shapes);
  const track = new Track(options, lanes.length);
  const standings = new Standings(lanes, track);
  const context = { standings, track };
  await setPace(lanes, track);
  const open = standings.open();
  await tryLimits(await screen(open, standings, track), context);
  await middleRound(open, context);
  const final = standings.final(open);
  await finalRound(final, context);
  return resultOf(final, track);
}

function resultOf(lanes: readonly Lane[], track: Track): Race {
  const finalists = lanes
    .flatMap((lane) => (lane.best === undefined ? [] : [{ lane, best: lane.best }]))
    .sort((a, b) => a.lane.cost - b.lane.cost || (a.lane.id < b.lane.id ? -1 : 1))
    .map(({ best }) => best);
  const chosen = new Set(finalists.flatMap(({ shape, batch }) => [shape.id, candidateOf(shape, batch).id]));
  const failed = [...track.failed.values()].filter(({ shape }) => !chosen.has(shape.id));
  const without = failed.map(withoutCapacity);
  const told = new Set([...chosen, ...track.failed.keys(), ...without.map(({ candidate }) => candidate)]);
  const rejected = [...track.rejected].filter(([id]) => !told.has(id)).map(([, rejection]) => rejection);
  return {
    finalists,
    rejected: [...rejected, ...without],
    failed,
    work: track.work,
    isComplete: !track.wasCut,
  };
}
