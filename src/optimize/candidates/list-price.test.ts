import { describe, expect, it } from 'vitest';
import { usdPerHour } from '../../units/index.ts';
import { h100 } from '../testing/resolved.ts';
import { smallField } from '../testing/small-field.ts';
import { listCostPerHour } from './list-price.ts';

const FIELD = smallField({ accelerators: 4 });
const PAIR = FIELD.shape('bf16-tp2');
const ofPool = (price: number, pool = 'h') =>
  h100({ pool, zone: 'z2', capacityType: 'spot', price, accelerators: 4 });

describe('listCostPerHour', () => {
  it("is the replica's share of its node, of the pool's cheapest", () => {
    expect(listCostPerHour(PAIR, FIELD.offerings)).toBe(4e6);
    expect(listCostPerHour(FIELD.shape('bf16-tp4'), FIELD.offerings)).toBe(8e6);
    expect(listCostPerHour(PAIR, [...FIELD.offerings, ofPool(6), ofPool(1, 'other')])).toBe(3e6);
  });

  it('is by list price, whatever is paid', () => {
    const discounted = FIELD.offerings.map((item) => ({ ...item, price: usdPerHour(1) }));
    expect(listCostPerHour(PAIR, discounted)).toBe(4e6);
  });

  it('is a dollar per accelerator where nothing has a price', () => {
    expect(listCostPerHour(PAIR, [ofPool(0)])).toBe(2e6);
  });

  it('adds up the parts of pipelines over several pools', () => {
    const other = ofPool(16, 'other');
    const part = { podGroup: { ...PAIR.podGroup, nodes: 1, acceleratorsPerNode: 1 }, stages: 1 };
    const mixed = {
      ...PAIR,
      stagePods: [
        { ...part, offering: PAIR.offering },
        { ...part, offering: other },
      ],
    };
    expect(listCostPerHour(mixed, [...FIELD.offerings, other])).toBe(2e6 + 4e6);
  });
});
