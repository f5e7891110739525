import type { Accelerator, Precision } from '../../model/index.ts';
import type { MeasuredCurve, MeasuredOperator, MeasuredTables } from './measured-tables.ts';
import { lawSeconds } from './operator-law.ts';
import type { LawAt } from './operator-law.ts';
import type { OperatorKind } from './operator-sample.ts';

/** Curves that are mixed where the shape asked for was not measured. */
const NEIGHBOURS = 4;

/** Factor on a law's time by size. */
export type Correction = (size: number) => number;

/** The operator of a configuration that a correction is asked for. */
export interface OperatorShape {
  readonly kind: OperatorKind;
  readonly precision: Precision;
  /** Values of `OPERATOR_AXES[kind].shape`. */
  readonly shape: readonly number[];
}

/**
 * What was measured of an operator on an accelerator (by catalogue name or alias), or undefined. Later tables win over
 * earlier ones. Formats never stand in for one another.
 */
export function measuredOperator(
  tables: readonly MeasuredTables[] | undefined,
  accelerator: Pick<Accelerator, 'name' | 'aliases'>,
  { kind, precision }: Pick<OperatorShape, 'kind' | 'precision'>,
): MeasuredOperator | undefined {
  if (tables === undefined) return undefined;
  const names = [accelerator.name, ...accelerator.aliases].map((name) => name.toLowerCase());
  const own = tables.findLast(
    (table) =>
      names.includes(table.accelerator.toLowerCase()) &&
      table.operators.some((operator) => operator.kind === kind && operator.precision === precision),
  );
  return own?.operators.find((operator) => operator.kind === kind && operator.precision === precision);
}

/**
 * Factor that turns the law's time of a shape into the measured one, by size: exp of log(measured / law), exact at
 * measured points (up to the levelling of falling times on import), linear in the logarithm of the size between them,
 * and that of the nearest end beyond them, so that the law's shape is scaled to meet the data. A shape that was not
 * measured takes the mean of the four nearest ones, weighted by the inverse square of the distance of their logarithms.
 * Always positive and finite. Times grow along the measured points of a measured shape; between two points that lie far
 * apart, and where shapes are mixed, they may fall by no more than the correction does between the points.
 */
export function measuredCorrection(
  operator: MeasuredOperator,
  shape: readonly number[],
  law: LawAt,
): Correction {
  const neighbours = nearest(operator.curves, shape).map(({ curve, weight }) => ({
    weight,
    sizes: curve.sizes.map((size) => Math.log(size)),
    logs: curve.seconds.map((seconds, index) =>
      Math.log(seconds / lawSeconds(law, curve.shape, curve.sizes[index]!)),
    ),
  }));
  return (size) => {
    const position = Math.log(size);
    let log = 0;
    for (const { weight, sizes, logs } of neighbours) log += weight * interpolate(sizes, logs, position);
    return Math.exp(log);
  };
}

/** The curves to mix with weights that sum to one; a measured shape is alone. */
function nearest(
  curves: readonly MeasuredCurve[],
  shape: readonly number[],
): readonly { readonly curve: MeasuredCurve; readonly weight: number }[] {
  const target = shape.map(logarithm);
  const ranked = curves
    .map((curve) => ({
      curve,
      square: curve.shape.reduce((sum, value, i) => sum + (logarithm(value) - target[i]!) ** 2, 0),
    }))
    .sort((a, b) => a.square - b.square)
    .slice(0, NEIGHBOURS);
  const [first] = ranked;
  if (first === undefined) throw new Error('a measured operator has no curve');
  if (first.square === 0) return [{ curve: first.curve, weight: 1 }];
  const total = ranked.reduce((sum, { square }) => sum + 1 / square, 0);
  return ranked.map(({ curve, square }) => ({ curve, weight: 1 / square / total }));
}

/** Shapes count zeros (no cached tokens), hence the one. */
function logarithm(value: number): number {
  return Math.log2(1 + value);
}

/** Piecewise linear through ascending xs, constant beyond the ends. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let high = 0;
  while (high < xs.length && xs[high]! < x) high += 1;
  if (high === 0) return ys[0]!;
  if (high === xs.length) return ys.at(-1)!;
  const left = xs[high - 1]!;
  const share = (x - left) / (xs[high]! - left);
  return ys[high - 1]! + (ys[high]! - ys[high - 1]!) * share;
}
