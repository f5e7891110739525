/** Parts into which the measured requests are cut to see a trend. */
const PARTS = 10;
/** Fewest requests for a verdict; shorter runs count as stationary (*assumed*). */
const FEWEST = 20 * PARTS;
/**
 * Thresholds of the verdict (the form of the rule is that of inference-sim: rate deficit and latency trend;
 * the values are our own, set on runs of known load, see `docs/simulation.md`).
 */
const DEFICIT = 0.02;
const TREND = 0.5;
const GROWTH = 1.5;

/** Latencies of the measured requests in order of arrival; `ttft` and `leaving` are NaN for one not served (yet). */
export interface MeasuredRequests {
  readonly arrival: Float64Array;
  readonly ttft: Float64Array;
  /** Time at which the client got the last token. */
  readonly leaving: Float64Array;
}

/**
 * Whether a run served its load as it came. It did not when all three hold:
 * - rate deficit: the number of requests in the system grows by more than 2 % of the arrivals (regression over
 *   ten parts of the run);
 * - latency trend: Kendall's τ of the parts' median TTFT with time is at least 0.5;
 * - growth: the median TTFT of the last three parts is at least 1.5 × that of the first three.
 * A burst raises the first or the second for a while, seldom all three: the queue runs empty again.
 * Cost: n log n.
 */
export function isStationary(requests: MeasuredRequests): boolean {
  const n = requests.arrival.length;
  if (n < FEWEST) return true;
  const medians = partMedians(requests.ttft, PARTS);
  return latencyTrend(medians) < TREND || latencyGrowth(medians) < GROWTH || rateDeficit(requests) <= DEFICIT;
}

/** Slope of the number in the system over the number that arrived: 0 in balance, 1 − 1/ρ at load ρ > 1. */
export function rateDeficit({ arrival, leaving }: MeasuredRequests): number {
  const n = arrival.length;
  const departures = leaving.slice().sort();
  let meanArrived = 0;
  let meanPresent = 0;
  const points: (readonly [number, number])[] = [];
  for (let part = 0; part <= PARTS; part++) {
    const arrived = part === PARTS ? n : Math.floor((n * part) / PARTS);
    const present = arrived - countUpTo(departures, arrival[Math.min(arrived, n - 1)]!);
    points.push([arrived, present]);
    meanArrived += arrived / (PARTS + 1);
    meanPresent += present / (PARTS + 1);
  }
  let covariance = 0;
  let variance = 0;
  for (const [arrived, present] of points) {
    covariance += (arrived - meanArrived) * (present - meanPresent);
    variance += (arrived - meanArrived) ** 2;
  }
  return covariance / variance;
}

/** Kendall's τ of values with their position, −1..1. */
export function latencyTrend(values: readonly number[]): number {
  let balance = 0;
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) balance += Math.sign(values[j]! - values[i]!);
  }
  return balance / ((values.length * (values.length - 1)) / 2);
}

/** The middle one of the last three medians over that of the first three. */
function latencyGrowth(medians: readonly number[]): number {
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[1]!;
  return middle(medians.slice(-3)) / middle(medians.slice(0, 3));
}

/** Median of each part of a series; a request not served counts as infinitely late. */
function partMedians(series: Float64Array, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((series.length * part) / parts);
    const values = series.slice(from, Math.floor((series.length * (part + 1)) / parts)).sort();
    const median = values[values.length >> 1]!;
    return Number.isNaN(median) ? Infinity : median;
  });
}

/** Entries of ascending `values` (NaN last) that are at most `limit`. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
