import type { BatchLimits, EvaluatedCandidate, Offering, Rejection } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { BATCH_LIMITS, DEFAULT_BATCH } from '../candidates/llm-shapes.ts';
import type { Shape } from '../candidates/shape.ts';
import { evaluated } from './measure.ts';
import type { Measured, MeasuringBench } from './measure.ts';
import { asCostlier, asOutpaced, withoutCapacity } from './rejections.ts';
import type { LoadReading } from './replica-probe.ts';

/** Requests per run in the rounds before the last, and how closely capacities are searched. */
export interface HalvingEffort {
  readonly screen: { readonly count: number; readonly tolerance: number };
  readonly middle: { readonly count: number; readonly tolerance: number };
  /** Finalists per pool: what may enter the joint placement. */
  readonly finalists: number;
}

/** Rounds of the search; the last runs the bench's longest sample (≥ 15,000 requests). */
export const EFFORTS: Readonly<Record<'quick' | 'normal', HalvingEffort>> = {
  quick: { screen: { count: 1000, tolerance: 0.12 }, middle: { count: 2000, tolerance: 0.08 }, finalists: 2 },
  normal: {
    screen: { count: 1500, tolerance: 0.08 },
    middle: { count: 4000, tolerance: 0.04 },
    finalists: 3,
  },
};

/** Batch limits tried when the default ones have no capacity: the gentlest on TPOT and the widest. */
const SECOND_CHANCES: readonly BatchLimits[] = [
  { maxBatchedTokens: 2048, maxSequences: 64 },
  { maxBatchedTokens: 8192, maxSequences: 256 },
];
/** What other batch limits may gain at most over the default ones; *assumed*, the largest seen was 1.3. */
const MOST_TUNING_GAIN = 1.5;
/**
 * A pool whose best shape costs more than this many times the best of all pools, per request at list price, is there for
 * want of other capacity only: no spot discount makes up for it (*assumed*; the deepest of the catalogue is some 75 %).
 * One shape of it is measured, with the batch limits of its screening.
 */
const FAR_POOL = 4;
/** Finalists cost at most this many times the cheapest of their pool, per request. */
const FINALIST_RANGE = 1.5;
/** Gain in rate for which other batch limits replace the ones held. */
const WORTHWHILE_GAIN = 1.02;

/**
 * A shape that cannot carry the rate at which it would cost this many times the best of its pool so far is not screened
 * further: other batch limits would have to gain more than they ever do to bring it among the finalists. In a far pool
 * it must carry the rate at which it would cost less than the best.
 */
const OUTPACED = MOST_TUNING_GAIN * FINALIST_RANGE;

/** What came of measuring the shapes of one workload. */
export interface Halving {
  /** Long-run results of the finalists, cheapest per request first. */
  readonly finalists: readonly { readonly shape: Shape; readonly evaluated: EvaluatedCandidate }[];
  readonly rejected: readonly Rejection[];
  /** Shapes without capacity, each with its reading at the lowest rate tried. */
  readonly failed: readonly Measured[];
}

/** Tells how far a round is; the promise lets the host breathe. */
export type RoundProgress = (
  stage: 'screen' | 'tune' | 'measure',
  done: number,
  total: number,
) => Promise<void>;

/**
 * Successive halving: every shape is screened with short runs; the better half per pool by list cost per request is
 * tuned over all batch limits with longer ones; the finalists of each pool are measured with the longest. All runs see
 * the same requests.
 */
