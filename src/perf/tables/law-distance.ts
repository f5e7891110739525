import { lawSeconds } from './operator-law.ts';
import type { LawAt } from './operator-law.ts';
import type { MeasuredOperator } from './measured-tables.ts';

/** How far a law is from measured times, as law / measured − 1 over all kept points. */
export interface LawDistance {
  readonly points: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

/** Distance of a law from the points of a measured operator; each point counts once. */
export function lawDistance(operator: MeasuredOperator, law: LawAt): LawDistance {
  const errors = operator.curves
    .flatMap(({ shape, sizes, seconds }) =>
      sizes.map((size, index) => lawSeconds(law, shape, size) / seconds[index]! - 1),
    )
    .sort((a, b) => a - b);
  const at = (share: number): number => errors[Math.round(share * (errors.length - 1))] ?? 0;
  return { points: errors.length, p10: at(0.1), median: at(0.5), p90: at(0.9) };
}

/** Smallest and largest value of each axis of a measured operator. */
export interface CoveredRange {
  readonly axis: string;
  readonly low: number;
  readonly high: number;
}

/** The ranges that a measured operator covers, axis by axis; `axes` names shape axes, then the size. */
export function coveredRanges(operator: MeasuredOperator, axes: readonly string[]): readonly CoveredRange[] {
  const rows = operator.curves.flatMap(({ shape, sizes }) => [
    [...shape, sizes[0]!],
    [...shape, sizes.at(-1)!],
  ]);
  return axes.map((axis, index) => {
    const values = rows.map((row) => row[index]!);
    return {
      axis,
      low: values.reduce((least, value) => Math.min(least, value), Infinity),
      high: values.reduce((most, value) => Math.max(most, value), -Infinity),
    };
  });
}
