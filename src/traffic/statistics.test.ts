import { describe, expect, it } from 'vitest';
import { requestsPerSecond } from '../units/index.ts';
import { profileStatistics } from './statistics.ts';
import { simpleProfile } from './testing/profile.ts';

describe('profileStatistics', () => {
  it('gives rates and lengths worked out by hand', () => {
    const hourlyRate = simpleProfile().hourlyRate.map((rate, hour) =>
      hour === 5 ? requestsPerSecond(9) : rate,
    );
    const found = profileStatistics(simpleProfile({ hourlyRate }));
    expect(found.meanRate).toBeCloseTo(2 + 7 / 168, 9);
    expect(found.peakRate).toBe(9);
    // Inputs are uniform on 100..500; outputs half uniform on 10..20, half on 100..300.
    expect(found.isl.mean).toBeCloseTo(300, 6);
    expect(found.isl.p50).toBeCloseTo(300, 6);
    expect(found.isl.p99).toBeCloseTo(496, 6);
    expect(found.osl.mean).toBeCloseTo((15 + 200) / 2, 6);
    expect(found.osl.p50).toBeCloseTo(20, 1);
    expect(found.osl.p99).toBeCloseTo(296, 1);
  });
});
