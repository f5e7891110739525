import { describe, expect, it } from 'vitest';
import { compareVersions, inRange, parseVersion, rangeText, releaseName } from './engine-version.ts';

describe('engine versions', () => {
  it.each([
    ['0.19.1', [0, 19, 1]],
    ['v0.19', [0, 19, 0]],
    ['0.19.x', [0, 19, 0]],
    ['1.2.0rc6', [1, 2, 0]],
    ['0.5.5.post1', [0, 5, 5]],
  ])('%s is read', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each(['', 'latest', '1', '1.2.3.4', '0.19.1; rm', '0.19.1 '])('%j is no version', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  it('compare by number, not by text', () => {
    expect(compareVersions([0, 9, 0], [0, 10, 0])).toBeLessThan(0);
    expect(compareVersions([1, 0, 0], [0, 99, 9])).toBeGreaterThan(0);
  });

  it('a range holds its first version and not the one it ends before', () => {
    const range = { from: '0.10.1', before: '0.12.0' };
    expect(inRange([0, 10, 1], range)).toBe(true);
    expect(inRange([0, 11, 9], range)).toBe(true);
    expect(inRange([0, 12, 0], range)).toBe(false);
    expect(inRange([0, 10, 0], range)).toBe(false);
    expect(inRange([9, 9, 9], {})).toBe(true);
  });

  it('a range is told in words', () => {
    expect(rangeText({ from: '0.12.0' })).toBe('0.12.0 and later');
    expect(rangeText({ before: '0.12.0' })).toBe('before 0.12.0');
    expect(rangeText({ from: '0.9.0', before: '0.12.0' })).toBe('0.9.0 to before 0.12.0');
  });

  it.each([
    ['0.19.x', '0.19.0'],
    ['v0.19', '0.19.0'],
    ['1.2.0rc6', '1.2.0rc6'],
  ])('the release of %s is %s', (text, release) => {
    expect(releaseName(text)).toBe(release);
  });
});
