import type { DeadlineJob } from '../../sim/index.ts';
import type { BeliefChain } from './belief-chain.ts';
import type { LatticeMixture } from './simplex-lattice.ts';

/** Modes as rows of the table. */
export const IDLE = 0;
export const SPOT = 1;
export const ON_DEMAND = 2;
const MODES = 3;
const SECONDS_PER_HOUR = 3600;

/**
 * Expected cost still to pay, in the unit of the prices, by time left, mode, spare time and belief. Spare time is the time left beyond the
 * work left and a changeover still to pay: on a running instance its own (at a start the whole changeover is booked at once), otherwise that of an on-demand start.
 */
export interface DeadlineValues {
  readonly job: DeadlineJob;
  readonly chain: BeliefChain;
  /** Steps of the model from no time left to the whole deadline. */
  readonly steps: number;
  /** Levels of spare time, `levelSeconds` apart from 0. */
  readonly levels: number;
  readonly levelSeconds: number;
  /** At `((step * 3 + mode) * levels + level) * points + point`. */
  readonly table: Float32Array;
}

/**
 * Solves a job by dynamic programming over the steps of the chain's model: on spot until it is lost, otherwise the cheapest of waiting, starting on-demand
 * or keeping it, and starting spot; only moves that leave the deadline safe count. Between levels values are interpolated.
 * Complexity: steps × 3 × levels × points × 2 ways.
 */
export function deadlineValues(job: DeadlineJob, chain: BeliefChain, levels: number): DeadlineValues {
  const { stepSeconds } = chain.model;
  const steps = Math.ceil(job.deadlineSeconds / stepSeconds) + 1;
  const spare = Math.max(0, job.deadlineSeconds - job.workSeconds);
  // A job without spare time has one level in effect; any distance does for the others.
  const levelSeconds = spare > 0 ? spare / (levels - 1) : stepSeconds;
  const layer = MODES * levels * chain.points;
  const values = { job, chain, steps, levels, levelSeconds, table: new Float32Array((steps + 1) * layer) };
  const expected = new Float64Array(layer);
  for (let step = 1; step <= steps; step++) {
    expectLayer(values, step - 1, expected);
    improveLayer(values, step, expected);
  }
  return values;
}

/** What each entry of a layer is worth one step earlier, before it is seen where the belief goes; a lost spot instance leaves the job idle. */
function expectLayer({ chain, levels, table }: DeadlineValues, step: number, into: Float64Array): void {
  const { points, ways, target, weight } = chain;
  for (let mode = 0; mode < MODES; mode++) {
    for (let level = 0; level < levels; level++) {
      const kept = ((step * MODES + mode) * levels + level) * points;
      const lost = mode === SPOT ? (step * MODES * levels + level) * points : kept;
      const out = (mode * levels + level) * points;
      for (let point = 0; point < points; point++) {
        let sum = 0;
        let way = point * 2 * ways;
        for (const end = way + ways; way < end; way++) {
          sum += (weight[way] as number) * (table[kept + (target[way] as number)] as number);
        }
        for (const end = way + ways; way < end; way++) {
          sum += (weight[way] as number) * (table[lost + (target[way] as number)] as number);
        }
        into[out + point] = sum;
      }
    }
  }
}

function improveLayer(values: DeadlineValues, step: number, expected: Float64Array): void {
  const { job, chain, levels, levelSeconds, table } = values;
  const { points, upPoints } = chain;
  const { changeoverSeconds: delay, onDemandPrice, spotPrice } = job;
  const { stepSeconds } = chain.model;
  for (let mode = 0; mode < MODES; mode++) {
    for (let level = 0; level < levels; level++) {
      // Time that is not needed for work; idle and on spot an on-demand start is kept in reserve.
      const slack = level * levelSeconds + (mode === ON_DEMAND ? 0 : delay);
      const work = step * stepSeconds - slack;
      if (work <= 0) continue;
      const out = ((step * MODES + mode) * levels + level) * points;
      const reach = (target: number, spare: number, pay: number, price: number): Move | undefined =>
        move(values, { target, spare, pay, price });
      if (mode === SPOT) {
        const kept = reach(SPOT, slack - delay, work, spotPrice);
        choose(table, expected, { out, from: 0, to: upPoints }, [kept]);
        continue;
      }
      const wait = reach(IDLE, slack - delay - stepSeconds, Infinity, 0);
      const paid =
        mode === ON_DEMAND
          ? reach(ON_DEMAND, slack, work, onDemandPrice)
          : reach(ON_DEMAND, slack - delay, work + delay, onDemandPrice);
      const spot = reach(SPOT, slack - 2 * delay, work + delay, spotPrice);
      choose(table, expected, { out, from: 0, to: upPoints }, [wait, paid, spot]);
      choose(table, expected, { out, from: upPoints, to: points }, [wait, paid]);
    }
  }
}

