import { gammaShare } from './gamma-distribution.ts';

const LEAST_VARIABILITY = 0.05;
const MOST_VARIABILITY = 4;
const STEPS = 50;

/** A gamma distribution by its mean in seconds and its coefficient of variation. */
export interface FittedSpread {
  readonly mean: number;
  readonly variability: number;
}

/**
 * The gamma distribution whose median is `median` and of which `share` (above 0.5) lies at or below `upper`, both in
 * seconds; its variability is kept within 0.05..4.
 */
export function fitSpread(median: number, upper: number, share: number): FittedSpread {
  const ratio = (variability: number): number =>
    gammaQuantile(variability, share) / gammaQuantile(variability, 0.5);
  let [low, high] = [LEAST_VARIABILITY, MOST_VARIABILITY];
  const target = upper / median;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (ratio(middle) < target) low = middle;
    else high = middle;
  }
  const variability = (low + high) / 2;
  return { mean: median / gammaQuantile(variability, 0.5), variability };
}

/** The time below which `share` of a gamma distribution of mean 1 lies. */
function gammaQuantile(variability: number, share: number): number {
  const shape = 1 / variability ** 2;
  let [low, high] = [0, 1];
  while (gammaShare(shape, high * shape) < share) high *= 2;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (gammaShare(shape, middle * shape) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