export async function halve(
  bench: MeasuringBench,
  shapes: readonly Shape[],
  options: {
    readonly effort: HalvingEffort;
    readonly offerings: readonly Offering[];
    readonly onRound: RoundProgress;
  },
): Promise<Halving> {
  const { effort, offerings, onRound } = options;
  const price = (shape: Shape): number => listCostPerHour(shape, offerings);
  const costPerRequest = (m: Measured): number => price(m.shape) / m.rate;
  const screened: Measured[] = [];
  const outpaced: Measured[] = [];
  const best = new Map<string, number>();
  const guessed = (shape: Shape): number => price(shape) / bench.guessedRate(shape, DEFAULT_BATCH);
  const promising = sortedBy(shapes, (shape) => shape.id).sort(
    (a, b) => stagesOf(a) - stagesOf(b) || guessed(a) - guessed(b),
  );
  for (const [index, shape] of promising.entries()) {
    await onRound('screen', index, shapes.length);
    const toBeat = best.get(shape.pool);
    const isFarPool = toBeat !== undefined && toBeat > FAR_POOL * Math.min(...best.values());
    const margin = isFarPool || stagesOf(shape) > 1 ? 1 : OUTPACED;
    const rate = toBeat === undefined ? undefined : price(shape) / (margin * toBeat);
    const slow = rate === undefined ? undefined : failsAt(bench, shape, { rate, effort });
    if (slow !== undefined) {
      outpaced.push(slow);
      continue;
    }
    const measured = screenWithChances(bench, shape, effort);
    screened.push(measured);
    if (measured.rate > 0) best.set(shape.pool, Math.min(toBeat ?? Infinity, costPerRequest(measured)));
  }
  const failed = screened.filter((m) => m.rate === 0);
  const ranked = byText(screened.filter((m) => m.rate > 0)).sort(
    (a, b) => costPerRequest(a) - costPerRequest(b),
  );
  const better = betterHalf({ ranked, outpaced }, effort.finalists, costPerRequest);
  const tuned: Measured[] = [];
  for (const [index, measured] of better.entries()) {
    await onRound('tune', index, better.length);
    tuned.push(isFar(measured, ranked, costPerRequest) ? measured : tune(bench, measured, effort));
  }
  tuned.sort((a, b) => costPerRequest(a) - costPerRequest(b));
  const chosen = finalistsOf(tuned, effort.finalists, costPerRequest);
  const finalists: { shape: Shape; evaluated: EvaluatedCandidate }[] = [];
  const lost: Measured[] = [];
  for (const [index, measured] of chosen.entries()) {
    await onRound('measure', index, chosen.length);
    const capacity = bench.capacity(measured);
    if (capacity === undefined) lost.push(measured);
    else {
      const result = evaluated(bench, measured, capacity, price(measured.shape));
      finalists.push({ shape: measured.shape, evaluated: result });
    }
  }
  const perRequest = (item: EvaluatedCandidate): number => item.listCostPerHour / item.capacity.rate.low;
  finalists.sort((a, b) => perRequest(a.evaluated) - perRequest(b.evaluated));
  const reached = new Set([...chosen].map((m) => m.shape.id));
  const costlier = ranked.filter((m) => !reached.has(m.shape.id));
  const cheapest = ranked[0];
  return {
    finalists,
    failed: [...failed, ...lost],
    rejected: [
      ...[...failed, ...lost].map(withoutCapacity),
      ...outpaced.map((m) => asOutpaced(m, price(m.shape) / m.reading.rate)),
      ...costlier.map((m) => asCostlier(m, costPerRequest(m), cheapest, costPerRequest)),
    ],
  };
}

function stagesOf(shape: Shape): number {
  return shape.configuration.parallelism.pipelineParallel;
}

/** A reading at a rate that a shape meets with none of the batch limits of the screening; undefined when it meets it. */
function failsAt(
  bench: MeasuringBench,
  shape: Shape,
  { rate, effort }: { readonly rate: number; readonly effort: HalvingEffort },
): Measured | undefined {
  const { count } = effort.screen;
  let first: LoadReading | undefined;
  for (const batch of [DEFAULT_BATCH, ...SECOND_CHANCES]) {
    const reading = bench.readAt(shape, batch, { count, rate });
    if (reading.value <= 1) return undefined;
    first ??= reading;
  }
  return first === undefined ? undefined : { shape, batch: DEFAULT_BATCH, rate: 0, reading: first };
}

function byText(items: readonly Measured[]): Measured[] {
  return [...items].sort((a, b) => (a.shape.id < b.shape.id ? -1 : 1));
}

