import { describe, expect, it } from 'vitest';
import { requestsPerSecond } from '../../units/index.ts';
import { dispersionOfCalls, serviceArrivals } from './arrival-variability.ts';
import { callGraph, callRates, connectedServices } from './call-graph.ts';
import { callsIn, serviceOf, steady } from './testing/services.ts';

describe('rates of calls', () => {
  it('multiply along the graph and add up over callers and classes', () => {
    const hourlyRate = Array.from({ length: 168 }, (_, hour) => requestsPerSecond(hour));
    const rates = callRates([
      serviceOf('front', {
        requestClasses: [
          { ...steady(1), id: 'browse', hourlyRate },
          { ...steady(1), id: 'buy', hourlyRate, calls: [{ service: 'store', perRequest: 5, group: 0 }] },
        ],
        calls: [
          { service: 'cart', perRequest: 2, group: 0 },
          { service: 'store', perRequest: 0.5, group: 1 },
        ],
      }),
      serviceOf('cart', { calls: [{ service: 'store', perRequest: 3, group: 0 }] }),
      serviceOf('store'),
    ]);
    expect(rates.get('front')![7]).toBe(14);
    expect(rates.get('cart')![7]).toBe(14);
    expect(rates.get('store')![7]).toBeCloseTo(7 * 0.5 + 7 * 5 + 14 * 3, 10);
  });

  it('of calls made by a service apply to the requests of other services too', () => {
    const rates = callRates([
      serviceOf('a', { requestClasses: [steady(10)], calls: callsIn(['b']) }),
      serviceOf('b', { requestClasses: [steady(1)], calls: callsIn(['c']) }),
      serviceOf('c'),
    ]);
    expect(rates.get('c')![0]).toBe(11);
  });

  it('are refused where calls go round', () => {
    const round = [serviceOf('a', { calls: callsIn(['b']) }), serviceOf('b', { calls: callsIn(['a']) })];
    expect(() => callRates(round)).toThrow(/calls itself/);
    expect(() => callRates([serviceOf('a', { calls: callsIn(['x']) })])).toThrow(/not declared/);
  });
});

describe('a call graph', () => {
  it('puts callers first and falls apart where nobody calls across', () => {
    const graph = callGraph([
      serviceOf('z', { calls: callsIn(['a']) }),
      serviceOf('m'),
      serviceOf('a'),
      serviceOf('b', { calls: callsIn(['a']) }),
    ]);
    const place = (id: string): number => graph.order.findIndex((service) => service.id === id);
    expect(place('z')).toBeLessThan(place('a'));
    expect(place('b')).toBeLessThan(place('a'));
    const groups = connectedServices(graph).map((group) => group.map((service) => service.id).sort());
    expect(groups.sort()).toEqual([['a', 'b', 'z'], ['m']]);
  });
});

describe('arrivals', () => {
  it('of batches vary by the size of the batch, and of broken numbers by the chance too', () => {
    expect(dispersionOfCalls(4, 1)).toBe(4);
    expect(dispersionOfCalls(1, 2.5)).toBe(2.5);
    expect(dispersionOfCalls(0.25, 1)).toBeCloseTo(1, 12);
    expect(dispersionOfCalls(0.5, 9)).toBeCloseTo(0.5 + 4.5, 12);
  });

  it('of several callers are averaged by rate', () => {
    const arrivals = serviceArrivals([
      serviceOf('calm', { requestClasses: [steady(30)], calls: callsIn(['store']) }),
      serviceOf('wild', { requestClasses: [steady(10, { burstiness: 3 })], calls: callsIn(['store']) }),
      serviceOf('store'),
    ]);
    expect(arrivals.get('store')).toEqual({ dispersion: (30 + 10 * 9) / 40, meanRate: 40 });
  });
});
