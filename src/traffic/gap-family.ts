import type { RandomStream } from '../random/index.ts';
import type { ArrivalProfile } from '../model/index.ts';

/** A family of gaps between arrivals. */
export type GapFamily = ArrivalProfile['arrivals']['family'];

/**
 * Gaps of mean 1 with a coefficient of variation (CV).
 * Gamma: shape 1/CV², scale CV². Weibull: the shape k with Γ(1+2/k)/Γ(1+1/k)² = 1 + CV², scale 1/Γ(1+1/k).
 */
export interface GapLaw {
  /** Draws one gap, mean 1; Gamma takes a varying number of draws from the stream, Weibull one. */
  draw(stream: RandomStream): number;
  /** Log density at a gap > 0. */
  logDensity(gap: number): number;
  /** Log probability of a gap below `gap`, for gap ≪ 1 (first term of the series in the gap). */
  logBelow(gap: number): number;
}

/** The law of a family with this CV > 0. At CV 1 both families are the exponential law. */
export function gapLaw(family: GapFamily, cv: number): GapLaw {
  switch (family) {
    case 'gamma':
      return gammaLaw(1 / (cv * cv));
    case 'weibull':
      return weibullLaw(weibullShape(cv));
  }
}

function gammaLaw(shape: number): GapLaw {
  const constant = shape * Math.log(shape) - logGamma(shape);
  return {
    draw: (stream) => stream.gamma(shape) / shape,
    logDensity: (gap) => constant + (shape - 1) * Math.log(gap) - shape * gap,
    logBelow: (gap) => shape * Math.log(shape * gap) - logGamma(shape + 1),
  };
}

function weibullLaw(shape: number): GapLaw {
  const logScale = -logGamma(1 + 1 / shape);
  const scale = Math.exp(logScale);
  return {
    draw: (stream) => scale * stream.exponential() ** (1 / shape),
    logDensity: (gap) => {
      const ratio = gap / scale;
      return Math.log(shape) - logScale + (shape - 1) * Math.log(ratio) - ratio ** shape;
    },
    logBelow: (gap) => Math.log(-Math.expm1(-((gap / scale) ** shape))),
  };
}

/** Shapes searched; they span CV from 0.013 to more than 500. */
const SHAPES = { least: 0.14, most: 100 } as const;

/** The Weibull shape of a CV, by bisection on the falling CV(shape); held to CVs between 0.013 and 500. */
export function weibullShape(cv: number): number {
  const wanted = Math.log1p(cv * cv);
  let low: number = SHAPES.least;
  let high: number = SHAPES.most;
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    const reached = logGamma(1 + 2 / middle) - 2 * logGamma(1 + 1 / middle);
    if (reached > wanted) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** Coefficients of the Lanczos approximation with g = 7, n = 9 (Godfrey, 2001; relative error below 1e-15 for x > 0). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Natural logarithm of the Gamma function for x > 0 (Lanczos approximation; reflection below 1/2). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
