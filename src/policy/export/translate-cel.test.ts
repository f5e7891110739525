import { describe, expect, it } from 'vitest';
import { translateCel } from './translate-cel.ts';

const translate = (text: string) => translateCel(text, { parameters: 'params' });
const textOf = (text: string): string => {
  const result = translate(text);
  return result.ok ? result.value.text : `${result.obstacle.code}: ${result.obstacle.text}`;
};

describe('an expression for the API server', () => {
  it('calls the subject `object` and reads parameters from a variable', () => {
    expect(textOf('self.spec.replicas > params.limit && has(self.metadata.labels)')).toBe(
      'object.spec.replicas > variables.params.limit && has(object.metadata.labels)',
    );
  });

  it('keeps texts, fields and names of macros that look alike', () => {
    expect(textOf('self.params == "self" && self.list.all(self, self.self != params.self)')).toBe(
      'object.params == "self" && object.list.all(self, self.self != variables.params.self)',
    );
  });

  it('gives variables another name where CEL keeps the word for itself', () => {
    expect(textOf('variables.namespace != "" && variables.namespaces.size() > 0 && self.namespace')).toBe(
      'variables.namespace_ != "" && variables.namespaces.size() > 0 && object.namespace',
    );
  });

  it('says which variables and parameters it reads', () => {
    const result = translate('variables.a && variables.b.variables.c > params.d && self.xs.exists(x, x.e)');
    expect(result.ok && [...result.value.variables].sort()).toEqual(['a', 'b']);
    expect(result.ok && [...result.value.parameters]).toEqual(['d']);
    const every = translate('"x" in params');
    expect(every.ok && [...every.value.parameters]).toEqual(['*']);
  });
});

describe('an expression that the API server cannot evaluate', () => {
  it.each([
    ['self.a == plan.stack', 'reads-plan'],
    ['manifests.exists(m, m.kind == self.kind)', 'reads-plan'],
    ['problem.name != ""', 'reads-plan'],
    ['cel.bind(x, self.a, x > 1)', 'offline-function'],
    ['b"a".hex() == self.a', 'offline-function'],
    ['self.name.matches("a(?=b)")', 'regular-expression'],
    ['self.name.matches(r"(a)\\1")', 'regular-expression'],
    ['self.list.all(object, object > 1)', 'bound-name'],
    ['self.list.map(request, request)[0]', 'bound-name'],
    ['variables["a"] == 1', 'variables'],
    ['self.kind in ["a", 1]', 'mixed-literal'],
    ['self.kind ==', 'invalid'],
    ['self.kind.nope()', 'invalid'],
  ])('%s: %s', (text, code) => {
    const result = translate(text);
    expect(result.ok ? 'translated' : result.obstacle.code).toBe(code);
  });

  it('is not taken for one when only a literal looks like a look-ahead', () => {
    expect(textOf('self.name.matches("\\\\\\\\1|(?:a)|(?P<n>b)")')).toContain('object.name.matches');
  });
});
