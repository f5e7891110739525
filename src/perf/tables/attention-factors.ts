import { measuredCorrection } from './measured-correction.ts';
import type { MeasuredOperator } from './measured-tables.ts';
import type { LawAt } from './operator-law.ts';

/** Factors on the fixed and on the growing part of an attention law. */
export interface AttentionFactors {
  readonly fixed: number;
  readonly growing: number;
}

/** Where attention is compared, as far as the tables reach: sequences of a step, and tokens of each. */
const BATCHES = [1, 4, 16, 64, 256];
const SIZES = [256, 1024, 4096, 16_384, 65_536];
/** Factors are never taken lower: a part that the tables do not show still takes some time. *Assumed.* */
const LEAST = 0.05;

/**
 * Two factors that bring an attention law closest to the tables (least squares of the relative error), on the batches
 * and sizes that the tables cover. Attention is corrected by two numbers and not point by point because the
 * simulation sums runs of decode steps in closed form: a law that is linear in the cached tokens must stay so, and
 * with positive factors it also stays growing.
 * @param shapeOf shape of the configuration's attention for a batch of that many sequences
 */
export function attentionFactors(
  operator: MeasuredOperator,
  shapeOf: (batch: number) => readonly number[],
  law: LawAt,
): AttentionFactors {
  const batchAxis = shapeOf(2).findIndex((value, index) => value !== shapeOf(1)[index]);
  const batches = within(
    BATCHES,
    operator.curves.map(({ shape }) => shape[batchAxis]!),
  );
  const sizes = within(
    SIZES,
    operator.curves.flatMap((curve) => [curve.sizes[0]!, curve.sizes.at(-1)!]),
  );
  const sums = { aa: 0, ab: 0, bb: 0, a: 0, b: 0 };
  for (const batch of batches) {
    const shape = shapeOf(batch);
    const correction = measuredCorrection(operator, shape, law);
    for (const size of sizes) {
      const { fixed, growing } = law(shape, size);
      const measured = (fixed + growing) * correction(size);
      const [a, b] = [fixed / measured, growing / measured];
      sums.aa += a * a;
      sums.ab += a * b;
      sums.bb += b * b;
      sums.a += a;
      sums.b += b;
    }
  }
  return solve(sums);
}

/** Values inside the range of those measured; where none is, the measured one nearest to the middle of the list. */
function within(values: readonly number[], measured: readonly number[]): readonly number[] {
  const low = measured.reduce((least, value) => Math.min(least, value), Infinity);
  const high = measured.reduce((most, value) => Math.max(most, value), 0);
  const inside = values.filter((value) => value >= low && value <= high);
  return inside.length > 0 ? inside : [Math.min(Math.max(values[values.length >> 1]!, low), high)];
}

/** Minimises Σ(a·x + b·y − 1)² for x, y ≥ `LEAST`. */
function solve(s: Readonly<Record<'aa' | 'ab' | 'bb' | 'a' | 'b', number>>): AttentionFactors {
  const determinant = s.aa * s.bb - s.ab * s.ab;
  // One point, or a part that never shows: one common factor.
  if (determinant <= 1e-9 * s.aa * s.bb) {
    const common = Math.max(LEAST, (s.a + s.b) / (s.aa + 2 * s.ab + s.bb));
    return { fixed: common, growing: common };
  }
  const fixed = (s.a * s.bb - s.b * s.ab) / determinant;
  const growing = (s.b * s.aa - s.a * s.ab) / determinant;
  if (fixed < LEAST) return { fixed: LEAST, growing: Math.max(LEAST, (s.b - s.ab * LEAST) / s.bb) };
  if (growing < LEAST) return { fixed: Math.max(LEAST, (s.a - s.ab * LEAST) / s.aa), growing: LEAST };
  return { fixed, growing };
}
