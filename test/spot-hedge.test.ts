import { describe, expect, it } from 'vitest';
import type { FleetView, OfferingView } from '../src/sim/index.ts';
import { spotHedge } from '../bench/baselines/spot-hedge.ts';

const IDLE = {
  startup: 180,
  notice: 120,
  ready: 0,
  starting: 0,
  noticed: 0,
  draining: 0,
  refused: 0,
  becameReady: 0,
  reclaimed: 0,
};

function spot(id: string, own: Partial<OfferingView> = {}): OfferingView {
  return { ...IDLE, id, zone: id, capacityType: 'spot', price: 0.3, ...own };
}

function view(offerings: readonly OfferingView[]): FleetView {
  const onDemand: OfferingView = { ...IDLE, id: 'd', zone: 'd', capacityType: 'on-demand', price: 1 };
  return { now: 0, sinceLast: 0, arrivals: 0, waiting: 0, running: 0, offerings: [onDemand, ...offerings] };
}

const TARGET = { ratePerReplica: 1, initial: 4 };

describe('SpotHedge', () => {
  it('asks for one spot replica more than the target, spread over zones, and for the target on demand until they serve', () => {
    const actions = spotHedge(TARGET, 1).decide(view(['a', 'b', 'c', 'e', 'f'].map((id) => spot(id))));
    expect(actions.filter(({ offering }) => offering > 0).map(({ offering }) => offering)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    expect(actions.find(({ offering }) => offering === 0)).toEqual({ offering: 0, change: 4 });
  });

  it('holds on demand what ready spot replicas lack of target and spare', () => {
    const policy = spotHedge(TARGET, 1);
    const actions = policy.decide(view([spot('a', { ready: 3 }), spot('b')]));
    expect(actions.find(({ offering }) => offering === 0)).toEqual({ offering: 0, change: 2 });
    const served = policy.decide(view([spot('a', { ready: 3 }), spot('b', { ready: 2 })]));
    expect(served).toEqual([]);
  });

  it('avoids a zone that took a replica until fewer than two are left', () => {
    const policy = spotHedge(TARGET, 1);
    const three = [spot('a', { reclaimed: 1 }), spot('b'), spot('c')];
    const launched = (actions: ReturnType<typeof policy.decide>): readonly number[] =>
      [...new Set(actions.filter(({ offering }) => offering > 0).map(({ offering }) => offering))].sort();
    expect(launched(policy.decide(view(three)))).toEqual([2, 3]);
    expect(launched(policy.decide(view([spot('a'), spot('b', { refused: 1 }), spot('c')])))).toEqual([
      1, 2, 3,
    ]);
  });
});
