import { describe, expect, it } from 'vitest';
import type { TimeWindow } from '../../model/index.ts';
import { solverOrder } from '../solvers/index.ts';
import { fixedService, resolvedServices } from '../testing/service-fleets.ts';
import { buildFleet } from './build-fleet.ts';
import { priceFleet } from './cell-prices.ts';
import { packWindow } from './pack-window.ts';
import type { WindowPacking } from './pack-window.ts';
import type { WindowPlan } from './plan-services.ts';
import { spreadsOf } from './plan-window.ts';
import type { ServiceFleet } from './service-fleet.ts';
import { steadyFrom } from './steady.ts';

const solvers = solverOrder('auto');
const OPTIONS = { solvers, gap: 0.001, isPast: () => false };

/** Two windows that take turns every hour. */
const TURNS: readonly TimeWindow[] = [0, 1].map((index) => ({
  id: `w${index}`,
  hours: Array.from({ length: 84 }, (_, hour) => 2 * hour + index),
  peakRate: {},
}));

function fleetOf(
  count: number,
  windows: readonly TimeWindow[] = TURNS,
  types: readonly string[] = ['c6a.large', 'c6a.2xlarge', 'm6a.xlarge'],
): ServiceFleet {
  const problem = resolvedServices({
    services: Array.from({ length: count }, (_, index) =>
      fixedService(`s${index}`, {
        cpu: '500m',
        memory: `${512 * (1 + (index % 4))}Mi`,
        replicas: 2 + (index % 3),
      }),
    ),
    types,
    architectures: ['amd64'],
    capacityTypes: ['on-demand'],
  });
  const built = buildFleet(problem, windows);
  if (!built.ok) throw new Error('the fleet has no place');
  return built.fleet;
}

function windowOf(filled: WindowPlan['filled']): WindowPlan {
  return { filled, needed: [], spreads: [], cost: 0, bound: 0 };
}

describe('steadyFrom', () => {
  it('takes windows for what they are worth: by how often they take turns with this one', () => {
    const hours = Array.from({ length: 168 }, (_, hour) => hour);
    const windows = [
      hours.filter((hour) => hour >= 84 && hour % 2 === 0),
      hours.filter((hour) => hour < 84),
      hours.filter((hour) => hour >= 84 && hour % 2 === 1),
    ].map((own, index) => ({ id: `w${index}`, hours: own, peakRate: {} }));
    const fleet = { ...fleetOf(1), windows };
    const planned = [
      windowOf([{ node: 3, count: 10, pods: [] }]),
      windowOf([{ node: 3, count: 4, pods: [] }]),
    ];
    const steady = steadyFrom(fleet, { window: 2, planned, shapes: [] });
    // w2 follows w0 nearly every time.
    expect(steady?.nodes.get(3)).toBe(10);
    expect(steady?.spreads).toBe(planned[0]?.spreads);
  });

  it('is absent where nothing was planned before or nothing changes', () => {
    const fleet = fleetOf(1);
    expect(steadyFrom(fleet, { window: 0, planned: [], shapes: [] })).toBeUndefined();
    const still = { ...fleet, windows: [{ id: 'w0', hours: [0], peakRate: {} }] };
    expect(steadyFrom(still, { window: 0, planned: [windowOf([])], shapes: [] })).toBeUndefined();
  });
});

describe('a packing that should be steady', () => {
  it('keeps nodes of other windows that are a little dearer, at their price', async () => {
    const fleet = fleetOf(12, TURNS, ['c6a.xlarge', 'm6a.xlarge']);
    const priced = await priceFleet(fleet, 0, solvers);
    const shapes = fleet.services.flatMap((service) => service.shapes);
    const chosen = spreadsOf(fleet, { window: 0, shapes, priced });
    if ('reason' in chosen) throw new Error(chosen.reason);
    const pods = { spreads: chosen.spreads, shapes, least: 0 };
    const isOther = (node: number): boolean => fleet.offerings[node]?.instanceType.name === 'm6a.xlarge';
    const othersOf = (packing: WindowPacking | undefined): number =>
      (packing?.filled ?? []).reduce((sum, { node, count }) => sum + (isOther(node) ? count : 0), 0);
    const nodes = new Map(fleet.offerings.flatMap((_, node) => (isOther(node) ? [[node, 100]] : [])));
    const alone = await packWindow(fleet, pods, OPTIONS);
    const kept = await packWindow(
      fleet,
      { ...pods, steady: { share: 0.4, nodes, spreads: chosen.spreads } },
      OPTIONS,
    );
    expect(othersOf(kept)).toBeGreaterThan(othersOf(alone));
    const cost = kept?.filled.reduce(
      (sum, { node, count }) => sum + count * (fleet.offerings[node]?.price ?? 0),
      0,
    );
    expect(kept?.cost).toBeCloseTo(cost ?? NaN, 6);
    expect(kept?.cost).toBeGreaterThanOrEqual(alone?.bound ?? Infinity);
  });
});
