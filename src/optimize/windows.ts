import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import type { ArrivalProfile, TimeWindow } from '../model/index.ts';
import { HOURS_PER_MONTH } from '../units/index.ts';

/** The traffic of one workload, hour by hour. */
export interface WorkloadTraffic {
  readonly workload: string;
  readonly profile: Pick<ArrivalProfile, 'hourlyRate'> | { readonly hourlyRate: readonly number[] };
}

/**
 * Share of the demand that further windows must save to be worth having: each window is a scaling step that
 * people must understand. *Assumed*.
 */
const WORTHWHILE_SAVING = 0.02;

/** Hours per month spent in a window: its share of the week × 730 h. */
export function hoursPerMonth(window: TimeWindow): number {
  return (window.hours.length / HOURS_PER_WEEK) * HOURS_PER_MONTH;
}

/**
 * Clusters the hours of the week into at most `maxWindows` windows by demand level, so that planning each window
 * for its highest hourly mean buys as little unused capacity as possible. Each workload's rates are divided by its
 * own peak first, so that a busy small model does not drown a quiet large one.
 *
 * Exact for the order chosen: dynamic programming over contiguous runs of the hours sorted by summed demand. The
 * fewest windows are taken that come within 2 % of the total demand of what `maxWindows` would save; a flat week
 * gives one. `w0` is the busiest. Cost: 168² × (workloads + windows).
 */
export function timeWindows(traffic: readonly WorkloadTraffic[], maxWindows = 4): readonly TimeWindow[] {
  const peaks = traffic.map(({ profile }) => Math.max(0, ...profile.hourlyRate));
  const share = (w: number, hour: number): number =>
    (peaks[w] ?? 0) > 0 ? (traffic[w]?.profile.hourlyRate[hour] ?? 0) / (peaks[w] ?? 1) : 0;
  const summed = Array.from({ length: HOURS_PER_WEEK }, (_, hour) =>
    traffic.reduce((sum, _item, w) => sum + share(w, hour), 0),
  );
  const order = summed.map((_, hour) => hour).sort((a, b) => (summed[b] ?? 0) - (summed[a] ?? 0) || a - b);
  const excess = excessOfRuns(order, traffic.length, share);
  const cuts = cheapestCuts(excess, maxWindows);
  const total = summed.reduce((sum, value) => sum + value, 0);
  const finest = cuts.at(-1)?.excess ?? 0;
  const chosen = cuts.find((cut) => cut.excess - finest <= WORTHWHILE_SAVING * total) ?? cuts[0];
  return (chosen?.ends ?? [HOURS_PER_WEEK]).map((end, index, ends): TimeWindow => {
    const hours = order.slice(index === 0 ? 0 : ends[index - 1], end).sort((a, b) => a - b);
    const peakRate = traffic.map(({ workload, profile }): [string, ReturnType<typeof requestsPerSecond>] => [
      workload,
      requestsPerSecond(Math.max(0, ...hours.map((hour) => profile.hourlyRate[hour] ?? 0))),
    ]);
    return { id: `w${index}`, hours, peakRate: Object.fromEntries(peakRate) };
  });
}

/** Unused capacity of each run of the sorted hours: `excess[i][j]` for positions i..j, planned for its peak. */
function excessOfRuns(
  order: readonly number[],
  workloads: number,
  share: (workload: number, hour: number) => number,
): readonly Float64Array[] {
  return order.map((_, start) => {
    const row = new Float64Array(order.length);
    const peak = new Float64Array(workloads);
    const sum = new Float64Array(workloads);
    for (let end = start; end < order.length; end++) {
      let excess = 0;
      for (let w = 0; w < workloads; w++) {
        const value = share(w, order[end] ?? 0);
        peak[w] = Math.max(peak[w] ?? 0, value);
        sum[w] = (sum[w] ?? 0) + value;
        excess += (peak[w] ?? 0) * (end - start + 1) - (sum[w] ?? 0);
      }
      row[end] = excess;
    }
    return row;
  });
}

interface Cut {
  readonly excess: number;
  /** End position (exclusive) of each run, ascending; the last is the number of hours. */
  readonly ends: readonly number[];
}

/** The least unused capacity with 1, 2, …, `maxRuns` runs and where to cut; ties go to the earlier cut. */
function cheapestCuts(excess: readonly Float64Array[], maxRuns: number): readonly Cut[] {
  const n = excess.length;
  let best: Cut[] = Array.from({ length: n + 1 }, (_, end) => ({
    excess: end === 0 ? 0 : (excess[0]?.[end - 1] ?? 0),
    ends: [end],
  }));
  const answers = [best[n] ?? { excess: 0, ends: [n] }];
  for (let runs = 2; runs <= Math.min(maxRuns, n); runs++) {
    const next: Cut[] = best.slice(0, runs);
    for (let end = runs; end <= n; end++) {
      let cheapest: Cut | undefined;
      for (let cut = runs - 1; cut < end; cut++) {
        const value = (best[cut]?.excess ?? 0) + (excess[cut]?.[end - 1] ?? 0);
        if (cheapest === undefined || value < cheapest.excess - 1e-12) {
          cheapest = { excess: value, ends: [...(best[cut]?.ends ?? []), end] };
        }
      }
      next.push(cheapest ?? { excess: 0, ends: [end] });
    }
    best = next;
    answers.push(best[n] ?? { excess: 0, ends: [n] });
  }
  return answers;
}
