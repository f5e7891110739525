import { describe, expect, it } from 'vitest';
import { spotKube } from '../bench/baselines/spotkube.ts';
import type { SpotKubeType } from '../bench/baselines/spotkube.ts';

const TYPES: readonly SpotKubeType[] = [
  { id: 'small', cpu: 2, memory: 4, price: 0.03 },
  { id: 'compute', cpu: 2, memory: 4, price: 0.08 },
  { id: 'memory', cpu: 2, memory: 8, price: 0.07 },
];

/** Whether a mix is enough by its own rule. */
function isEnough(nodes: readonly number[], pods: number): boolean {
  const sum = (of: (type: SpotKubeType) => number): number =>
    TYPES.reduce((total, type, at) => total + (nodes[at] ?? 0) * of(type), 0);
  const room = sum((type) =>
    Math.min(Math.round((type.cpu - (type.cpu % 0.4)) / 0.4), Math.floor(type.memory / 0.6)),
  );
  return sum((type) => type.cpu) >= pods * 0.4 && sum((type) => type.memory) >= pods * 0.6 && room >= pods;
}

describe('the choice of nodes as SpotKube makes it', () => {
  it('takes a mix that holds the pods, the same for the same seed', () => {
    for (const count of [3, 20, 60]) {
      const choice = spotKube(TYPES, { count, cpu: 0.4, memory: 0.6 }, 7);
      expect(choice).toEqual(spotKube(TYPES, { count, cpu: 0.4, memory: 0.6 }, 7));
      expect(isEnough(choice?.taken.nodes ?? [], count)).toBe(true);
      expect(isEnough(choice?.cheapest.nodes ?? [], count)).toBe(true);
    }
  });

  it('finds the cheapest mix of all at the end of its front and takes a dearer one', () => {
    const choice = spotKube(TYPES, { count: 20, cpu: 0.4, memory: 0.6 }, 1);
    let least = Infinity;
    for (let a = 0; a <= 6; a++)
      for (let b = 0; b <= 6; b++)
        for (let c = 0; c <= 6; c++)
          if (isEnough([a, b, c], 20)) least = Math.min(least, a * 0.03 + b * 0.08 + c * 0.07);
    expect(choice?.cheapest.price).toBeCloseTo(least, 9);
    expect(choice?.taken.price).toBeGreaterThan(least);
  });

  it('counts pods on a node as its Python does: two cores hold four pods of 0.4', () => {
    const choice = spotKube(TYPES.slice(0, 1), { count: 5, cpu: 0.4, memory: 0.6 }, 1);
    expect(choice?.cheapest.nodes).toEqual([2]);
  });

  it('has no answer when the most nodes that it considers hold too little', () => {
    expect(spotKube(TYPES, { count: 12, cpu: 8, memory: 8 }, 1)).toBeUndefined();
  });
});