function screenWithChances(bench: MeasuringBench, shape: Shape, effort: HalvingEffort): Measured {
  const first = bench.screen(shape, DEFAULT_BATCH, effort.screen);
  if (first.rate > 0) return first;
  for (const batch of SECOND_CHANCES) {
    const again = bench.screen(shape, batch, effort.screen);
    if (again.rate > 0) return again;
  }
  return first;
}

/** Per pool the better half (of a far pool the best shape), less what is too dear for other batch limits to make up; never fewer than the finalists. */
function betterHalf(
  { ranked, outpaced }: { readonly ranked: readonly Measured[]; readonly outpaced: readonly Measured[] },
  finalists: number,
  cost: (m: Measured) => number,
): readonly Measured[] {
  const pools = Map.groupBy(ranked, (m) => m.shape.pool);
  return [...pools].flatMap(([pool, members]) => {
    const [first] = members;
    const all = members.length + outpaced.filter((m) => m.shape.pool === pool).length;
    if (first !== undefined && isFar(first, ranked, cost)) return [first];
    const limit = MOST_TUNING_GAIN * Math.min(...members.map(cost));
    return members
      .slice(0, Math.max(finalists, Math.ceil(all / 2)))
      .filter((m, i) => i < finalists || cost(m) <= limit);
  });
}

/** Whether a shape is far costlier per request than the cheapest of all; `ranked` has that one first. */
function isFar(m: Measured, ranked: readonly Measured[], cost: (m: Measured) => number): boolean {
  const [cheapest] = ranked;
  return cheapest !== undefined && cost(m) > FAR_POOL * cost(cheapest);
}

/** Races the other batch limits against the ones held: only limits that pass at a higher rate are searched further. */
function tune(bench: MeasuringBench, screened: Measured, effort: HalvingEffort): Measured {
  const { shape } = screened;
  let best = bench.screen(shape, screened.batch, { ...effort.middle, start: screened.rate });
  if (best.rate === 0) best = screened;
  for (const batch of BATCH_LIMITS) {
    const isHeld =
      batch.maxBatchedTokens === best.batch.maxBatchedTokens &&
      batch.maxSequences === best.batch.maxSequences;
    if (isHeld) continue;
    const rate = best.rate * WORTHWHILE_GAIN;
    if (!bench.passesAt(shape, batch, { count: effort.middle.count, rate })) continue;
    const better = bench.screen(shape, batch, { ...effort.middle, start: rate });
    if (better.rate > best.rate) best = better;
  }
  return best;
}

/**
 * Per pool the cheapest shape, then shapes of other sizes (finer or coarser grain for packing and failures) before
 * further ones of the same size; none above 1.5 × the cheapest.
 */
function finalistsOf(
  tuned: readonly Measured[],
  count: number,
  cost: (m: Measured) => number,
): readonly Measured[] {
  const pools = Map.groupBy(tuned, (m) => m.shape.pool);
  return [...pools.values()].flatMap((members) => {
    const near = members.filter((m) => cost(m) <= FINALIST_RANGE * Math.min(...members.map(cost)));
    const sizes = new Set<number>();
    const firsts = near.filter((m) => {
      const size = worldSize(m.shape.configuration.parallelism);
      const isNew = !sizes.has(size);
      sizes.add(size);
      return isNew;
    });
    const rest = near.filter((m) => !firsts.includes(m));
    return [...firsts, ...rest].slice(0, count);
  });
}

/** Price of a replica's accelerators per hour on demand, micro-dollars: its share of the pool's cheapest node. */
export function listCostPerHour(shape: Shape, offerings: readonly Offering[]): number {
  const { podGroup, offering } = shape;
  const prices = offerings.filter((item) => item.pool === shape.pool).map((item) => item.listPrice);
  const perNode = offering.instanceType.accelerator?.count ?? 1;
  return Math.round((Math.min(...prices) * podGroup.nodes * podGroup.acceleratorsPerNode) / perNode);
}