/** What a move leads to: between the entries `low` and `high` of an expected layer, `share` of the way up. */
interface Move {
  readonly low: number;
  readonly high: number;
  readonly share: number;
  /** Paid during the step. */
  readonly cost: number;
  readonly isLast: boolean;
}

/**
 * The move to the mode `target` with `spare` seconds left there; undefined when it takes more than there is. `pay`: seconds until the work would be
 * done on it; infinite when idle.
 */
function move(
  { chain, levels, levelSeconds }: DeadlineValues,
  to: { readonly target: number; readonly spare: number; readonly pay: number; readonly price: number },
): Move | undefined {
  if (to.spare < 0) return undefined;
  const { stepSeconds } = chain.model;
  const at = Math.min(levels - 1, to.spare / levelSeconds);
  const low = Math.floor(at);
  const row = to.target * levels;
  return {
    low: (row + low) * chain.points,
    high: (row + Math.min(levels - 1, low + 1)) * chain.points,
    share: at - low,
    cost: (Math.min(stepSeconds, to.pay) * to.price) / SECONDS_PER_HOUR,
    isLast: to.pay <= stepSeconds,
  };
}

/** Entries of the table: belief points `from` to before `to` of the row at `out`. */
interface Entries {
  readonly out: number;
  readonly from: number;
  readonly to: number;
}

/** Writes the cheapest of the moves to entries of the table. */
function choose(
  table: Float32Array,
  expected: Float64Array,
  { out, from, to }: Entries,
  moves: readonly (Move | undefined)[],
): void {
  table.fill(Infinity, out + from, out + to);
  for (const item of moves) {
    if (item === undefined) continue;
    const { low, high, share, cost } = item;
    const counts = item.isLast ? 0 : 1;
    for (let point = from; point < to; point++) {
      const below = expected[low + point] as number;
      const value = cost + counts * (below + share * ((expected[high + point] as number) - below));
      if (value < (table[out + point] as number)) table[out + point] = value;
    }
  }
}

/**
 * Expected cost after one model step from a belief, when `remainingSeconds` are left after it, in a mode and with spare time as `DeadlineValues` defines
 * it; both are interpolated, and spare time beyond the table counts as its end.
 */
export function expectedValue(
  values: DeadlineValues,
  belief: LatticeMixture,
  mode: number,
  { remainingSeconds, spareSeconds }: { readonly remainingSeconds: number; readonly spareSeconds: number },
): number {
  const { chain, levels, levelSeconds, steps, table } = values;
  const { points, ways, target, weight } = chain;
  const time = Math.min(steps, Math.max(0, remainingSeconds / chain.model.stepSeconds));
  const early = Math.min(steps - 1, Math.floor(time));
  const level = Math.min(levels - 1, Math.max(0, spareSeconds / levelSeconds));
  const low = Math.min(levels - 2, Math.floor(level));
  const [byTime, byLevel] = [time - early, level - low];
  const layer = MODES * levels * points;
  let sum = 0;
  for (let corner = 0; corner < ways; corner++) {
    const share = belief.weights[corner] ?? 0;
    if (share === 0) continue;
    let way = (belief.points[corner] ?? 0) * 2 * ways;
    for (let side = 0; side < 2; side++) {
      const row = ((early * MODES + (side === 1 && mode === SPOT ? IDLE : mode)) * levels + low) * points;
      for (const end = way + ways; way < end; way++) {
        const at = row + (target[way] as number);
        const before = (table[at] as number) * (1 - byLevel) + (table[at + points] as number) * byLevel;
        const after =
          (table[at + layer] as number) * (1 - byLevel) + (table[at + layer + points] as number) * byLevel;
        sum += share * (weight[way] as number) * (before * (1 - byTime) + after * byTime);
      }
    }
  }
  return sum;
}
