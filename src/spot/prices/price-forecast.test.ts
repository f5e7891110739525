import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { forecastPrice, meanPrice, priceAt, readPriceHistories } from '../index.ts';
import type { PriceHistory } from '../index.ts';

const DAY = 86_400;

function history(
  id: string,
  prices: readonly number[],
  capacityType: 'spot' | 'on-demand' = 'spot',
): PriceHistory {
  return {
    ...{ id, capacityType, place: 'a', instanceType: 't', endSeconds: prices.length * DAY },
    seconds: Float64Array.from(prices, (_, day) => day * DAY),
    prices: Float64Array.from(prices),
    provenance: { evidence: 'measured', source: 'test' },
  };
}

/** A price that moves by a random percent or so each day. */
function walk(seed: number, days: number): PriceHistory {
  const stream = randomStream(seed, 'price');
  let price = 1;
  return history(
    `w${seed}`,
    Array.from({ length: days }, () => (price *= Math.exp(0.02 * stream.normal()))),
  );
}

describe('a price history', () => {
  it('is averaged by time', () => {
    const steps = history('a', [1, 3, 5]);
    expect(meanPrice(steps, 0.5 * DAY, 2.5 * DAY)).toBeCloseTo((0.5 * 1 + 3 + 0.5 * 5) / 2, 12);
    expect([priceAt(steps, -1), priceAt(steps, 9 * DAY), meanPrice(steps, 5 * DAY, 6 * DAY)]).toEqual([
      1, 5, 5,
    ]);
  });

  it('is read from rows of changes, with the last of several at one moment', () => {
    const text =
      'date,instance_type,region,price_on_demand,price_spot\n2024-01-02,n,eu,2,0.5\n2024-01-01,n,eu,1,\n2024-01-02,n,eu,3,0.6\n';
    const read = readPriceHistories(text, { fileName: 'p.csv' });
    expect(read.ok && read.value.map(({ id, prices }) => [id, ...prices])).toEqual([
      ['on-demand/eu/n', 1, 3],
      ['spot/eu/n', 0.6],
    ]);
    expect(read.ok && read.value[0]?.provenance.date).toBe('2024-01-02');
  });

  it.each([
    ['date,instance_type,region\n2024-01-01,n,eu\n', 'spot-price-layout'],
    ['date,instance_type,price_spot\nsoon,n,1\n', 'spot-price-row'],
    ['date,instance_type,price_spot\n2024-01-01,n,-1\n', 'spot-price-row'],
    ['date,instance_type,price_spot\n', 'spot-price-empty'],
    ['date,instance_type,price_spot\n2024-01-01,n,0\n', 'spot-price-empty'],
    ['date,instance_type,price_spot\n2024-01-01,n,0\n2024-01-02,n,1\n', 'spot-price-zero'],
  ])('is told what is wrong with %j', (text, code) => {
    expect(readPriceHistories(text, { fileName: 'p.csv' }).diagnostics.map((item) => item.code)).toContain(
      code,
    );
  });
});

describe('a price forecast', () => {
  it('is the price itself where it never moved, and names its source and date', () => {
    const forecast = forecastPrice(history('a', Array<number>(100).fill(2)), [], {
      atSeconds: 50 * DAY,
      horizonSeconds: DAY,
    });
    expect(forecast).toMatchObject({
      p10: 2,
      p50: 2,
      p90: 2,
      now: 2,
      basis: 'own',
      source: 'test',
      date: '1970-02-20',
    });
  });

  it('looks at nothing after its moment', () => {
    const [calm, wild] = [Array<number>(60).fill(1), Array.from({ length: 60 }, (_, day) => 1 + (day % 2))];
    const options = { atSeconds: 60 * DAY, horizonSeconds: 2 * DAY };
    expect(forecastPrice(history('a', [...calm, ...wild]), [], options)).toEqual(
      forecastPrice(history('a', [...calm, ...calm]), [], options),
    );
  });

  it('takes peers of the same capacity type where its own past is short', () => {
    const peers = [walk(1, 40), history('o', [9, 90, 9, 90], 'on-demand')];
    const forecast = forecastPrice(history('a', [1, 1]), peers, {
      atSeconds: 30 * DAY,
      horizonSeconds: 5 * DAY,
    });
    expect(forecast.basis).toBe('pooled');
    expect(forecast.p90).toBeGreaterThan(1);
    expect(forecast.p90).toBeLessThan(1.5);
  });

  it('is wider the longer the horizon, also beyond the past', () => {
    const widths = [1, 10, 40, 160].map((days) => {
      const { p10, p90 } = forecastPrice(walk(3, 60), [walk(4, 60)], {
        atSeconds: 60 * DAY,
        horizonSeconds: days * DAY,
      });
      return p90 - p10;
    });
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
  });

  it('never exceeds its cap', () => {
    const forecast = forecastPrice(walk(5, 200), [], {
      atSeconds: 150 * DAY,
      horizonSeconds: 5 * DAY,
      cap: 0.5,
    });
    expect(Math.max(forecast.p10, forecast.p50, forecast.p90)).toBeLessThanOrEqual(0.5);
  });

  it('is the price now without any past', () => {
    expect(forecastPrice(history('a', [1]), [], { atSeconds: 0, horizonSeconds: DAY })).toMatchObject({
      p90: 1,
      basis: 'none',
    });
  });

  it('covers about 80 % of random walks', () => {
    let inside = 0;
    for (let seed = 0; seed < 200; seed++) {
      const item = walk(seed, 200);
      const { p10, p90 } = forecastPrice(item, [], { atSeconds: 190 * DAY, horizonSeconds: 5 * DAY });
      const mean = meanPrice(item, 190 * DAY, 195 * DAY);
      if (mean >= p10 && mean <= p90) inside++;
    }
    expect(inside / 200).toBeGreaterThan(0.72);
    expect(inside / 200).toBeLessThan(0.9);
  });
});

const FILE = '../shared/data/spot/aws-gpu-spot-price-history-2020.csv.gz';

describe.skipIf(!existsSync(FILE))(`prices of GPUs on AWS, winter 2020 (skipped without ${FILE})`, () => {
  it('fall into the forecast of 1 and 7 days in at least 70 % of cases', () => {
    const read = readPriceHistories(gunzipSync(readFileSync(FILE)).toString('utf8'), { fileName: 'aws.csv' });
    if (!read.ok) throw new Error(read.diagnostics[0]?.summary);
    const start = Math.min(...read.value.map(({ seconds }) => seconds[0] ?? Infinity));
    for (const days of [1, 7]) {
      const hits = read.value.flatMap((item) =>
        [50, 60, 70, 80].map((day) => {
          const atSeconds = start + day * DAY;
          const { p10, p90 } = forecastPrice(item, read.value, { atSeconds, horizonSeconds: days * DAY });
          const mean = meanPrice(item, atSeconds, atSeconds + days * DAY);
          return mean >= p10 - 1e-9 && mean <= p90 + 1e-9 ? 1 : 0;
        }),
      );
      expect(hits.reduce<number>((sum, hit) => sum + hit, 0) / hits.length).toBeGreaterThan(0.7);
    }
  });
});
