import { describe, expect, it } from 'vitest';
import { compileCel } from './cel.ts';
import type { CelDialect } from './cel-environment.ts';
import { fromCel, toCel } from './cel-values.ts';

function evaluate(text: string, self: unknown, dialect: CelDialect = 'planning') {
  const compiled = compileCel(text, dialect);
  if (!compiled.ok) return `does not compile: ${compiled.problem}`;
  const numbers = dialect === 'planning' ? 'double' : 'integer';
  const result = compiled.expression.evaluate({
    self: toCel(self, numbers),
    params: toCel({ limit: 2 }, numbers),
  });
  return result.ok ? fromCel(result.value) : `fails: ${result.problem}`;
}

describe('numbers in the planning dialect', () => {
  const self = { replicas: 3, share: 0.5, cost: 10, list: [1, 2.5, 4] };

  it.each([
    ['self.replicas >= 2', true],
    ['self.replicas == 3', true],
    ['3 == self.replicas', true],
    ['self.replicas != 3', false],
    ['self.cost * 12 + 1', 121],
    ['12 * self.share', 6],
    ['self.cost / 4', 2.5],
    ['self.replicas / 2', 1.5],
    ['1 - self.share', 0.5],
    ['self.cost <= params.limit', false],
    ['self.list.sum()', 7.5],
    ['self.list.max()', 4],
    ['self.list.min()', 1],
    ['[].sum()', 0],
    ['self.list.size() == self.replicas', true],
    ['self.replicas in [1, 3]', true],
  ])('%s gives %s', (text, value) => {
    expect(evaluate(text, self)).toEqual(value);
  });

  it('prints quantities for messages', () => {
    expect(evaluate('usd(self.cost * 1000.5)', self)).toBe('10,005.00 USD');
    expect(evaluate('percent(self.share)', self)).toBe('50 %');
    expect(evaluate('percent(0.99951, 5)', self)).toBe('99.951 %');
    expect(evaluate('seconds(0.06)', self)).toBe('60 ms');
  });
});

describe('numbers in the admission dialect', () => {
  const self = { spec: { replicas: 3, ratio: 0.5 } };

  it('are ints when whole, as in the API server', () => {
    expect(evaluate('self.spec.replicas / 2', self, 'admission')).toBe(1);
    expect(evaluate('self.spec.replicas % 2 == 1', self, 'admission')).toBe(true);
  });

  it('compare across types but refuse mixed arithmetic, as in the API server', () => {
    expect(evaluate('self.spec.replicas > self.spec.ratio', self, 'admission')).toBe(true);
    expect(evaluate('self.spec.replicas * self.spec.ratio', self, 'admission')).toMatch(
      /^fails: no such overload/,
    );
  });

  it('knows quantities, but not the functions that print them', () => {
    const memory = { request: '1Gi', limit: '1500Mi' };
    const text = 'quantity(self.limit).isGreaterThan(quantity(self.request))';
    expect(evaluate(text, memory, 'admission')).toBe(true);
    expect(evaluate('quantity("1000m") == quantity("1")', {}, 'admission')).toBe(true);
    expect(evaluate('quantity("1").add(quantity("500m")).asApproximateFloat()', {}, 'admission')).toBe(1.5);
    expect(evaluate('quantity("fast")', {}, 'admission')).toMatch(/"fast" is not a Kubernetes quantity/);
    expect(evaluate('usd(1.0)', {}, 'admission')).toMatch(/^does not compile/);
  });
});

describe('an expression', () => {
  it('reads absent fields with optional access and fails without', () => {
    expect(evaluate('self.?spec.?replicas.orValue(1) == 1', {})).toBe(true);
    expect(evaluate('self.spec.replicas == 1', {})).toMatch(/fails: No such key: spec/);
  });

  it('is refused when it names an unknown variable or function', () => {
    expect(compileCel('sefl.id', 'planning')).toMatchObject({ ok: false });
    expect(compileCel('self.id.shout()', 'planning')).toMatchObject({ ok: false });
    expect(compileCel('"a".shout()', 'planning')).toMatchObject({ ok: false });
  });

  it('is refused as a condition when it cannot be true or false', () => {
    expect(compileCel('"yes"', 'planning', 'bool')).toMatchObject({ ok: false });
    expect(compileCel('self.isReady', 'planning', 'bool')).toMatchObject({ ok: true });
  });

  it('tells which variables it uses, not what texts and fields are called', () => {
    const compiled = compileCel(
      'self.plan == "problem" && params.limit > 1 && has(self.manifests)',
      'planning',
    );
    expect(compiled.ok && [...compiled.expression.uses].sort()).toEqual(['params', 'self']);
  });

  it('cannot reach JavaScript through a value', () => {
    expect(evaluate('self.constructor', {})).toMatch(/^fails/);
    expect(evaluate('self.list.constructor', { list: [1] })).toMatch(/^fails/);
    expect(evaluate('has(self.toString)', {})).toBe(false);
  });
});

describe('values going in and out', () => {
  it('keep their meaning', () => {
    const value = { a: [1, 2.5, 'x', true, null], b: { c: -3 } };
    expect(fromCel(toCel(value, 'integer'))).toEqual(value);
    expect(fromCel(toCel(value, 'double'))).toEqual(value);
  });

  it('without a JSON form are refused', () => {
    expect(fromCel(NaN)).toBeUndefined();
    expect(fromCel([new Date(0)])).toBeUndefined();
    expect(fromCel({ a: () => 1 })).toBeUndefined();
  });
});
