import { describe, expect, it } from 'vitest';
import { gib, usdPerHour } from '../../units/index.ts';
import { cpuQuantity, memoryQuantity, priceText } from './quantities.ts';

describe('quantities', () => {
  it.each([
    [1500, '1500m'],
    [2000, '2'],
    [0.4, '1m'],
  ])('%d millicores are %s', (millicores, text) => {
    expect(cpuQuantity(millicores)).toBe(text);
  });

  it.each([
    [gib(80), '80Gi'],
    [gib(1.5), '1536Mi'],
    [1, '1Mi'],
    [640e9, '610352Mi'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(memoryQuantity(bytes)).toBe(text);
  });

  it.each([
    [55.04, '55.04'],
    [98, '98'],
    [100, '100'],
    [0.000001, '0.000001'],
    [4.123456, '4.123456'],
  ])('%d dollars per hour are "%s" in an overlay', (dollars, text) => {
    expect(priceText(usdPerHour(dollars))).toBe(text);
  });
});
