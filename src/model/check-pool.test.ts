import { describe, expect, it } from 'vitest';
import { brokenServices } from '../../test/fixtures/service-documents.ts';
import { namePattern, parseProblem } from './index.ts';

type Changes = Readonly<Record<string, unknown>>;
/** What is wrong, the change that makes it so, the code and path of the one diagnostic expected, and a part of its words. */
type Refusal = readonly [what: string, changes: Changes, expected: string, words?: string];

const POOLS: readonly Refusal[] = [
  [
    'a pool of neither one type nor many',
    { 'pools.1.instanceType': undefined },
    'model-missing-field pools[1]',
    'instanceType, instanceTypes',
  ],
  [
    'a pool of one type and many',
    { 'pools.0.instanceType': 'm7i.large' },
    'model-conflicting-fields pools[0]',
  ],
  ['a quota of zero', { 'pools.0.maxNodes': 0 }, 'model-out-of-range pools[0].maxNodes', '1 or more'],
  [
    'one price of many types',
    { 'pools.0.prices': { spot: '0.1 USD/hour' } },
    'model-conflicting-fields pools[0].prices',
    'catalog.prices',
  ],
  [
    'a range of vCPUs that is empty',
    { 'pools.0.instanceTypes.vcpus.min': 32 },
    'model-conflicting-fields pools[0].instanceTypes.vcpus',
  ],
  [
    'a range of memory that is empty',
    { 'pools.0.instanceTypes.memory.max': '2Gi' },
    'model-conflicting-fields pools[0].instanceTypes.memory',
  ],
  [
    'names that are all left out again',
    { 'pools.0.instanceTypes.except': ['M7*', '?7i.large', 'c7i.*'] },
    'model-conflicting-fields pools[0].instanceTypes.except',
  ],
  [
    'everything left out',
    { 'pools.0.instanceTypes.names': undefined, 'pools.0.instanceTypes.except': ['*'] },
    'model-conflicting-fields pools[0].instanceTypes.except',
  ],
];

describe('a pool of many instance types', () => {
  it.each(POOLS.map(([what, changes, expected, words = '']) => [what, changes, expected, words] as const))(
    'is refused for %s, once, with the next step',
    (_what, changes, expected, words) => {
      const { ok, diagnostics } = parseProblem(brokenServices(changes));
      expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([expected]);
      expect(ok).toBe(false);
      const [{ summary, fix = '' } = { summary: '' }] = diagnostics;
      expect(fix).not.toBe('');
      expect(`${summary} ${fix}`).toContain(words);
    },
  );

  it('may leave out some of the names that it takes', () => {
    const document = brokenServices({
      'pools.0.instanceTypes.names': ['m*', 'c*'],
      'pools.0.instanceTypes.except': ['m*', '*.metal', 'c*.large'],
    });
    expect(parseProblem(document).diagnostics).toEqual([]);
  });
});

describe('a pattern of names', () => {
  it.each([
    ['m7i.*', 'M7i.large', true],
    ['m7i.*', 'm7i-flex.large', false],
    ['*.metal*', 'c7i.metal-24xl', true],
    ['c7i.large', 'c7iXlarge', false],
    ['*', '', true],
    ['a*b*c', 'a--b--c', true],
    ['a*b*c', 'a--c--b', false],
    ['Standard_D(s)_v5', 'standard_d(s)_v5', true],
  ])('%s stands for %s: %s', (pattern, name, isMatch) => {
    expect(namePattern(pattern).test(name)).toBe(isMatch);
  });
});
