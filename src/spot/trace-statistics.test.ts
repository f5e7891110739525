import { describe, expect, it } from 'vitest';
import { correlationGroups, poissonRate, traceStatistics } from './index.ts';
import type { AvailabilityTrace } from './index.ts';

/** A trace of one tick per hour from a string of digits. */
function trace(id: string, nodes: string, campaign = 'c'): AvailabilityTrace {
  return {
    ...{ id, campaign, zone: id, instanceType: 't', kind: 'probe', tickSeconds: 3600, ticks: nodes.length },
    runStart: Int32Array.from(nodes, (_, index) => index),
    runNodes: Int32Array.from(nodes, Number),
    mostNodes: 9,
    provenance: { evidence: 'measured', source: 'test' },
  };
}

describe('statistics of a trace', () => {
  it('count stretches, shares and interruptions of held capacity', () => {
    const found = traceStatistics(trace('a', '1112001100'));
    expect(found).toMatchObject({
      hours: 10,
      shareAvailable: 0.6,
      upRuns: 2,
      downRuns: 2,
      meanUpHours: 3,
      meanDownHours: 4,
    });
    expect(found.interruptionsPerHour?.value).toBeCloseTo(2 / 6, 12);
  });

  it('ask for as many nodes as they are told', () => {
    expect(traceStatistics(trace('a', '1112001100'), 2)).toMatchObject({ shareAvailable: 0.1, upRuns: 1 });
  });

  it('know no rate where there was never capacity', () => {
    expect(traceStatistics(trace('a', '000')).interruptionsPerHour).toBeUndefined();
  });

  it('are not sure of a rate of zero', () => {
    const { interruptionsPerHour } = traceStatistics(trace('a', '1111'));
    expect(interruptionsPerHour?.value).toBe(0);
    expect(interruptionsPerHour?.high).toBeCloseTo(3.69 / 4, 1);
  });
});

it('the interval of ten events agrees with the exact one, 4.795 to 18.390 (Garwood, 1936)', () => {
  const { low, high } = poissonRate(10, 1);
  expect(low).toBeCloseTo(4.795, 1);
  expect(high).toBeCloseTo(18.39, 1);
});

describe('correlation groups', () => {
  const wave = '11110000'.repeat(40);
  const other = '1110001111000'.repeat(24) + '11100011';

  it('join offerings that fall together and leave others alone', () => {
    const found = correlationGroups([trace('b', wave), trace('a', wave), trace('z', other)]);
    expect(found.groups).toEqual([['a', 'b'], ['z']]);
    expect(found.pairs.find(({ first, second }) => first === 'a' && second === 'b')?.phi?.value).toBeCloseTo(
      1,
      12,
    );
  });

  it('compare nothing across campaigns', () => {
    const found = correlationGroups([trace('a', wave, 'c1'), trace('b', wave, 'c2')]);
    expect(found).toEqual({ pairs: [], groups: [['a'], ['b']] });
  });

  it('know no correlation of an offering that never changes', () => {
    const found = correlationGroups([trace('a', wave), trace('b', '1'.repeat(wave.length))]);
    expect(found.pairs[0]?.phi).toBeUndefined();
  });

  it('link nothing on two losses alone', () => {
    const rare = '1'.repeat(100) + '0' + '1'.repeat(100) + '0' + '1'.repeat(100);
    expect(correlationGroups([trace('a', rare), trace('b', rare)]).groups).toEqual([['a'], ['b']]);
  });

  it('find opposite offerings negative', () => {
    const opposite = wave.replaceAll('1', 'x').replaceAll('0', '1').replaceAll('x', '0');
    expect(correlationGroups([trace('a', wave), trace('b', opposite)]).pairs[0]?.phi?.value).toBeCloseTo(
      -1,
      12,
    );
  });
});
