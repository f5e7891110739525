import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression, splitTop } from './expression.ts';
import type { FieldChange } from './expression.ts';
import { parsePath, pathText } from './field-path.ts';
import type { PathSegment } from './field-path.ts';

function changeOf(text: string): FieldChange | undefined {
  const parsed = parseExpression(text);
  return parsed.ok ? parsed.value[0]?.change : undefined;
}

const segment = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }).map((name): PathSegment => ({ kind: 'name', name })),
  fc.nat(99).map((index): PathSegment => ({ kind: 'index', index })),
  fc.constant<PathSegment>({ kind: 'all' }),
);

describe('paths', () => {
  it('read back as they were written, whatever their names hold', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (path) => {
        expect(parsePath(pathText(path))).toEqual({ ok: true, path });
      }),
    );
  });

  it('take quoted names with dots and brackets, places in lists, and all of a level', () => {
    expect(parsePath('pools["a.b[0]"].zones[1]')).toEqual({
      ok: true,
      path: [
        { kind: 'name', name: 'pools' },
        { kind: 'name', name: 'a.b[0]' },
        { kind: 'name', name: 'zones' },
        { kind: 'index', index: 1 },
      ],
    });
    expect(parsePath('pools.*.price')).toMatchObject({ ok: true, path: [{}, { kind: 'all' }, {}] });
  });

  it.each(['', '.pools', 'pools.', 'pools..price', 'pools[', 'pools["a]', 'pools[-1]', 'pools price'])(
    'refuse %j',
    (text) => {
      expect(parsePath(text).ok).toBe(false);
    },
  );
});

describe('changes', () => {
  it.each<[string, FieldChange]>([
    ['a=12/s', { kind: 'set', text: '12/s' }],
    ['a=+10%', { kind: 'scale', factor: 1.1 }],
    ['a=-20 %', { kind: 'scale', factor: 0.8 }],
    ['a=-100%', { kind: 'scale', factor: 0 }],
    ['a=x2', { kind: 'scale', factor: 2 }],
    ['a=×0.5', { kind: 'scale', factor: 0.5 }],
    ['a=10%', { kind: 'set', text: '10%' }],
    ['a=', { kind: 'remove' }],
    ['a="x2"', { kind: 'set', text: 'x2' }],
    ['a= 90000 USD/month ', { kind: 'set', text: '90000 USD/month' }],
    ['a=b=c', { kind: 'set', text: 'b=c' }],
  ])('%s', (text, change) => {
    expect(changeOf(text)).toEqual(change);
  });

  it('hold together with commas between them, but for those in brackets and quotes', () => {
    const parsed = parseExpression(
      'pools.p.capacityTypes=[spot, on-demand], workloads.c.team="a, b", seed=3',
    );
    expect(parsed.ok && parsed.value.map((item) => item.change)).toEqual([
      { kind: 'set', text: '[spot, on-demand]' },
      { kind: 'set', text: 'a, b' },
      { kind: 'set', text: '3' },
    ]);
  });

  it.each(['pools', 'pools.h100.price', '=3', 'a=-101%', 'a=1,b', ''])(
    'refuse %j and say what to write',
    (text) => {
      const parsed = parseExpression(text);
      expect(parsed.ok).toBe(false);
      expect(parsed.diagnostics.map((item) => item.code)).toContain('engine-whatif-syntax');
      expect(parsed.diagnostics[0]?.fix).toContain('PATH=');
    },
  );

  it('are parted without losing a character', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(splitTop(text, ',').join(',')).toBe(text);
      }),
    );
  });
});
