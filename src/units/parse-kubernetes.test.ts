import { describe, expect, it } from 'vitest';
import { parseCpu, parseMemory } from './index.ts';

describe('Kubernetes quantities', () => {
  it.each([
    ['250m', 250],
    ['2', 2000],
    ['0.1', 100],
    ['1500000u', 1500],
    ['1e1', 10_000],
    [' 100 m ', 100],
  ])('reads %s as millicores', (text, millicores) => {
    expect(parseCpu(text)).toEqual({ ok: true, value: millicores });
  });

  it.each([
    ['512Mi', 536_870_912],
    ['1.5Gi', 1_610_612_736],
    ['64M', 64_000_000],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['128974848000m', 128_974_848],
    ['512MiB', 536_870_912],
    ['80 GB', 80_000_000_000],
  ])('reads %s as bytes', (text, size) => {
    expect(parseMemory(text)).toEqual({ ok: true, value: size });
  });

  it.each([
    [parseCpu, '-250m'],
    [parseCpu, '250Mi'],
    [parseCpu, 'constructor'],
    [parseCpu, ''],
    [parseCpu, 2],
    [parseCpu, '1e999'],
    [parseMemory, '512 mi'],
    [parseMemory, '-1Gi'],
    [parseMemory, '5s'],
    [parseMemory, null],
  ])('%o refuses %s and says what it expected', (parse, text) => {
    expect(parse(text)).toEqual({ ok: false, expected: expect.stringContaining('such as') });
  });
});
