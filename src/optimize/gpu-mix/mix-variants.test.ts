import { describe, expect, it } from 'vitest';
import type { MixUnit } from './mix-units.ts';
import { MixVariants } from './mix-variants.ts';

const unit = { id: 'gpu', places: [], accelerators: 1, classes: 3 } as unknown as MixUnit;
const alone = Float64Array.of(0.1, 0.2, 0.4);

describe('MixVariants', () => {
  it('takes classes together to need less than by themselves until that was measured', () => {
    const [variant] = new MixVariants([unit], [alone]).all;
    expect(variant?.loads[0]).toBeLessThan(0.1);
    expect(variant?.isMeasured).toBe(false);
  });

  it('counts what a trial saw', () => {
    const variants = new MixVariants([unit], [alone]);
    // Alone 1 × 0.1 + 1 × 0.2 replicas for two requests per second; seen: 6 of them on one.
    variants.learn(variants.all[0]!, { weights: Float64Array.of(1, 1, 0), carried: 6, isCarried: true });
    expect(variants.all).toHaveLength(1);
    expect(variants.all[0]?.factor).toBeCloseTo(2 / (0.3 * 6), 12);
    expect(variants.all[0]?.loads[2]).toBeCloseTo((0.4 * 2) / (0.3 * 6), 12);
  });

  it('also tries both halves of classes that do not go together', () => {
    const variants = new MixVariants([unit], [alone]);
    const weights = Float64Array.of(1, 1, 1);
    variants.learn(variants.all[0]!, { weights, carried: 0, isCarried: false });
    const [whole, ...halves] = variants.all;
    expect([...whole!.loads]).toEqual([Infinity, Infinity, Infinity]);
    expect(halves.map(({ range }) => range)).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect([...halves[1]!.loads]).toEqual([Infinity, Infinity, 0.4]);
  });

  it('raises the loads of what fails each time, so that no choice is tried for ever', () => {
    const variants = new MixVariants([unit], [alone]);
    const trial = { weights: Float64Array.of(1, 0, 0), carried: 11, isCarried: false };
    variants.learn(variants.all[0]!, trial);
    const first = variants.all[0]!.factor;
    variants.learn(variants.all[0]!, trial);
    expect(variants.all[0]!.factor).toBeGreaterThan(first);
  });

  it('follows a mix that goes better together, but not for ever', () => {
    const variants = new MixVariants([unit], [alone]);
    const trial = (carried: number) => ({ weights: Float64Array.of(1, 0, 0), carried, isCarried: true });
    variants.learn(variants.all[0]!, trial(9));
    variants.learn(variants.all[0]!, trial(11));
    expect(variants.all[0]!.factor).toBeCloseTo(10 / 11, 12);
    for (let more = 12; more < 40; more++) variants.learn(variants.all[0]!, trial(more));
    expect(variants.all[0]!.factor).toBeGreaterThan(10 / 20);
  });

  it('has no variant of a unit that serves nothing', () => {
    expect(new MixVariants([unit], [Float64Array.of(Infinity, Infinity, Infinity)]).all).toEqual([]);
  });
});
