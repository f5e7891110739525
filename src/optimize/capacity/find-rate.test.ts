import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadEvidence } from '../../model/index.ts';
import { bracketOf, findRate } from './find-rate.ts';
import type { LoadReading } from './replica-probe.ts';

/** A replica whose ratio grows with the rate, reaching 1 at `capacity`; runs above twice that are cut short. */
function replica(capacity: number, power: number, counter = { runs: 0 }): (rate: number) => LoadReading {
  return (rate) => {
    counter.runs++;
    const ratio = rate > 2 * capacity ? Infinity : (rate / capacity) ** power;
    return { rate, value: ratio, low: ratio * 0.9, high: ratio * 1.1, limit: 'ttft.p99', evidence: NONE };
  };
}

const NONE = {} as LoadEvidence;

describe('findRate', () => {
  it('brackets any capacity from any start within the tolerance, in few runs', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        fc.double({ min: 0.02, max: 50, noNaN: true }),
        fc.double({ min: 0.3, max: 6, noNaN: true }),
        (capacity, startShare, power) => {
          const counter = { runs: 0 };
          const read = replica(capacity, power, counter);
          const found = findRate({ start: capacity * startShare, tolerance: 0.02, end: 'value', read });
          expect(found.passes).toBeLessThanOrEqual(capacity * (1 + 1e-9));
          expect(found.fails).toBeGreaterThanOrEqual(capacity * (1 - 1e-9));
          expect(found.fails / found.passes).toBeLessThanOrEqual(1.02 + 1e-9);
          expect(counter.runs).toBeLessThanOrEqual(35);
        },
      ),
    );
  });

  it('finds a lower rate by the upper ends of the intervals than by the lower ones', () => {
    const read = replica(10, 2);
    const at = (end: 'low' | 'value' | 'high'): number =>
      findRate({ start: 3, tolerance: 0.01, end, read }).passes;
    expect(at('high')).toBeLessThan(at('value'));
    expect(at('value')).toBeLessThan(at('low'));
  });

  it('gives up on a replica that fails at every rate', () => {
    const read = (rate: number): LoadReading => ({ ...replica(1, 1)(rate), value: 2 });
    expect(findRate({ start: 10, tolerance: 0.05, end: 'value', read }).passes).toBe(0);
  });
});

describe('bracketOf', () => {
  const reading = (rate: number, value: number): LoadReading => {
    return { ...replica(1, 1)(rate), value, low: value * 0.9, high: value * 1.1 };
  };

  it('is the last that passes below the first that fails, by the end asked for', () => {
    const readings = [reading(1, 0.2), reading(2, 0.95), reading(3, 1.05), reading(4, 2)];
    expect(bracketOf(readings, 'value')).toEqual({ passes: 2, fails: 3 });
    expect(bracketOf(readings, 'high')).toEqual({ passes: 1, fails: 2 });
    expect(bracketOf(readings, 'low')).toEqual({ passes: 3, fails: 4 });
  });

  it('trusts no pass above a failure', () => {
    const readings = [reading(1, 0.5), reading(2, 1.2), reading(3, 0.9)];
    expect(bracketOf(readings, 'value')).toEqual({ passes: 1, fails: 2 });
  });

  it('is open where all pass, all fail, or nothing was read', () => {
    expect(bracketOf([reading(1, 0.5)], 'value')).toEqual({ passes: 1, fails: Infinity });
    expect(bracketOf([reading(1, 1.5)], 'value')).toEqual({ passes: 0, fails: 1 });
    expect(bracketOf([], 'value')).toEqual({ passes: 0, fails: Infinity });
  });
});
