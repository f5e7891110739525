import type { FitQuality } from '../src/perf/coefficients.ts';

/** One measured row prepared for a fit: its features, the time in seconds and the shape group it is held out with. */
export interface Sample {
  readonly x: readonly number[];
  readonly seconds: number;
  readonly group: string;
}

/** A coefficient to fit: where the search starts and the range it must stay in. Positive, searched in logarithms. */
export interface Parameter {
  readonly name: string;
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

/** Most rows used in one fit; larger tables are thinned evenly in their own order, which is sorted by shape. */
const MOST_SAMPLES = 2000;
/** Most held-out rows over which residuals are taken. */
const MOST_HELD = 4000;
/** One shape group of so many is held out. */
const HELD_SHARE = 4;

/** A law with the residuals of its held-out groups and its mean absolute log error there. */
export interface LawFit<Law> {
  readonly law: Law;
  readonly quality: Omit<FitQuality, 'rejected'>;
  readonly error: number;
}

/**
 * Fits coefficients to minimise the mean absolute log ratio of predicted to measured time (a robust relative error).
 * Nelder–Mead in log space, restarted from its own answer; deterministic. Whole shape groups (every fourth in sorted
 * order) are held out: the fit never sees them and the residuals are theirs alone. With fewer than four groups every
 * fourth row is held out instead.
 */
export function fitLaw<Law>(
  samples: readonly Sample[],
  parameters: readonly Parameter[],
  predict: (law: Law, x: readonly number[]) => number,
): LawFit<Law> {
  const { fitted, held } = split(samples);
  const train = thin(fitted, MOST_SAMPLES);
  const test = thin(held, MOST_HELD);
  const toLaw = (point: readonly number[]): Law =>
    Object.fromEntries(parameters.map((p, i) => [p.name, clamp(Math.exp(point[i] ?? 0), p)])) as Law;
  const loss = (point: readonly number[]): number =>
    meanError(toLaw(point), train, predict) + outside(point, parameters);
  let point: readonly number[] = parameters.map((p) => Math.log(p.start));
  for (let restart = 0; restart < 4; restart++) point = nelderMead(loss, point, 400);
  const law = rounded(toLaw(point) as Record<string, number>) as Law;
  return {
    law,
    quality: { rows: samples.length, ...residuals(law, test, predict) },
    error: meanError(law, test, predict),
  };
}

/** Mean absolute log ratio of predicted to measured time. */
export function meanError<Law>(
  law: Law,
  samples: readonly Sample[],
  predict: (law: Law, x: readonly number[]) => number,
): number {
  let sum = 0;
  for (const sample of samples) sum += Math.abs(Math.log(predict(law, sample.x) / sample.seconds));
  return sum / samples.length;
}

/** Relative residuals predicted / measured − 1 at three quantiles. */
export function residuals<Law>(
  law: Law,
  samples: readonly Sample[],
  predict: (law: Law, x: readonly number[]) => number,
): { readonly p10: number; readonly p50: number; readonly p90: number } {
  const errors = samples.map((sample) => predict(law, sample.x) / sample.seconds - 1).sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((errors[Math.min(errors.length - 1, Math.floor(share * errors.length))] ?? 0).toFixed(3));
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** Coefficients to four significant digits. */
export function rounded(law: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(law).map(([name, value]) => [name, Number(value.toPrecision(4))]));
}

function split(samples: readonly Sample[]): { readonly fitted: Sample[]; readonly held: Sample[] } {
  const groups = [...new Set(samples.map((sample) => sample.group))].sort();
  const isByGroup = groups.length >= HELD_SHARE;
  const out = new Set(groups.filter((_, index) => index % HELD_SHARE === HELD_SHARE - 1));
  const fitted: Sample[] = [];
  const held: Sample[] = [];
  samples.forEach((sample, index) => {
    const isHeld = isByGroup ? out.has(sample.group) : index % HELD_SHARE === HELD_SHARE - 1;
    (isHeld ? held : fitted).push(sample);
  });
  return { fitted, held };
}

/** At most `most` items, evenly spaced. */
export function thin<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}

function clamp(value: number, p: Parameter): number {
  return Math.min(p.high, Math.max(p.low, value));
}

function outside(point: readonly number[], parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, p, i) => {
    const value = point[i] ?? 0;
    return sum + Math.max(0, Math.log(p.low) - value) + Math.max(0, value - Math.log(p.high));
  }, 0);
}

/** Minimises `loss` by the simplex method of Nelder and Mead (1965) with its standard coefficients 1, 2, ½, ½. */
export function nelderMead(
  loss: (point: readonly number[]) => number,
  start: readonly number[],
  iterations: number,
): readonly number[] {
  const n = start.length;
  let simplex = [start, ...start.map((_, i) => start.map((v, j) => (i === j ? v + 0.4 : v)))].map(
    (point) => ({
      point,
      value: loss(point),
    }),
  );
  for (let i = 0; i < iterations; i++) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex[n]!;
    if (worst.value - best.value < 1e-9) break;
    const centre = start.map((_, j) => simplex.slice(0, n).reduce((sum, s) => sum + s.point[j]!, 0) / n);
    const along = (t: number): { point: readonly number[]; value: number } => {
      const point = centre.map((c, j) => c + t * (c - worst.point[j]!));
      return { point, value: loss(point) };
    };
    const reflected = along(1);
    const next =
      reflected.value < best.value
        ? pick(reflected, along(2))
        : reflected.value < simplex[n - 1]!.value
          ? reflected
          : pick(worst, along(reflected.value < worst.value ? 0.5 : -0.5));
    if (next !== worst) simplex[n] = next;
    else {
      simplex = simplex.map((s) => {
        const point = s.point.map((v, j) => best.point[j]! + (v - best.point[j]!) / 2);
        return { point, value: loss(point) };
      });
    }
  }
  return simplex.reduce((a, b) => (b.value < a.value ? b : a)).point;
}

function pick<T extends { readonly value: number }>(a: T, b: T): T {
  return b.value < a.value ? b : a;
}
