import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../random/index.ts';
import { atRate, sampleRequests, sampleShape } from './sample.ts';
import { simpleProfile } from './testing/profile.ts';

const COUNT = 50_000;

describe('sampleShape and atRate', () => {
  const profile = simpleProfile({ arrivals: { family: 'gamma', cv: 2 }, prefix: { hitRate: 0.3 } });
  const shape = sampleShape(profile, { count: COUNT, seed: 3, name: 'test' });

  it('give the same lengths and the same gaps, scaled, at every rate', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), (rate) => {
        const requests = atRate(shape, rate);
        expect(requests.isl).toBe(shape.isl);
        expect(requests.osl).toBe(shape.osl);
        for (const i of [0, 1, 77, COUNT - 1]) {
          expect((requests.arrival[i] ?? 0) * rate).toBeCloseTo(shape.unitArrival[i] ?? NaN, 6);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('keep the first requests when more are drawn', () => {
    const few = sampleShape(profile, { count: 100, seed: 3, name: 'test' });
    for (const column of ['unitArrival', 'isl', 'osl', 'cachedTokens'] as const) {
      expect([...few[column]]).toEqual([...shape[column].subarray(0, 100)]);
    }
  });

  it('draw the same lengths whatever the burstiness, and others for another name or seed', () => {
    const calm = { ...profile, arrivals: { family: 'weibull', cv: 0.5 } as const };
    expect(sampleShape(calm, { count: COUNT, seed: 3, name: 'test' }).osl).toEqual(shape.osl);
    expect(sampleShape(profile, { count: COUNT, seed: 3, name: 'other' }).osl).not.toEqual(shape.osl);
    expect(sampleShape(profile, { count: COUNT, seed: 4, name: 'test' }).osl).not.toEqual(shape.osl);
  });

  it('have the mean rate asked for, ascending arrivals and the CV of the profile', () => {
    const { arrival } = atRate(shape, 4);
    const gaps = arrival.map((time, i) => time - (arrival[i - 1] ?? 0));
    const mean = (arrival.at(-1) ?? 0) / COUNT;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / COUNT;
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    expect(mean).toBeCloseTo(0.25, 2);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(2, 1);
  });

  it('draw lengths by inverse quantiles: inputs are uniform here, outputs follow the class of the input', () => {
    let inputs = 0;
    for (let i = 0; i < COUNT; i++) {
      const isl = shape.isl[i] ?? 0;
      const osl = shape.osl[i] ?? 0;
      inputs += isl;
      if (isl < 300) expect(osl).toBeLessThanOrEqual(20);
      if (isl > 300) expect(osl).toBeGreaterThanOrEqual(100);
    }
    expect(inputs / COUNT).toBeCloseTo(300, -1);
  });

  it('give every prompt its hit rate when the profile says no more', () => {
    for (let i = 0; i < 100; i++) {
      expect(shape.cachedTokens[i]).toBe(Math.floor(0.3 * (shape.isl[i] ?? 0)));
    }
  });

  it('draw prefix shares from the class of the prompt and never cover the last token', () => {
    const shareQuantiles = [
      [0, 0],
      [0.5, 1],
    ];
    const shared = simpleProfile({ prefix: { hitRate: 0.5, shareQuantiles } });
    const { isl, cachedTokens } = sampleShape(shared, { count: 5000, seed: 1, name: 'p' });
    cachedTokens.forEach((cached, i) => {
      const prompt = isl[i] ?? 0;
      if (prompt < 300) expect(cached).toBe(0);
      if (prompt > 300) expect(cached).toBeGreaterThanOrEqual(Math.floor(prompt / 2));
      expect(cached).toBeLessThan(prompt);
    });
  });
});

describe('sampleRequests', () => {
  it('gives the same requests at every rate from streams in the same state', () => {
    const profile = simpleProfile();
    const draw = (requestRate: number) =>
      sampleRequests(profile, { requestRate, count: 500, stream: randomStream(9, 'x') });
    const slow = draw(1);
    const fast = draw(8);
    expect(fast.isl).toEqual(slow.isl);
    expect(fast.osl).toEqual(slow.osl);
    fast.arrival.forEach((time, i) => expect(time * 8).toBeCloseTo(slow.arrival[i] ?? NaN, 9));
  });

  it('gives other requests when the stream has moved on', () => {
    const stream = randomStream(9, 'x');
    const options = { requestRate: 1, count: 500, stream };
    expect(sampleRequests(simpleProfile(), options).isl).not.toEqual(
      sampleRequests(simpleProfile(), options).isl,
    );
  });
});
