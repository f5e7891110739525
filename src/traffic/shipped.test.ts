import { describe, expect, it } from 'vitest';
import { findProfile, shippedProfiles } from './shipped.ts';
import { profileStatistics } from './statistics.ts';

function isAscending(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0));
}

describe.each(shippedProfiles().map((profile) => [profile.name, profile] as const))(
  'profile %s',
  (_name, profile) => {
    it('keeps the invariants of ArrivalProfile', () => {
      expect(profile.hourlyRate).toHaveLength(168);
      expect(profile.hourlyRate.every((rate) => rate > 0)).toBe(true);
      expect(['gamma', 'weibull']).toContain(profile.arrivals.family);
      expect(profile.arrivals.cv).toBeGreaterThan(0);
      const { inputQuantiles, outputQuantiles } = profile.lengths;
      for (const quantiles of [inputQuantiles, ...outputQuantiles]) {
        expect(isAscending(quantiles)).toBe(true);
        expect(quantiles.every((length) => Number.isInteger(length) && length >= 1)).toBe(true);
      }
      const { hitRate, shareQuantiles = [] } = profile.prefix;
      expect(hitRate).toBeGreaterThanOrEqual(0);
      expect(hitRate).toBeLessThan(1);
      expect(shareQuantiles.every(isAscending)).toBe(true);
      expect(shareQuantiles.flat().every((share) => share >= 0 && share <= 1)).toBe(true);
    });

    it('states source and licence', () => {
      expect(profile.provenance.evidence).toBe('fitted');
      expect(profile.provenance.source).toMatch(/CC-BY|Apache-2\.0|MIT/);
    });
  },
);

describe('shippedProfiles', () => {
  it('are sorted by name and together below 150 kB', () => {
    const names = shippedProfiles().map((profile) => profile.name);
    expect(names).toEqual(names.toSorted());
    expect(JSON.stringify(shippedProfiles()).length).toBeLessThan(150_000);
  });

  // Published figures of the whole traces (58, 57, 59 minutes); the profiles are fitted to their first halves, hence 15 %.
  it.each([
    { name: 'azure-llm-2023-conversation', rate: 5.5, mean: 1155, p50: 1020, p99: 4142, output: 211 },
    { name: 'mooncake-conversation', rate: 3.4, mean: 12_035, p50: 6909, p99: 85_400, output: 343 },
  ])('agree with the published figures of $name within 15 %', ({ name, rate, mean, p50, p99, output }) => {
    const profile = findProfile(name);
    if (!profile.ok) throw new Error(name);
    const { meanRate, isl, osl } = profileStatistics(profile.value);
    const ratios = [meanRate / rate, isl.mean / mean, isl.p50 / p50, isl.p99 / p99, osl.mean / output];
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
  });
});

describe('findProfile', () => {
  it('finds a profile whatever its case', () => {
    const found = findProfile('ShareGPT');
    expect(found.ok && found.value.name).toBe('sharegpt');
  });

  it('offers the closest name', () => {
    const found = findProfile('azure-llm-2023-conversatoin');
    expect(found.diagnostics.map((item) => item.code)).toEqual(['traffic-unknown-profile']);
    expect(found.diagnostics[0]?.fix).toContain('azure-llm-2023-conversation');
  });
});
