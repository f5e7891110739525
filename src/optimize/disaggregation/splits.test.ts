import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetReading } from './fleet-tasks.ts';
import type { MeasuredRole } from './race-roles.ts';
import {
  acceleratorsOf,
  balancedSplits,
  decodeRoom,
  isOffered,
  leastReplicas,
  neighboursOf,
  pairsOf,
  splitId,
  weightOf,
} from './splits.ts';
import type { Split } from './splits.ts';
import { shapesOn } from './testing/subject.ts';

const SHAPES = { h: shapesOn('h', [1, 2, 4]), h200: shapesOn('h200', [1, 2, 4]) };

/** A measured role of a size with a rate; its reading is of no use here. */
function role(kind: 'prefill' | 'decode', pool: 'h' | 'h200', at: number, rate: number): MeasuredRole {
  const shape = SHAPES[pool][at]!;
  const batch = { maxBatchedTokens: 2048, maxSequences: 256 };
  const size = 2 ** at;
  return { option: { role: kind, shape, batch }, weight: size, size, rate, reading: {} as FleetReading };
}

const pool = fc.constantFrom('h' as const, 'h200' as const);
const pair = fc
  .record({
    pools: fc.tuple(pool, pool),
    sizes: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    rates: fc.tuple(fc.double({ min: 1, max: 50, noNaN: true }), fc.double({ min: 1, max: 50, noNaN: true })),
  })
  .map(({ pools, sizes, rates }) => ({
    prefill: role('prefill', pools[0], sizes[0], rates[0]),
    decode: role('decode', pools[1], sizes[1], rates[1]),
  }));
const offered = fc.record({ h: fc.integer({ min: 1, max: 24 }), h200: fc.integer({ min: 1, max: 24 }) });
const linear = ({ rate }: MeasuredRole, replicas: number): number => rate * replicas;

describe('splits', () => {
  it('stay within the accelerators offered, each once', () => {
    fc.assert(
      fc.property(pair, offered, (of, accelerators) => {
        const splits = balancedSplits(of, accelerators, linear);
        expect(splits.every((split) => isOffered(split, accelerators))).toBe(true);
        expect(new Set(splits.map(splitId)).size).toBe(splits.length);
        for (const split of splits) {
          expect(neighboursOf(split, accelerators).every((next) => isOffered(next, accelerators))).toBe(true);
        }
      }),
    );
  });

  it('hold the best of all numbers of replicas, by capacity and by capacity per weight', () => {
    fc.assert(
      fc.property(pair, offered, (of, accelerators) => {
        const capacity = (p: number, d: number): number =>
          Math.min(linear(of.prefill, p), linear(of.decode, d));
        const all: Split[] = [];
        for (let prefillReplicas = 1; prefillReplicas <= 24; prefillReplicas++) {
          for (let decodeReplicas = 1; decodeReplicas <= 24; decodeReplicas++) {
            const split = { ...of, prefillReplicas, decodeReplicas };
            if (isOffered(split, accelerators)) all.push(split);
          }
        }
        const best = (splits: readonly Split[], by: (split: Split) => number): number =>
          Math.max(0, ...splits.map(by));
        const most = (split: Split): number => capacity(split.prefillReplicas, split.decodeReplicas);
        const few = balancedSplits(of, accelerators, linear);
        expect(best(few, most)).toBeCloseTo(best(all, most), 9);
        const dense = (split: Split): number => most(split) / weightOf(split);
        expect(best(few, dense)).toBeCloseTo(best(all, dense), 9);
      }),
    );
  });

  it('share the accelerators of one pool, and none of two', () => {
    const same = { prefill: role('prefill', 'h', 1, 1), decode: role('decode', 'h', 2, 1) };
    expect(decodeRoom(same, 2, { h: 12 })).toBe(2);
    expect(decodeRoom(same, 7, { h: 12 })).toBe(0);
    const apart = { prefill: role('prefill', 'h', 1, 1), decode: role('decode', 'h200', 2, 1) };
    expect(decodeRoom(apart, 6, { h: 12, h200: 8 })).toBe(2);
    expect(acceleratorsOf({ ...apart, prefillReplicas: 6, decodeReplicas: 2 })).toBe(20);
  });

  it('pair options of one engine and one KV precision only', () => {
    const bf16 = role('prefill', 'h', 0, 1);
    const { shape } = bf16.option;
    const fp8 = { ...shape, configuration: { ...shape.configuration, kvPrecision: 'fp8' as const } };
    const other = { ...bf16, option: { ...bf16.option, shape: fp8 } };
    const decode = role('decode', 'h200', 0, 1);
    expect(pairsOf([bf16, other], [decode])).toEqual([{ prefill: bf16, decode }]);
  });
});

describe('leastReplicas', () => {
  it('is the least that suffices, or the most there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 100 }), (need, most) => {
        expect(leastReplicas((n) => n >= need, most)).toBe(Math.min(need, most));
      }),
    );
  });
});
