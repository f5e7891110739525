import { randomStream } from '../random/index.ts';
import { gapLaw } from './gap-family.ts';
import type { GapFamily } from './gap-family.ts';

/** Gaps per window at least: enough for a CV of 4 to show with a bias below 5 % (simulated, see docs/traffic.md). */
const GAPS_PER_WINDOW = 200;
/** Seconds per window at least, so that bursts of a few seconds show in fast traces too (assumed). */
const SECONDS_PER_WINDOW = 60;
/** Windows wanted at least; short traces use shorter windows. */
const WINDOWS = 3;
/** Gaps below which no CV is estimated. */
const FEWEST_GAPS = 20;
/** Gaps below this share of the mean count as "shorter", so that the resolution of stamps does not choose the family. */
const SHORT_GAP = 1e-3;
/** Gain in log likelihood that makes Weibull preferred to Gamma. */
const WEIBULL_GAIN = 2;
/** Distinct stamps looked at to find the quantum. */
const STAMPS_SAMPLED = 100_000;

/** How the gaps between arrivals vary while the rate stands still. */
export interface Burstiness {
  readonly family: GapFamily;
  /** Coefficient of variation of the gaps, > 0. */
  readonly cv: number;
}

/** A Poisson process: what is assumed of traffic without arrival times. */
export const POISSON: Burstiness = { family: 'gamma', cv: 1 };

/**
 * Fits CV and family of the gaps to ascending arrivals (seconds) of a process whose rate may drift.
 * The gaps are cut into windows of equally many gaps (200, or a minute's worth if that is more), so short that the rate is
 * about constant. In a window r = variance / mean². For Gamma gaps E[r] = CV² / (1 + CV²/n) exactly, hence
 * CV² = r / (1 − r/n) with the median r of all windows, which a few outages or rate steps do not move.
 * The family is the likelier one of Gamma and Weibull with that CV, over gaps divided by their window's mean.
 * Fewer than 20 gaps give a Poisson process. Draws from its own fixed stream to spread equal stamps.
 */
export function fitBurstiness(arrival: Float64Array): Burstiness {
  const span = (arrival[arrival.length - 1] ?? 0) - (arrival[0] ?? 0);
  const gapCount = arrival.length - 1;
  if (gapCount < FEWEST_GAPS || span <= 0) return POISSON;
  const spread = spreadStamps(arrival);
  const wanted = Math.max(GAPS_PER_WINDOW, Math.ceil((SECONDS_PER_WINDOW * gapCount) / span));
  const perWindow = Math.min(wanted, Math.max(FEWEST_GAPS, Math.floor(gapCount / WINDOWS)));
  const windows = windowsOf(spread, perWindow);
  const ratios = Float64Array.from(windows, (window) => window.varianceRatio).sort();
  const middle = ratios.length >> 1;
  const median =
    ratios.length % 2 === 1 ? (ratios[middle] ?? 1) : ((ratios[middle - 1] ?? 1) + (ratios[middle] ?? 1)) / 2;
  const bounded = Math.min(median, 0.99 * perWindow);
  const cv = Math.max(0.01, Math.sqrt(bounded / (1 - bounded / perWindow)));
  return { family: likelierFamily(spread, windows, cv), cv: Number(cv.toPrecision(4)) };
}

/**
 * Stamps spread over the quantum they were rounded to: each is moved later by a uniform share of the quantum, never past the
 * next stamp. The quantum is the distance that 99 % of distinct neighbouring stamps exceed or equal. Without equal stamps
 * nothing moves. Within a quantum the spread arrivals are Poisson (assumed: what happened there is not known).
 */
export function spreadStamps(arrival: Float64Array): Float64Array {
  const quantum = quantumOf(arrival);
  if (quantum === 0) return arrival;
  const stream = randomStream(1, 'traffic/spread-stamps');
  const spread = new Float64Array(arrival.length);
  for (let start = 0; start < arrival.length;) {
    const stamp = arrival[start] ?? 0;
    let end = start + 1;
    while (end < arrival.length && arrival[end] === stamp) end++;
    const width = Math.min(quantum, (arrival[end] ?? Infinity) - stamp);
    for (let i = start; i < end; i++) spread[i] = stamp + width * stream.uniform();
    if (end - start > 1) spread.subarray(start, end).sort();
    start = end;
  }
  return spread;
}

function quantumOf(arrival: Float64Array): number {
  const distances: number[] = [];
  const stride = Math.max(1, Math.floor(arrival.length / STAMPS_SAMPLED));
  let ties = 0;
  for (let i = 1; i < arrival.length; i++) {
    const distance = (arrival[i] ?? 0) - (arrival[i - 1] ?? 0);
    if (distance === 0) ties++;
    else if (i % stride === 0) distances.push(distance);
  }
  if (ties === 0 || distances.length === 0) return 0;
  const sorted = Float64Array.from(distances).sort();
  return sorted[Math.floor(sorted.length / 100)] ?? 0;
}

interface GapWindow {
  /** Index of the arrival that begins the first gap. */
  readonly start: number;
  readonly gaps: number;
  readonly mean: number;
  /** Unbiased variance over squared mean. */
  readonly varianceRatio: number;
}

function windowsOf(arrival: Float64Array, gaps: number): GapWindow[] {
  const windows: GapWindow[] = [];
  for (let start = 0; start + gaps < arrival.length; start += gaps) {
    const mean = ((arrival[start + gaps] ?? 0) - (arrival[start] ?? 0)) / gaps;
    if (mean <= 0) continue;
    let squares = 0;
    for (let i = start; i < start + gaps; i++) {
      squares += ((arrival[i + 1] ?? 0) - (arrival[i] ?? 0) - mean) ** 2;
    }
    windows.push({ start, gaps, mean, varianceRatio: squares / (gaps - 1) / (mean * mean) });
  }
  return windows;
}

function likelierFamily(arrival: Float64Array, windows: readonly GapWindow[], cv: number): GapFamily {
  const gamma = gapLaw('gamma', cv);
  const weibull = gapLaw('weibull', cv);
  const gammaShort = gamma.logBelow(SHORT_GAP);
  const weibullShort = weibull.logBelow(SHORT_GAP);
  let gain = 0;
  for (const { start, gaps, mean } of windows) {
    for (let i = start; i < start + gaps; i++) {
      const gap = ((arrival[i + 1] ?? 0) - (arrival[i] ?? 0)) / mean;
      gain += gap < SHORT_GAP ? weibullShort - gammaShort : weibull.logDensity(gap) - gamma.logDensity(gap);
    }
  }
  return gain > WEIBULL_GAIN ? 'weibull' : 'gamma';
}
