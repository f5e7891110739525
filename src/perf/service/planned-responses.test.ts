import { describe, expect, it } from 'vitest';
import type { Percentile, ServiceWorkload } from '../../model/index.ts';
import { requestsPerSecond, seconds } from '../../units/index.ts';
import { PlannedResponses } from './planned-responses.ts';
import { serviceResponse } from './service-response.ts';
import type { PlannedService } from './service-response.ts';
import { callsIn, podOf, serviceOf, steady } from './testing/services.ts';

const PERCENTILES: readonly (readonly [Percentile, number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
];

/** Three replicas of one core for every service. */
function plannedAt(services: readonly ServiceWorkload[], rate: number): ReadonlyMap<string, PlannedService> {
  return new Map(
    services.map(({ id }) => [
      id,
      {
        shape: {
          id: `${id}/1000m-256Mi`,
          workload: id,
          resources: podOf(1),
          servers: 1,
          ratePerReplica: requestsPerSecond(60),
          startup: seconds(0),
        },
        replicas: 3,
        requestRate: rate,
      },
    ]),
  );
}

const SHOP = [
  serviceOf('front', {
    requestClasses: [
      steady(90, { id: 'browse' }),
      steady(30, { id: 'buy', calls: [{ service: 'cart', perRequest: 2, group: 0 }] }),
    ],
    calls: callsIn(['store']),
  }),
  serviceOf('cart', { calls: callsIn(['store']) }),
  serviceOf('store'),
];

describe('planned response times', () => {
  const planned = plannedAt(SHOP, 120);
  const responses = new PlannedResponses(SHOP, planned);

  it('have the percentiles that the plan tells', () => {
    const { latency } = serviceResponse(SHOP, planned).get('front')!;
    const times = responses.fromOutside('front')!;
    for (const [name, share] of PERCENTILES) expect(times(share)).toBe(latency[name]);
  });

  it('of all requests lie between those of the classes that they are mixed of', () => {
    const browse = responses.fromOutside('front', 'browse')!;
    const buy = responses.fromOutside('front', 'buy')!;
    const all = responses.fromOutside('front')!;
    for (const [, share] of PERCENTILES) {
      expect(browse(share)).toBeLessThan(all(share)!);
      expect(all(share)).toBeLessThan(buy(share)!);
    }
  });

  it('at the planned rate of a replica are those of the plan, and rise with the rate', () => {
    expect(responses.atRate('front', 40)!(0.99)).toBe(responses.fromOutside('front')!(0.99));
    const p99 = [10, 30, 50, 70, 90].map((rate) => responses.atRate('front', rate)!(0.99)!);
    expect(p99).toEqual(p99.toSorted((a, b) => a - b));
    expect(p99[4]).toBeGreaterThan(2 * p99[0]!);
  });

  it('of a service that only others call leave its callees out', () => {
    // An M/M/1 queue of mean work 10 ms at half load: exponential with mean 20 ms.
    const alone = [serviceOf('inner', { calls: callsIn(['store']) }), serviceOf('store')];
    const times = new PlannedResponses(alone, plannedAt(alone, 30)).atRate('inner', 50)!;
    expect(times(0.5)).toBeCloseTo(0.02 * Math.LN2, 3);
    expect(times(0.99)).toBeCloseTo(0.02 * Math.log(100), 2);
  });

  it('are not told of an overloaded replica, nor of one that waits for it', () => {
    expect(responses.atRate('front', 101)).toBeUndefined();
    const crowded = new Map(planned).set('store', { ...planned.get('store')!, requestRate: 400 });
    expect(new PlannedResponses(SHOP, crowded).fromOutside('front')).toBeUndefined();
    expect(new PlannedResponses(SHOP, crowded).atRate('front', 10)).toBeUndefined();
  });

  it('need a plan of every service', () => {
    expect(() => new PlannedResponses(SHOP, new Map())).toThrow(/No replicas are planned for service/);
  });
});
