import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, diffValues, formatPath } from './object-diff.ts';

const scalar = fc.oneof(fc.integer(), fc.string({ maxLength: 4 }), fc.boolean(), fc.constant(null));
const named = fc.uniqueArray(
  fc.record(
    { name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('x', 'y') },
    { noNullPrototype: true },
  ),
  { selector: (item) => item.name, maxLength: 4 },
);
const manifest = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    named,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('spec', 'name', 'key', 'ports', 'x y', '__proto'), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value;

describe('differences of plain values', () => {
  it('turn the first value into the second when applied', () => {
    fc.assert(
      fc.property(manifest, manifest, (before, after) => {
        expect(applyChanges(before, diffValues(before, after))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('are empty exactly for equal values', () => {
    fc.assert(
      fc.property(manifest, manifest, (before, after) => {
        expect(diffValues(before, structuredClone(before))).toEqual([]);
        expect(diffValues(before, after).length === 0).toBe(
          JSON.stringify(sort(before)) === JSON.stringify(sort(after)),
        );
      }),
    );
  });

  it('match list items by name, so that an insertion in front changes nothing behind it', () => {
    const before = { containers: [{ name: 'engine', image: 'a' }] };
    const after = {
      containers: [
        { name: 'proxy', image: 'p' },
        { name: 'engine', image: 'b' },
      ],
    };
    expect(diffValues(before, after).map((change) => [change.action, formatPath(change.path)])).toEqual([
      ['added', 'containers[name=proxy]'],
      ['changed', 'containers[name=engine].image'],
      ['reordered', 'containers'],
    ]);
  });

  it('replace a list of scalars whole', () => {
    expect(diffValues({ args: ['--a', '1'] }, { args: ['--a', '2'] })).toEqual([
      { action: 'changed', path: ['args'], before: ['--a', '1'], after: ['--a', '2'] },
    ]);
  });

  it('print label keys with dots unambiguously', () => {
    expect(formatPath(['metadata', 'labels', 'app.kubernetes.io/name'])).toBe(
      'metadata.labels."app.kubernetes.io/name"',
    );
  });

  it('do not mutate their input', () => {
    const before = { a: [{ name: 'x', v: 1 }], b: 2 };
    const copy = structuredClone(before);
    applyChanges(before, diffValues(before, { a: [{ name: 'x', v: 3 }] }));
    expect(before).toEqual(copy);
  });
});

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 'negative zero' : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sort(v)]),
  );
}
