import type { DeadlineJob } from '../../sim/index.ts';

const SECONDS_PER_HOUR = 3600;

/**
 * Least cost of a job, in the unit of the prices, for one who knows all spot capacity beforehand (the omniscient policy of "Can't Be Late", NSDI '24,
 * section 5.3.1, there an integer program). Decisions fall on ticks as for every policy; the job may end within one. Infinite when no plan meets the deadline.
 * Exact dynamic program over time and slack, for seconds that are whole numbers: slack falls by a tick when idle and by a changeover at a start, so it stays on multiples of their greatest
 * common divisor below the slack at the start. A changeover that is broken off earns nothing and is left out.
 * @param isAvailable 1 for each tick with capacity, from the start of the job
 * Complexity: ticks × slack levels.
 */
export function hindsightCost(job: DeadlineJob, tickSeconds: number, isAvailable: Uint8Array): number {
  const { deadlineSeconds, workSeconds, changeoverSeconds: delay, spotPrice, onDemandPrice } = job;
  const slack = deadlineSeconds - workSeconds;
  if (slack < 0) return Infinity;
  const unit = delay === 0 ? tickSeconds : greatestCommonDivisor(tickSeconds, delay);
  if (![unit, slack, workSeconds].every((value) => Number.isInteger(value)))
    throw new Error('seconds must be whole');
  const [idleLevels, delayLevels] = [tickSeconds / unit, delay / unit];
  const ticks = Math.ceil(deadlineSeconds / tickSeconds);
  const startTicks = Math.max(1, Math.ceil(delay / tickSeconds));
  const top = Math.floor(slack / unit);
  const layers = new Layers(startTicks + 1, top + 1);
  const runs = runLengths(isAvailable, ticks);
  for (let tick = ticks; tick >= 0; tick--) {
    const [now, next, later] = [layers.at(tick), layers.at(tick + 1), layers.at(tick + startTicks)];
    const run = tick < ticks ? (runs[tick] as number) : 0;
    const left = deadlineSeconds - tick * tickSeconds;
    const lowest = Math.max(0, top - tick * idleLevels);
    for (let level = lowest; level <= top; level++) {
      const work = left - (slack - (top - level) * unit);
      if (work <= 0 || tick >= ticks) {
        const value = work <= 0 ? 0 : Infinity;
        now.idle[level] = now.spot[level] = now.onDemand[level] = value;
        continue;
      }
      let [startSpot, startOnDemand] = [Infinity, Infinity];
      if (level >= delayLevels) {
        const used = Math.min(startTicks * tickSeconds, delay + work);
        const isDone = delay + work <= startTicks * tickSeconds;
        startOnDemand = used * onDemandPrice + (isDone ? 0 : (later.onDemand[level - delayLevels] as number));
        if (run * tickSeconds >= used) {
          startSpot = used * spotPrice + (isDone ? 0 : (later.spot[level - delayLevels] as number));
        }
      }
      const wait = level >= idleLevels ? (next.idle[level - idleLevels] as number) : Infinity;
      const worked = Math.min(tickSeconds, work);
      const rest = work <= tickSeconds ? 0 : 1;
      const keepOnDemand = worked * onDemandPrice + (rest === 0 ? 0 : (next.onDemand[level] as number));
      const keepSpot =
        run > 0 ? worked * spotPrice + (rest === 0 ? 0 : (next.spot[level] as number)) : Infinity;
      now.idle[level] = Math.min(wait, startSpot, startOnDemand);
      now.spot[level] = run > 0 ? Math.min(keepSpot, wait, startOnDemand) : (now.idle[level] as number);
      now.onDemand[level] = Math.min(keepOnDemand, wait, startSpot);
    }
  }
  return (layers.at(0).idle[top] as number) / SECONDS_PER_HOUR;
}

/** Costs by level of slack and mode at one tick. */
interface Layer {
  readonly idle: Float64Array;
  readonly spot: Float64Array;
  readonly onDemand: Float64Array;
}

/** The last layers that were computed, in a ring. */
class Layers {
  readonly #ring: readonly Layer[];

  constructor(count: number, levels: number) {
    const empty = (): Float64Array => new Float64Array(levels).fill(Infinity);
    this.#ring = Array.from({ length: count + 1 }, () => ({
      idle: empty(),
      spot: empty(),
      onDemand: empty(),
    }));
  }

  at(tick: number): Layer {
    return this.#ring[tick % this.#ring.length] as Layer;
  }
}

/** For each tick how many ticks of capacity in a row begin with it. */
function runLengths(isAvailable: Uint8Array, ticks: number): Int32Array {
  const runs = new Int32Array(ticks + 1);
  for (let tick = ticks - 1; tick >= 0; tick--) {
    runs[tick] = isAvailable[tick] === 1 ? (runs[tick + 1] as number) + 1 : 0;
  }
  return runs;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
