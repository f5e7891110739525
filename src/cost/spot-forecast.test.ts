import { describe, expect, it } from 'vitest';
import type { CostLineItem, Offering } from '../model/index.ts';
import { usd, usdPerHour } from '../units/index.ts';
import { spotForecast } from './spot-forecast.ts';

function line(zone: string, capacityType: 'spot' | 'on-demand', cost: number): CostLineItem {
  return {
    pool: 'p',
    zone,
    capacityType,
    nodeHours: 100,
    effectiveCost: usd(cost),
  } as unknown as CostLineItem;
}

function offering(zone: string, prices?: readonly [number, number, number]): readonly [string, Offering] {
  const [p10, p50, p90] = (prices ?? []).map(usdPerHour);
  const forecast = { p10, p50, p90, source: `${zone}.csv`, date: `2026-0${zone.slice(1)}-01` };
  const item = { ...(prices === undefined ? {} : { priceForecast: forecast }) };
  return [`p/${zone}/spot`, item as unknown as Offering];
}

describe('the forecast of the spot part of a bill', () => {
  it('adds node hours at the quantiles and tells what has no history apart', () => {
    const items = [
      line('z1', 'spot', 50),
      line('z2', 'spot', 60),
      line('z3', 'spot', 7),
      line('z1', 'on-demand', 99),
    ];
    const offerings = new Map([
      offering('z1', [0.4, 0.5, 0.7]),
      offering('z2', [0.5, 0.6, 0.6]),
      offering('z3'),
    ]);
    expect(spotForecast(items, offerings)).toEqual({
      planned: usd(110),
      p10: usd(90),
      p50: usd(110),
      p90: usd(130),
      withoutHistory: usd(7),
      sources: ['z1.csv', 'z2.csv'],
      dates: { oldest: '2026-01-01', newest: '2026-02-01' },
    });
  });

  it('is absent where no history tells of what is bought', () => {
    expect(spotForecast([line('z1', 'spot', 50)], new Map([offering('z1')]))).toBeUndefined();
    expect(spotForecast([], new Map())).toBeUndefined();
  });
});
