import { candidateOf } from '../candidates/shape.ts';
import type { Contender, RacedShape } from './contenders.ts';
import { isSame } from './contenders.ts';
import { MIDDLE_ALLOWANCE, SHORT_ALLOWANCE, WORTHWHILE_GAIN } from './effort.ts';
import { costOf } from './lane.ts';
import type { Lane } from './lane.ts';
import { asBeaten, asNotMeasured } from './reasons.ts';
import type { Standings } from './standings.ts';
import type { Track } from './track.ts';

/** What the rounds share. */
export interface RoundContext {
  readonly standings: Standings;
  readonly track: Track;
}

interface LaneContender {
  readonly lane: Lane;
  readonly contender: Contender;
}

/** Every pair of limits of the shapes left, by one short run near the pace: the best few of each lane are its field. */
export async function tryLimits(
  screened: ReadonlyMap<Lane, readonly RacedShape[]>,
  context: RoundContext,
): Promise<void> {
  const { standings, track } = context;
  const entries = [...screened].flatMap(([lane, shapes]) =>
    shapes.flatMap((shape) =>
      shape.variants
        .filter((batch) => standings.isWithinBound(shape, lane, batch))
        .map((batch): LaneContender => ({ lane, contender: shape.contender(batch) })),
    ),
  );
  const { short, keptShort } = track.options.effort;
  await narrow(entries, { count: short.count, allowance: SHORT_ALLOWANCE, kept: keptShort }, context);
}

/** The fields of all lanes by longer runs. */
export async function middleRound(lanes: readonly Lane[], context: RoundContext): Promise<void> {
  const entries = lanes.flatMap((lane) =>
    lane.field.map(({ contender }): LaneContender => ({ lane, contender })),
  );
  const { middle, keptMiddle } = context.track.options.effort;
  await narrow(entries, { count: middle.count, allowance: MIDDLE_ALLOWANCE, kept: keptMiddle }, context);
}

/** One run of each entry a little below its lane's pace; the best of each lane stay in its field. */
async function narrow(
  entries: readonly LaneContender[],
  round: { readonly count: number; readonly allowance: number; readonly kept: number },
  { standings, track }: RoundContext,
): Promise<void> {
  if (track.isCut()) {
    for (const { lane, contender } of entries) {
      if (!isBest(lane, contender)) track.reject(asNotMeasured(contender.shape, contender.batch));
    }
    return;
  }
  const runs = entries.map(({ lane, contender }) => ({
    lane,
    contender,
    load: (contender.price / standings.ceiling(lane)) * (1 - round.allowance),
  }));
  const ratios = await track.ratios(runs, round.count);
  const read = runs.map((run, index) => ({ ...run, ratio: ratios[index] ?? Infinity }));
  for (const [lane, members] of Map.groupBy(read, (item) => item.lane)) {
    const sorted = [...members].sort(
      (a, b) => a.ratio - b.ratio || (idOf(a.contender) < idOf(b.contender) ? -1 : 1),
    );
    lane.field = sorted.filter((item, index) => item.ratio <= 1 && index < round.kept);
    for (const { contender, load } of sorted.slice(lane.field.length)) beaten(contender, load, track);
  }
}

/** The longest runs: the best of each field is searched, each other must pass a little above it first. */
export async function finalRound(lanes: readonly Lane[], { track }: RoundContext): Promise<void> {
  const fields = new Map(lanes.map((lane) => [lane, fieldOf(lane)]));
  const leaders = lanes.flatMap((lane) => {
    const [contender] = fields.get(lane) ?? [];
    return contender === undefined ? [] : [{ lane, contender, load: paceOf(lane, contender) }];
  });
  const paces = new Map(lanes.map((lane) => [lane, lane.cost]));
  const tried = new Set(leaders.map(({ contender }) => contender));
  await settle(leaders, track);
  const most = Math.max(0, ...[...fields.values()].map((field) => field.length));
  for (let turn = 1; turn < most && !track.isCut(); turn++) {
    const challengers = lanes.flatMap((lane) => {
      const contender = fields.get(lane)?.[turn];
      if (contender === undefined) return [];
      tried.add(contender);
      const cost = lane.best === undefined ? (paces.get(lane) ?? lane.cost) : lane.cost;
      return [{ lane, contender, load: (contender.price / cost) * WORTHWHILE_GAIN }];
    });
    const ratios = await track.ratios(challengers, track.options.longest, 'measure');
    await settle(
      // Where all before had no capacity in the longest runs, the next need not beat anyone.
      challengers.filter(({ lane }, index) => lane.best === undefined || (ratios[index] ?? Infinity) <= 1),
      track,
    );
  }
  for (const [lane, field] of fields) {
    for (const contender of field) {
      if (!tried.has(contender)) track.reject(asNotMeasured(contender.shape, contender.batch));
      else if (lane.best !== undefined && !isBest(lane, contender)) {
        beaten(contender, contender.price / lane.cost, track);
      }
    }
  }
}

async function settle(
  leaders: readonly (LaneContender & { readonly load: number })[],
  track: Track,
): Promise<void> {
  const { longest, effort } = track.options;
  const found = await track.find(
    leaders.map(({ contender }) => contender),
    { count: longest, tolerance: effort.tolerance, starts: leaders.map(({ load }) => load) },
    'measure',
  );
  for (const [index, { lane }] of leaders.entries()) {
    const measured = found[index];
    if (measured === undefined) continue;
    // What short runs said of the lane no longer counts.
    if (!lane.isSettled) lane.best = undefined;
    lane.isSettled = true;
    lane.consider(measured);
    if (measured.rate === 0) track.fail(measured);
  }
}

/** The field of a lane, or its best so far where no round was run. */
function fieldOf(lane: Lane): readonly Contender[] {
  if (lane.field.length > 0) return lane.field.map(({ contender }) => contender);
  const { best } = lane;
  return best === undefined
    ? []
    : [{ shape: best.shape, batch: best.batch, price: lane.price(best.shape.id) }];
}

/** A load near the capacity of a contender: what its lane's pace asks of it. */
function paceOf(lane: Lane, { price }: Contender): number {
  return price / costOf(lane.best ?? { rate: 0 }, lane.price(lane.best?.shape.id ?? ''));
}

function isBest({ best }: Lane, contender: Contender): boolean {
  return best !== undefined && isSame(contender, best);
}

function beaten({ shape, batch, price }: Contender, load: number, track: Track): void {
  track.reject(asBeaten(shape, { batch, cost: price / load, load, unit: track.options.unit }));
}

function idOf({ shape, batch }: Contender): string {
  return candidateOf(shape, batch).id;
}
