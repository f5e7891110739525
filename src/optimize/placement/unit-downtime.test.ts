import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interruption } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import { unitDowntime } from './unit-downtime.ts';

function measured(outageShare: number, outagesPerHour: number, source: string): Interruption {
  const provenance = { evidence: 'measured', source } as const;
  return {
    monthlyLow: 0,
    monthlyHigh: 0.1,
    notice: seconds(120),
    provenance: { evidence: 'assumed', source: 'test' },
    ...{ outageShare, outagesPerHour, outageProvenance: provenance },
  };
}

const BAND: Interruption = {
  monthlyLow: 0,
  monthlyHigh: 0.1,
  notice: seconds(120),
  provenance: { evidence: 'assumed', source: 'test' },
};

describe('the downtime of a unit', () => {
  it('is what interruptions say where no trace tells of outages', () => {
    expect(unitDowntime(0.001, [{ interruption: BAND, repairSeconds: 600 }])).toBe(0.001);
  });

  it('adds the start after each outage to the time without capacity', () => {
    // Out 20 % of the time, once in five hours: ten minutes of start each time are 1/30 of an hour per hour.
    const parts = [{ interruption: measured(0.2, 0.2, 'a'), repairSeconds: 600 }];
    expect(unitDowntime(0, parts)).toBeCloseTo(0.2 + 0.2 / 6, 12);
    expect(unitDowntime(0.1, parts)).toBeCloseTo(1 - 0.9 * (0.8 - 0.2 / 6), 12);
  });

  it('counts parts of one trace once and parts of several traces each', () => {
    const part = (share: number, source: string) => ({
      interruption: measured(share, 0, source),
      repairSeconds: 0,
    });
    expect(unitDowntime(0, [part(0.2, 'a'), part(0.2, 'a')])).toBeCloseTo(0.2, 12);
    expect(unitDowntime(0, [part(0.2, 'a'), part(0.5, 'b')])).toBeCloseTo(0.6, 12);
  });

  it('never falls when capacity is out for longer, and stays below one', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (interrupted, less, more) => {
        const [low, high] = [Math.min(less, more), Math.max(less, more)];
        const down = (value: number): number =>
          unitDowntime(interrupted * 0.9, [{ interruption: measured(value, 0.1, 'a'), repairSeconds: 300 }]);
        expect(down(high)).toBeGreaterThanOrEqual(down(low));
        expect(down(high)).toBeLessThan(1);
      }),
    );
  });
});
