import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Allocation,
  Decision,
  NodeAllocation,
  Offering,
  PlannedTraffic,
  Problem,
} from '../model/index.ts';
import { microUsd, sumUsd, usd, usdPerHour } from '../units/index.ts';
import { apportion, IDLE, monthlyHours, priceDecision, unitCost } from './index.ts';

const offering = (id: string, price: number, listPrice = price): Offering => {
  const [pool = '', zone = '', capacityType = ''] = id.split('/');
  return {
    id,
    pool,
    provider: 'aws',
    region: 'us-east-1',
    zone,
    instanceType: { name: 'p5.48xlarge', accelerator: { name: 'h100-sxm', count: 8 } },
    capacityType,
    price: usdPerHour(price),
    listPrice: usdPerHour(listPrice),
    priceProvenance: { evidence: 'published', source: 'test' },
  } as unknown as Offering;
};

const allocation = (
  workload: string,
  offeringId: string,
  replicas: Record<string, number>,
  gpus = 4,
): Allocation => {
  const [pool, zone = '', capacityType] = offeringId.split('/');
  return {
    id: `${workload}-${offeringId}`,
    workload,
    pool,
    capacityType,
    candidate: { podGroup: { nodes: 1, acceleratorsPerNode: gpus } },
    replicas: Object.fromEntries(
      Object.entries(replicas).map(([window, count]) => [window, { [zone]: count }]),
    ),
  } as unknown as Allocation;
};

const bought = (offeringId: string, nodes: Record<string, number>): NodeAllocation => {
  const [pool, zone, capacityType] = offeringId.split('/');
  return { offering: offeringId, pool, zone, capacityType, nodes } as unknown as NodeAllocation;
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const decisionOf = (nodes: NodeAllocation[], allocations: Allocation[], busyHours = 168): Decision =>
  ({
    windows: [
      { id: 'w0', hours: range(0, busyHours), peakRate: {} },
      ...(busyHours < 168 ? [{ id: 'w1', hours: range(busyHours, 168), peakRate: {} }] : []),
    ],
    nodes,
    allocations,
  }) as unknown as Decision;

const problem = (...ids: string[]): Problem =>
  ({ workloads: ids.map((id) => ({ id, team: `team-${id}` })), services: [] }) as unknown as Problem;

const traffic = (workload: string, meanRate: number): PlannedTraffic =>
  ({ workload, meanRate, isl: { mean: 1000 }, osl: { mean: 250 } }) as unknown as PlannedTraffic;

describe('apportion', () => {
  it('conserves every micro-dollar and keeps each part within one of its exact share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (amount, weights) => {
          const parts = apportion(microUsd(amount), weights);
          expect(sumUsd(parts)).toBe(microUsd(amount));
          const total = weights.reduce((a, b) => a + b, 0);
          if (total < 1e-300) return;
          parts.forEach((part, i) => {
            expect(Math.abs(part - amount * (weights[i]! / total))).toBeLessThanOrEqual(1 + 1e-3);
          });
        },
      ),
    );
  });

  it('gives left-over micro-dollars to the largest remainders, earlier entries first', () => {
    expect(apportion(microUsd(100), [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(microUsd(10), [0.26, 0.5, 0.24])).toEqual([3, 5, 2]);
    expect(apportion(microUsd(7), [0, 0])).toEqual([7, 0]);
  });

  it('refuses to split money among nobody', () => {
    expect(apportion(microUsd(0), [])).toEqual([]);
    expect(() => apportion(microUsd(1), [])).toThrow(/nobody/);
  });
});

