import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePointer, withValueAt } from './json.ts';

describe('a JSON pointer', () => {
  it('reads escaped keys as RFC 6901 says', () => {
    expect(parsePointer('/metadata/annotations/karpenter.sh~1do-not-disrupt')).toEqual([
      'metadata',
      'annotations',
      'karpenter.sh/do-not-disrupt',
    ]);
    expect(parsePointer('/m~01n')).toEqual(['m~1n']);
    expect(parsePointer('')).toEqual([]);
    expect(parsePointer('/')).toEqual(['']);
  });

  it('refuses texts that are no pointers', () => {
    expect(parsePointer('spec/replicas')).toBeUndefined();
    expect(parsePointer('/a~2b')).toBeUndefined();
  });

  it('reads back any keys that are written escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (keys) => {
        const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(parsePointer(pointer)).toEqual(keys);
      }),
    );
  });
});

describe('writing at a place', () => {
  it('makes the objects on the way and leaves the original whole', () => {
    const original = { spec: { replicas: 1 } };
    expect(withValueAt(original, ['spec', 'template', 'spec', 'hostNetwork'], false)).toEqual({
      spec: { replicas: 1, template: { spec: { hostNetwork: false } } },
    });
    expect(original).toEqual({ spec: { replicas: 1 } });
  });

  it('replaces and appends list items', () => {
    expect(withValueAt({ list: [1, 2] }, ['list', '1'], 5)).toEqual({ list: [1, 5] });
    expect(withValueAt({ list: [1, 2] }, ['list', '-'], 3)).toEqual({ list: [1, 2, 3] });
  });

  it('refuses places that do not exist', () => {
    expect(withValueAt({ list: [1] }, ['list', '1'], 2)).toBeUndefined();
    expect(withValueAt({ list: [1] }, ['list', '01'], 2)).toBeUndefined();
    expect(withValueAt({ list: [1] }, ['list', 'x'], 2)).toBeUndefined();
    expect(withValueAt({ name: 'text' }, ['name', 'x'], 2)).toBeUndefined();
    expect(withValueAt({ nothing: null }, ['nothing', 'x'], 2)).toBeUndefined();
  });

  it('never reaches the JavaScript prototype', () => {
    expect(withValueAt({}, ['__proto__', 'polluted'], true)).toBeUndefined();
    expect(withValueAt({}, ['constructor', 'name'], 'x')).toEqual({ constructor: { name: 'x' } });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
