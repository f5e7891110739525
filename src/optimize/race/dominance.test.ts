import { describe, expect, it } from 'vitest';
import { BATCH_LIMITS } from '../candidates/batch-limits.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { modelNamed, smallField } from '../testing/small-field.ts';
import type { SmallField } from '../testing/small-field.ts';
import { RacedShape } from './contenders.ts';
import { withoutDominated } from './dominance.ts';

const COUNT = 1500;
const FIELDS = [
  smallField({ facts: { precisions: ['bf16', 'fp8'] }, subject: { longest: COUNT } }),
  smallField({
    architecture: modelNamed('Qwen/Qwen3-30B-A3B'),
    facts: { precisions: ['fp8-block'] },
    subject: { longest: COUNT },
  }),
];

function racedOf({ shapes, subject }: SmallField, price = 1e6): readonly RacedShape[] {
  const bench = new MeasuringBench(subject);
  return shapes.map((shape) => new RacedShape(shape, { bench, loads: [], price }));
}

describe('withoutDominated', () => {
  it('keeps or rejects every shape, and names one that is kept', () => {
    for (const field of FIELDS) {
      const raced = racedOf(field);
      const { kept, rejected } = withoutDominated(raced);
      const ids = [...kept.map(({ shape }) => shape.id), ...rejected.map(({ candidate }) => candidate)];
      expect(ids.sort()).toEqual(raced.map(({ shape }) => shape.id).sort());
      if (field === FIELDS[0]) expect(rejected.length).toBeGreaterThan(0);
      for (const { reason, detail } of rejected) {
        expect(reason).toBe('dominated');
        expect(kept.some(({ shape }) => detail.includes(` ${shape.id} `))).toBe(true);
      }
    }
  });

  it('rejects none that carries over one percent more than its dominator, whatever the limits of the batch', () => {
    for (const [turn, field] of FIELDS.entries()) {
      const bench = new MeasuringBench(field.subject);
      const { rejected } = withoutDominated(racedOf(field));
      for (const [index, { candidate, detail }] of rejected.entries()) {
        const out = field.shapes.find(({ id }) => id === candidate)!;
        const better = field.shapes.find(({ id }) => detail.includes(` ${id} `))!;
        // Another pair of limits for every pair of shapes.
        const batch = BATCH_LIMITS[(5 * index + turn) % BATCH_LIMITS.length]!;
        const run = { batch, count: COUNT };
        const args = { ...run, shape: better, tolerance: 0.005 };
        const { load } = bench.perform({ method: 'find', args }).value;
        const read = { ...run, shape: out, load: Math.max(load, 0.1) * 1.01, canAbort: true };
        expect(bench.perform({ method: 'read', args: read }).value.value, candidate).toBeGreaterThan(1);
      }
    }
  });

  it('keeps one of equals, the first by id, and all that differ in kind', () => {
    const [field] = FIELDS;
    const bench = new MeasuringBench(field!.subject);
    const shape = field!.shape('fp8-tp2');
    const twin = (id: string): RacedShape =>
      new RacedShape({ ...shape, id }, { bench, loads: [], price: 1e6 });
    const { kept, rejected } = withoutDominated([twin('b'), twin('a'), twin('c')]);
    expect(kept.map((item) => item.shape.id)).toEqual(['a']);
    expect(rejected.map(({ candidate }) => candidate).sort()).toEqual(['b', 'c']);
    const cuts = ['fp8-tp1', 'fp8-tp2', 'fp8-tp1-pp2', 'fp8-tp1-dp2-ff2'];
    const apart = cuts.map((cut) => new RacedShape(field!.shape(cut), { bench, loads: [], price: 1e6 }));
    expect(withoutDominated(apart).kept.length).toBe(cuts.length);
  });

  it('leaves a slower shape in where it is cheaper', () => {
    const [field] = FIELDS;
    const bench = new MeasuringBench(field!.subject);
    const priced = (cut: string, price: number): RacedShape =>
      new RacedShape(field!.shape(cut), { bench, loads: [], price });
    const [slow, fast] = ['bf16-tp1', 'fp8-tp1'];
    expect(withoutDominated([priced(slow, 1e6), priced(fast, 1e6)]).kept.length).toBe(1);
    expect(withoutDominated([priced(slow, 9e5), priced(fast, 1e6)]).kept.length).toBe(2);
  });
});