describe('priceDecision', () => {
  const id = 'h100/us-east-1a/on-demand';

  it('charges one full-time node 730 hours a month and shows unused accelerators as idle', () => {
    const report = priceDecision({
      decision: decisionOf([bought(id, { w0: 1 })], [allocation('chat', id, { w0: 1 })]),
      offerings: [offering(id, 55.04)],
      problem: problem('chat'),
      traffic: [traffic('chat', 1)],
    });
    expect(report.totalPerMonth).toBe(usd(40_179.2));
    expect(report.lineItems.map((item) => [item.id, item.nodeHours, item.effectiveCost])).toEqual([
      [`${id}/${IDLE}`, 365, usd(20_089.6)],
      [`${id}/chat`, 365, usd(20_089.6)],
    ]);
    expect(report.workloads[0]).toMatchObject({
      perMonth: usd(20_089.6),
      team: 'team-chat',
      requestsPerMonth: 2_628_000,
      tokensPerMonth: 3_285_000_000,
      // 20,089.60 USD / 2,628 thousand requests and / 3,285 million tokens
      perThousandRequests: 7_644_444,
      perMillionTokens: 6_115_556,
    });
  });

  it('counts only the hours of the windows in which nodes stand', () => {
    const report = priceDecision({
      decision: decisionOf([bought(id, { w0: 3, w1: 1 })], [allocation('chat', id, { w0: 6, w1: 2 })], 42),
      offerings: [offering(id, 10)],
      problem: problem('chat'),
      traffic: [],
    });
    // a quarter of the month three nodes, the rest one: 730 × (0.25 × 3 + 0.75) = 1,095 node hours
    expect(report.lineItems).toHaveLength(1);
    expect(report.lineItems[0]!.nodeHours).toBeCloseTo(1095, 9);
    expect(report.totalPerMonth).toBe(usd(10_950));
    expect(report.workloads[0]).toMatchObject({ perThousandRequests: 0, perMillionTokens: 0 });
  });

  it('keeps list and effective cost apart, so that spot savings show', () => {
    const spot = 'h100/us-east-1a/spot';
    const report = priceDecision({
      decision: decisionOf([bought(spot, { w0: 2 })], [allocation('chat', spot, { w0: 4 })]),
      offerings: [offering(spot, 20, 55)],
      problem: problem('chat'),
      traffic: [],
    });
    expect(report.totalPerMonth).toBe(usd(2 * 730 * 20));
    expect(report.listPerMonth).toBe(usd(2 * 730 * 55));
  });

  it('splits a shared node by accelerators and never bills more than was bought when it is overclaimed', () => {
    const report = priceDecision({
      decision: decisionOf(
        [bought(id, { w0: 1 })],
        [allocation('a', id, { w0: 3 }, 4), allocation('b', id, { w0: 1 }, 4)],
      ),
      offerings: [offering(id, 8)],
      problem: problem('a', 'b'),
      traffic: [],
    });
    expect(report.lineItems.map((item) => [item.workload, item.nodeHours])).toEqual([
      ['a', 547.5],
      ['b', 182.5],
    ]);
  });

  it('sums line items to the total exactly for any mix of workloads and windows', () => {
    const arbitrary = fc.record({
      price: fc.double({ min: 0.01, max: 200, noNaN: true }),
      busyHours: fc.integer({ min: 1, max: 167 }),
      nodes: fc.tuple(fc.nat(50), fc.nat(50)),
      replicas: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ price, busyHours, nodes, replicas }) => {
        const ids = replicas.map((_, i) => `w${i}`);
        const report = priceDecision({
          decision: decisionOf(
            [bought(id, { w0: nodes[0], w1: nodes[1] })],
            replicas.map(([w0, w1], i) => allocation(`w${i}`, id, { w0, w1 }, 1)),
            busyHours,
          ),
          offerings: [offering(id, price)],
          problem: problem(...ids),
          traffic: [],
        });
        const hours = nodes[0] * (busyHours / 168) * 730 + nodes[1] * ((168 - busyHours) / 168) * 730;
        expect(sumUsd(report.lineItems.map((item) => item.effectiveCost))).toBe(report.totalPerMonth);
        expect(Math.abs(report.totalPerMonth - usdPerHour(price) * hours)).toBeLessThanOrEqual(1);
        expect(report.lineItems.reduce((sum, item) => sum + item.nodeHours, 0)).toBeCloseTo(hours, 6);
      }),
    );
  });

  it('throws on an offering it was not given', () => {
    const input = {
      decision: decisionOf([bought(id, { w0: 1 })], []),
      offerings: [],
      problem: problem(),
      traffic: [],
    };
    expect(() => priceDecision(input)).toThrow(/unknown offering/);
  });
});

describe('monthlyHours', () => {
  it('gives the whole week 730 hours', () => {
    expect(monthlyHours({ id: 'w0', hours: range(0, 168), peakRate: {} })).toBe(730);
  });
});

describe('unitCost', () => {
  it('is zero where nothing was served', () => {
    expect(unitCost(usd(10), 0, 1000)).toBe(0);
  });
});
