import { describe, expect, it } from 'vitest';
import { randomStream } from '../src/random/index.ts';
import { chooseNodes, kubePacs } from '../bench/baselines/kubepacs.ts';
import type { KubePacsOffering } from '../bench/baselines/kubepacs.ts';

/** Least weighted aim over all numbers of nodes. */
function leastByTrying(offerings: readonly KubePacsOffering[], pods: number, alpha: number): number {
  const price = Math.min(...offerings.map((one) => one.price));
  const performance = Math.min(...offerings.map((one) => one.score * one.pods));
  const weights = offerings.map(
    (one) => ((1 - alpha) * one.price) / price - (alpha * one.score * one.pods) / performance,
  );
  const tryFrom = (at: number, held: number): number => {
    const offering = offerings[at];
    if (offering === undefined) return held >= pods ? 0 : Infinity;
    return Math.min(
      ...Array.from(
        { length: offering.most + 1 },
        (_, count) => count * (weights[at] ?? 0) + tryFrom(at + 1, held + count * offering.pods),
      ),
    );
  };
  return tryFrom(0, 0);
}

describe('the choice of nodes as KubePACS makes it', () => {
  it('solves its program as well as trying everything does', () => {
    const stream = randomStream(1, 'kubepacs-test');
    for (let round = 0; round < 40; round++) {
      const offerings = Array.from({ length: 4 }, (_, at): KubePacsOffering => ({
        id: `o${at}`,
        price: 0.05 + stream.uniform(),
        pods: 1 + stream.integer(5),
        score: 10 + 10 * stream.uniform(),
        most: 1 + stream.integer(4),
      }));
      const alpha = stream.uniform();
      const pods = 1 + stream.integer(12);
      const least = leastByTrying(offerings, pods, alpha);
      const choice = chooseNodes(offerings, pods, alpha);
      if (choice === undefined) {
        expect(least).toBe(Infinity);
        continue;
      }
      const price = Math.min(...offerings.map((one) => one.price));
      const performance = Math.min(...offerings.map((one) => one.score * one.pods));
      expect(choice.pods).toBeGreaterThanOrEqual(pods);
      expect(((1 - alpha) * choice.price) / price - (alpha * choice.performance) / performance).toBeCloseTo(
        least,
        8,
      );
    }
  });

  /*
   * figures/figure5_cmp_baseline_simulation/data/result_4_region/ap-northeast-1/result_110103/golden_section_summary.csv of the authors: pods of 1 core
   * and 2 GiB. Price and score of t4g.small are the difference of two of its rows. The last type stands for the slowest of their data, which
   * the file does not tell (assumed: scores from 12,190 to 12,740 give their answers).
   */
  it('takes the nodes that its authors report for 10 and for 100 pods', () => {
    const offerings: readonly KubePacsOffering[] = [
      { id: 't3.small', price: 0.0096, pods: 1, score: 20353.61129, most: 50 },
      { id: 't4g.small', price: 0.0093, pods: 1, score: 19688.59771, most: 50 },
      { id: 'slowest', price: 0.03, pods: 1, score: 12_500, most: 50 },
    ];
    const ten = kubePacs(offerings, 10);
    expect(ten?.nodes).toEqual([['t3.small', 10]]);
    expect(ten?.price).toBeCloseTo(0.096, 6);
    expect((ten?.performance ?? 0) / (ten?.price ?? 1)).toBeCloseTo(2_120_167.8, 0);
    const hundred = kubePacs(offerings, 100);
    expect(hundred?.nodes).toEqual([
      ['t3.small', 50],
      ['t4g.small', 50],
    ]);
    expect(hundred?.price).toBeCloseTo(0.945, 6);
  });

  it('says when the offerings do not hold the pods', () => {
    expect(kubePacs([{ id: 'a', price: 1, pods: 2, score: 1, most: 2 }], 5)).toBeUndefined();
  });
});
