import { describe, expect, it } from 'vitest';
import { classesOf, mixedLengths } from './request-classes.ts';

const columns = (isl: readonly number[], osl: readonly number[]) => ({
  isl: Int32Array.from(isl),
  osl: Int32Array.from(osl),
  cachedTokens: new Int32Array(isl.length),
});
const edges = { input: [100, 1000, 10_000] };

describe('classesOf', () => {
  it('puts every request into the range of its prompt, and leaves empty ranges out', () => {
    const classes = classesOf(columns([100, 101, 1, 5000], [1, 2, 3, 4]), {
      input: [100, 1000, 2000, 10_000],
    });
    expect(classes.map(({ id, share, longest }) => ({ id, share, longest }))).toEqual([
      { id: '1-100', share: 0.5, longest: 101 },
      { id: '101-1000', share: 0.25, longest: 103 },
      { id: '2001-10000', share: 0.25, longest: 5004 },
    ]);
  });

  it('takes requests beyond the last edge into the last class, which says so', () => {
    const [only] = classesOf(columns([20_000], [7]), edges);
    expect(only).toMatchObject({ id: '1001-20000', input: [1001, 20_000], longest: 20_007 });
  });

  it('tells outputs apart only where it is given their edges', () => {
    const requests = columns([50, 60], [10, 500]);
    expect(classesOf(requests, edges)).toHaveLength(1);
    const ids = classesOf(requests, { ...edges, output: [100, 1000] }).map(({ id }) => id);
    expect(ids).toEqual(['1-100/1-100', '1-100/101-1000']);
  });
});

describe('mixedLengths', () => {
  it('draws classes in proportion to their weights, and none without weight', () => {
    const classes = classesOf(columns([10, 500, 5000], [1, 1, 1]), edges);
    const { isl } = mixedLengths(classes, [3, 0, 1], 400);
    expect(isl.filter((value) => value === 10)).toHaveLength(300);
    expect(isl.filter((value) => value === 5000)).toHaveLength(100);
    expect(isl).toHaveLength(400);
  });

  it('draws evenly over the requests of a class', () => {
    const classes = classesOf(columns([1, 2, 3, 4], [1, 1, 1, 1]), edges);
    expect([...mixedLengths(classes, [1], 4).isl]).toEqual([1, 2, 3, 4]);
    expect([...mixedLengths(classes, [1], 2).isl]).toEqual([2, 4]);
  });
});
