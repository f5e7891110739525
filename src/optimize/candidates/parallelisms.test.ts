import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parallelismName, worldSize } from '../../model/index.ts';
import { modelNamed } from '../testing/small-field.ts';
import { LONG_CONTEXT, parallelisms } from './parallelisms.ts';

const DENSE = modelNamed('Qwen/Qwen3-8B');
const EXPERTS = modelNamed('Qwen/Qwen3-30B-A3B');
const SHORT = { longestInput: 1000 };
const hardware = fc
  .record({
    perNode: fc.constantFrom(1, 2, 4, 8),
    racks: fc.constantFrom(1, 1, 9),
    most: fc.integer({ min: 1, max: 128 }),
  })
  .map(({ perNode, racks, most }) => ({ perNode, domain: perNode * racks, most }));

describe('parallelisms', () => {
  it('stay within the accelerators of a replica, from the smallest on, no cut twice', () => {
    fc.assert(
      fc.property(hardware, fc.constantFrom(DENSE, EXPERTS), fc.boolean(), (on, model, isLong) => {
        const cuts = parallelisms(model, on, { longestInput: isLong ? LONG_CONTEXT : 1000 });
        const sizes = cuts.map(worldSize);
        expect(cuts.map((cut) => parallelismName(cut))).toContain('tp1');
        expect(Math.max(...sizes)).toBeLessThanOrEqual(on.most);
        expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
        expect(new Set(cuts.map((cut) => parallelismName(cut))).size).toBe(cuts.length);
      }),
      { numRuns: 60 },
    );
  });

  it('cut tensors over at most two domains of the fast link', () => {
    const widest = (domain: number): number =>
      Math.max(
        ...parallelisms(DENSE, { perNode: 8, domain, most: 128 }, SHORT).map((cut) => cut.tensorParallel),
      );
    expect(widest(8)).toBe(16);
    expect(widest(72)).toBe(128);
  });

  it('are every power of two of tensors by stages on eight accelerators of a dense model', () => {
    const names = parallelisms(DENSE, { perNode: 8, domain: 8, most: 8 }, SHORT).map((cut) =>
      parallelismName(cut),
    );
    const plain = names.filter((name) => !name.includes('dp'));
    expect(plain.sort()).toEqual(
      'tp1 tp1·pp2 tp1·pp3 tp1·pp4 tp1·pp6 tp1·pp8 tp2 tp2·pp2 tp2·pp3 tp2·pp4 tp4 tp4·pp2 tp8'
        .split(' ')
        .sort(),
    );
    expect(names.filter((name) => name.includes('ep'))).toEqual([]);
    // Attention data parallel inside tensor-parallel layers.
    expect(names).toContain('tp2·dp4·ff8');
  });

  it('cut routed experts by all ranks of a stage or leave them whole, never the layers of dense models', () => {
    const cuts = parallelisms(EXPERTS, { perNode: 8, domain: 8, most: 8 }, SHORT);
    for (const cut of cuts) {
      expect([1, cut.tensorParallel * cut.dataParallel]).toContain(cut.expertParallel);
      expect(cut.feedForwardParallel).toBeUndefined();
    }
    const names = cuts.map((cut) => parallelismName(cut));
    for (const name of ['tp8', 'tp8·ep8', 'tp1·dp8·ep8', 'tp1·dp8', 'tp2·pp2·dp2·ep4'])
      expect(names).toContain(name);
  });

  it('share one sequence over ranks for long prompts only, without pipeline stages', () => {
    const on = { perNode: 8, domain: 8, most: 8 };
    const shared = (longestInput: number) =>
      parallelisms(DENSE, on, { longestInput }).filter((cut) => cut.contextParallel > 1);
    expect(shared(LONG_CONTEXT - 1)).toEqual([]);
    expect(shared(LONG_CONTEXT).map((cut) => parallelismName(cut))).toContain('tp2·cp4');
    expect(shared(LONG_CONTEXT).every((cut) => cut.pipelineParallel === 1)).toBe(true);
  });
});
