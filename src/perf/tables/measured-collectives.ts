import type { Accelerator } from '../../model/index.ts';
import type { AcceleratorCoefficients, Fitted, OperatorCoefficients } from '../coefficients.ts';
import type { CollectiveLaw } from '../laws.ts';
import { measuredOperator } from './measured-correction.ts';
import type { MeasuredCurve } from './measured-tables.ts';

/** Collectives whose law is a curve of measured points. */
const CURVES = [
  ['all-reduce', 'allReduce'],
  ['all-gather', 'allGather'],
  ['reduce-scatter', 'reduceScatter'],
  ['all-to-all', 'allToAll'],
] as const;

/**
 * Laws whose collectives are the measured curves for every number of ranks that the tables hold; other numbers of ranks
 * keep their fitted curves. A law of this kind is a curve through points, so the measured points take its place as they
 * are: linear between them, the last slope beyond the largest message.
 */
export function withMeasuredCollectives(
  laws: AcceleratorCoefficients,
  accelerator: Accelerator,
  { tables }: Pick<OperatorCoefficients, 'tables'>,
): AcceleratorCoefficients {
  if (tables === undefined) return laws;
  // Curves of borrowed laws are scaled to the accelerator's own link when they are read; measured ones must not be.
  const ratio = laws.linkBandwidth / accelerator.link.bandwidth;
  const replaced = CURVES.flatMap(([kind, field]) => {
    const measured = measuredOperator(tables, accelerator, { kind, precision: 'bf16' });
    if (measured === undefined) return [];
    const own = measured.curves.map((curve) => curveLaw(curve, ratio));
    const others = laws[field].filter((law) => own.every(({ ranks }) => ranks !== law.ranks));
    return [[field, [...own, ...others].sort((a, b) => a.ranks - b.ranks)] as const];
  });
  return { ...laws, ...Object.fromEntries(replaced) };
}

function curveLaw({ shape, sizes, seconds }: MeasuredCurve, ratio: number): Fitted<CollectiveLaw> {
  const floor = seconds[0]!;
  return {
    ranks: shape[0]!,
    knots: sizes.map((bytes, index) => [bytes, floor + (seconds[index]! - floor) / ratio] as const),
    quality: { rows: sizes.length, rejected: 0, p10: 0, p50: 0, p90: 0 },
  };
}
